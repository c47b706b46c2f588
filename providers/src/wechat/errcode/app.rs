//! Codes about the app and its credentials: token, AppID, AppSecret, address list, freezes, quotas.

use super::{Action, BUSY, BUSY_SENTENCE, ErrCode, alert, entry, later, our_fault, stale_token, text};
use saoma_core::provider::LocalText;

const WAIT_FOR_CONSENT: LocalText = text(
    "WeChat has asked the app's administrator in a template message: let them allow this address, then test again.",
    "微信已向应用管理员发送模板消息：请管理员同意该 IP，然后重新检测。",
);
const SECRET_AGAIN: LocalText = text(
    "Copy or reset the AppSecret in WeChat's console and set it here.",
    "请在微信后台重新复制或重置 AppSecret，并在此处更新。",
);

pub(super) const TABLE: &[ErrCode] = &[
    entry(
        BUSY,
        Action::Retry { after: 0 },
        BUSY_SENTENCE,
        text("WeChat is busy", "微信系统繁忙"),
        text(
            "Nothing to do: it passes. If it does not, look at WeChat's status announcements.",
            "通常会自行恢复；若持续出现，请查看微信官方公告。",
        ),
    ),
    stale_token(40001, "the app token is wrong or not the latest", "接口调用凭证无效或不是最新"),
    alert(
        40002,
        text(
            "the grant type is wrong, or the account may not make links",
            "grant_type 有误，或该账号无权生成链接",
        ),
        text(
            "Check that the account is of the right type for this login method; accounts of individuals make no links (phone_link = none).",
            "请确认账号类型适用于这种登录方式；个人主体不能生成链接（把 phone_link 设为 none）。",
        ),
    ),
    alert(
        40013,
        text("there is no such AppID", "AppID 不存在"),
        text(
            "Copy the AppID again; it is case-sensitive and starts with wx.",
            "请重新复制 AppID；它区分大小写，以 wx 开头。",
        ),
    ),
    stale_token(40014, "the app token is malformed", "接口调用凭证格式有误"),
    alert(40125, text("the AppSecret is wrong", "AppSecret 错误"), SECRET_AGAIN),
    alert(
        40164,
        text("the address of this server is not in the app's list", "本服务器的 IP 不在应用的白名单中"),
        text(
            "Add the address named here to the IP list (IP白名单) in WeChat's console; behind NAT add every address of it.",
            "请在微信后台把此处的 IP 加入“IP白名单”；若经 NAT 出网，请加入其全部出口 IP。",
        ),
    ),
    alert(
        40243,
        text("the AppSecret is frozen", "AppSecret 已被冻结"),
        text("Unfreeze or reset the AppSecret in WeChat's console.", "请在微信后台解冻或重置 AppSecret。"),
    ),
    our_fault(41001, "the app token is missing", "缺少接口调用凭证"),
    our_fault(41002, "the AppID is missing", "缺少 AppID"),
    our_fault(41004, "the AppSecret is missing", "缺少 AppSecret"),
    stale_token(42001, "the app token has expired", "接口调用凭证已过期"),
    our_fault(43002, "the call must be a POST", "该接口须使用 POST"),
    alert(
        43003,
        text("the call must use https", "该接口须使用 https"),
        text("Set api_base to an https address.", "请把 api_base 设为 https 地址。"),
    ),
    later(
        45009,
        60,
        text(
            "the day's quota, or the minute's for codes, is used up",
            "今日（生成小程序码则为本分钟）的调用额度已用完",
        ),
        text(
            "See the quota in WeChat's console; it can be cleared ten times a month there.",
            "请在微信后台查看接口额度，每月可清零十次。",
        ),
    ),
    later(
        45011,
        60,
        text("the minute's quota is used up", "本分钟的调用额度已用完"),
        text(
            "Wait a minute; look for a page that begins logins in a loop.",
            "请等待一分钟，并检查是否有页面在循环发起登录。",
        ),
    ),
    alert(
        48001,
        text("the account has no right to this call", "该账号没有调用此接口的权限"),
        text(
            "Check type and verification of the account (the console lists its rights under 接口权限), and that this AppID \
             belongs to this login method.",
            "请确认账号类型和认证状态（后台“接口权限”可查看），并确认该 AppID 适用于这种登录方式。",
        ),
    ),
    alert(
        48004,
        text("this call is banned for the account", "该账号的此接口已被封禁"),
        text("Read WeChat's notice in the console and appeal there.", "请在微信后台查看通知并申诉。"),
    ),
    alert(
        48006,
        text("the month's ten quota resets are used up", "本月十次额度清零机会已用完"),
        text("Wait for the next month.", "请等到下个月。"),
    ),
    alert(
        50004,
        text("the account may not fetch app tokens", "该账号不能获取接口调用凭证"),
        text("Ask WeChat's support to open the token call.", "请联系微信客服开通凭证接口。"),
    ),
    alert(
        50007,
        text("the account is frozen", "账号已被冻结"),
        text(
            "Read WeChat's notice in the console and unfreeze the account.",
            "请在微信后台查看通知并解冻账号。",
        ),
    ),
    alert(
        89501,
        text("an administrator's consent to this address is pending", "此 IP 正等待管理员确认"),
        WAIT_FOR_CONSENT,
    ),
    alert(89502, text("an administrator has not answered yet", "管理员尚未确认"), WAIT_FOR_CONSENT),
    alert(
        89503,
        text("this address needs an administrator's consent", "此 IP 调用需要管理员确认"),
        WAIT_FOR_CONSENT,
    ),
    alert(
        89506,
        text("an administrator refused this address", "管理员拒绝了此 IP"),
        text(
            "It is blocked for 24 hours; then let them allow it.",
            "此 IP 将被限制 24 小时，之后请管理员同意。",
        ),
    ),
    alert(
        89507,
        text("an administrator refused this address", "管理员拒绝了此 IP"),
        text(
            "It is blocked for one hour; then let them allow it.",
            "此 IP 将被限制 1 小时，之后请管理员同意。",
        ),
    ),
];

/// What some codes mean as the answer to a token call.
pub(super) const TOKEN_CALL: &[ErrCode] = &[
    alert(40001, text("the AppSecret is wrong", "AppSecret 错误"), SECRET_AGAIN),
    our_fault(
        40014,
        "a token call was answered as if it had carried a token",
        "获取凭证的请求被当作携带凭证处理",
    ),
    our_fault(
        42001,
        "a token call was answered as if it had carried a token",
        "获取凭证的请求被当作携带凭证处理",
    ),
    later(
        45009,
        3600,
        text("the day's quota of token calls is used up", "今日获取凭证的额度已用完"),
        text(
            "Look for another program that fetches tokens of this app; the quota can be cleared in WeChat's console.",
            "请检查是否有其他程序也在获取该应用的凭证；可在微信后台清零额度。",
        ),
    ),
];
