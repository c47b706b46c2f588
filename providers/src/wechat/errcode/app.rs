//! Codes about the app and its credentials: token, AppID, AppSecret, address list, freezes, quotas.

use super::{Action, BUSY, BUSY_SENTENCE, ErrCode, alert, entry, later, our_fault, stale_token};

const WAIT_FOR_CONSENT: &str = "WeChat has asked the app's administrator in a template message: let them allow this address, then test again.";

pub(super) const TABLE: &[ErrCode] = &[
    entry(
        BUSY,
        Action::Retry { after: 0 },
        BUSY_SENTENCE,
        "WeChat is busy",
        "Nothing to do: it passes. If it does not, look at WeChat's status announcements.",
    ),
    stale_token(40001, "the app token is wrong or not the latest"),
    alert(
        40002,
        "the grant type is wrong, or the account may not make links",
        "Check that the account is of the right type for this login method.",
    ),
    alert(40013, "there is no such AppID", "Copy the AppID again; it is case-sensitive and starts with wx."),
    stale_token(40014, "the app token is malformed"),
    alert(
        40125,
        "the AppSecret is wrong",
        "Copy or reset the AppSecret in WeChat's console and set it here.",
    ),
    alert(
        40164,
        "the address of this server is not in the app's list",
        "Add the address named here to the IP list (IP白名单) in WeChat's console; behind NAT add every address of it.",
    ),
    alert(40243, "the AppSecret is frozen", "Unfreeze or reset the AppSecret in WeChat's console."),
    our_fault(41001, "the app token is missing"),
    our_fault(41002, "the AppID is missing"),
    our_fault(41004, "the AppSecret is missing"),
    stale_token(42001, "the app token has expired"),
    our_fault(43002, "the call must be a POST"),
    alert(43003, "the call must use https", "Set api_base to an https address."),
    later(
        45009,
        60,
        "the day's quota, or the minute's for codes, is used up",
        "See the quota in WeChat's console; it can be cleared ten times a month there.",
    ),
    later(
        45011,
        60,
        "the minute's quota is used up",
        "Wait a minute; look for a page that begins logins in a loop.",
    ),
    alert(
        48001,
        "the account has no right to this call",
        "Check type and verification of the account, and that this AppID belongs to this login method.",
    ),
    alert(
        48004,
        "this call is banned for the account",
        "Read WeChat's notice in the console and appeal there.",
    ),
    alert(48006, "the month's ten quota resets are used up", "Wait for the next month."),
    alert(50004, "the account may not fetch app tokens", "Ask WeChat's support to open the token call."),
    alert(50007, "the account is frozen", "Read WeChat's notice in the console and unfreeze the account."),
    alert(89501, "an administrator's consent to this address is pending", WAIT_FOR_CONSENT),
    alert(89502, "an administrator has not answered yet", WAIT_FOR_CONSENT),
    alert(89503, "this address needs an administrator's consent", WAIT_FOR_CONSENT),
    alert(
        89506,
        "an administrator refused this address",
        "It is blocked for 24 hours; then let them allow it.",
    ),
    alert(
        89507,
        "an administrator refused this address",
        "It is blocked for one hour; then let them allow it.",
    ),
];

/// What some codes mean as the answer to a token call.
pub(super) const TOKEN_CALL: &[ErrCode] = &[
    alert(
        40001,
        "the AppSecret is wrong",
        "Copy or reset the AppSecret in WeChat's console and set it here.",
    ),
    our_fault(40014, "a token call was answered as if it had carried a token"),
    our_fault(42001, "a token call was answered as if it had carried a token"),
    later(
        45009,
        3600,
        "the day's quota of token calls is used up",
        "Look for another program that fetches tokens of this app; the quota can be cleared in WeChat's console.",
    ),
];
