//! Codes about the person: used or expired proofs, blocks, consent, following.

use super::{Action, ErrCode, again, alert, entry, our_fault, refuse, text, until};
use saoma_core::provider::LocalText;

const NEW_PROOF: LocalText = text(
    "Nothing to do: the person tries again with a new proof. If it never ends, check that the AppID here is the one that \
     gave the proof.",
    "无需处理，用户重试即可；若一直如此，请确认此处的 AppID 与发放凭证的应用一致。",
);
const FOLLOW: LocalText =
    text("Follow the account in WeChat, then scan again.", "请先关注公众号，然后重新扫码。");
const NOT_FOLLOWING: LocalText = text("the person does not follow the account", "用户未关注公众号");
const MUST_FOLLOW: LocalText =
    text("Nothing to do: the person has to follow the account.", "无需处理，用户须先关注公众号。");
const NOT_FOR_LOGINS: LocalText = text("Nothing to do for a login.", "与登录无关，无需处理。");
const WECHAT_DECIDES: LocalText =
    text("Nothing to do: WeChat decides about this person.", "无需处理，由微信判定。");

pub(super) const TABLE: &[ErrCode] = &[
    alert(
        40003,
        text("the openid is not of this account", "openid 不属于该账号"),
        text("Check that the AppID belongs to this account.", "请确认 AppID 属于该账号。"),
    ),
    again(
        40029,
        text("the proof is wrong, too old, or of another app", "凭证错误、过期或属于其他应用"),
        NEW_PROOF,
    ),
    again(40030, text("the refresh token is wrong", "refresh_token 错误"), NEW_PROOF),
    again(40163, text("the proof has been used", "凭证已被使用"), NEW_PROOF),
    refuse(40226, text("WeChat takes this person for a high risk", "微信判定该用户为高风险"), WECHAT_DECIDES),
    our_fault(41003, "the refresh token is missing", "缺少 refresh_token"),
    our_fault(41008, "the proof is missing", "缺少 code"),
    our_fault(41009, "the openid is missing", "缺少 openid"),
    again(42002, text("the refresh token has expired", "refresh_token 已过期"), NEW_PROOF),
    again(42003, text("the proof has expired", "凭证已过期"), NEW_PROOF),
    again(
        42007,
        text(
            "the person changed the password, so earlier grants are void",
            "用户修改了密码，之前的授权已失效",
        ),
        NEW_PROOF,
    ),
    entry(43004, Action::NewAction, FOLLOW, NOT_FOLLOWING, MUST_FOLLOW),
    alert(45015, text("the time to answer the person is over", "已超过可回复用户的时限"), NOT_FOR_LOGINS),
    alert(45047, text("too many messages to one person", "发给该用户的消息过多"), NOT_FOR_LOGINS),
    alert(48002, text("the person refuses messages", "用户拒收消息"), NOT_FOR_LOGINS),
    again(50001, text("the person has not granted this", "用户未授权"), NEW_PROOF),
    refuse(50002, text("WeChat has limited this person", "微信限制了该用户"), WECHAT_DECIDES),
    entry(50005, Action::NewAction, FOLLOW, NOT_FOLLOWING, MUST_FOLLOW),
    until(
        87009,
        alert(
            87007,
            text("a session key could not be checked", "无法校验 session_key"),
            text("This program makes no such call.", "本程序不调用此接口。"),
        ),
    ),
];
