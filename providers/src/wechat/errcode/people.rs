//! Codes about the person: used or expired proofs, blocks, consent, following.

use super::{Action, ErrCode, again, alert, entry, our_fault, refuse, until};
use saoma_core::provider::LocalText;

const NEW_PROOF: &str = "Nothing to do: the person tries again with a new proof. If it never ends, check that the AppID \
    here is the one that gave the proof.";
const FOLLOW: LocalText = LocalText {
    en: "Follow the account in WeChat, then scan again.",
    zh: "请先关注公众号，然后重新扫码。",
};
const MUST_FOLLOW: &str = "Nothing to do: the person has to follow the account.";

pub(super) const TABLE: &[ErrCode] = &[
    alert(40003, "the openid is not of this account", "Check that the AppID belongs to this account."),
    again(40029, "the proof is wrong, too old, or of another app", NEW_PROOF),
    again(40030, "the refresh token is wrong", NEW_PROOF),
    again(40163, "the proof has been used", NEW_PROOF),
    refuse(
        40226,
        "WeChat takes this person for a high risk",
        "Nothing to do: WeChat decides about this person.",
    ),
    our_fault(41003, "the refresh token is missing"),
    our_fault(41008, "the proof is missing"),
    our_fault(41009, "the openid is missing"),
    again(42002, "the refresh token has expired", NEW_PROOF),
    again(42003, "the proof has expired", NEW_PROOF),
    again(42007, "the person changed the password, so earlier grants are void", NEW_PROOF),
    entry(43004, Action::NewAction, FOLLOW, "the person does not follow the account", MUST_FOLLOW),
    alert(45015, "the time to answer the person is over", "Nothing to do for a login."),
    alert(45047, "too many messages to one person", "Nothing to do for a login."),
    alert(48002, "the person refuses messages", "Nothing to do for a login."),
    again(50001, "the person has not granted this", NEW_PROOF),
    refuse(50002, "WeChat has limited this person", "Nothing to do: WeChat decides about this person."),
    entry(50005, Action::NewAction, FOLLOW, "the person does not follow the account", MUST_FOLLOW),
    until(87009, alert(87007, "a session key could not be checked", "This program makes no such call.")),
];
