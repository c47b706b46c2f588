//! Codes about the arguments of calls: pages, scenes, links, bodies; and features we do not use,
//! so that an admin who meets one still reads what it means.

use super::{ErrCode, alert, later, our_fault, text, until};
use saoma_core::provider::LocalText;

const RELEASE_IT: LocalText = text(
    "Release the mini-program with this page, or set check_path = false until then; page has no slash in front.",
    "请发布包含该页面的小程序版本，或在此之前设置 check_path = false；page 开头不能有斜杠。",
);
const CODES_STILL_WORK: LocalText = text(
    "Codes go on working; only the button for phones is missing. It comes back tomorrow, or set phone_link to none.",
    "小程序码不受影响，只是手机浏览器上没有“打开微信”按钮。次日恢复，或把 phone_link 设为 none。",
);
const NOT_USED: LocalText = text(
    "This program makes no such call: look for another that uses this app.",
    "本程序不调用此接口，请检查是否有其他程序在使用该应用。",
);

pub(super) const TABLE: &[ErrCode] = &[
    our_fault(40033, "the body holds escaped characters", "请求内容含有转义字符"),
    our_fault(40035, "an argument is wrong", "参数有误"),
    our_fault(40053, "action_info is wrong", "action_info 有误"),
    our_fault(40066, "an address is wrong", "地址有误"),
    alert(
        40097,
        text("an argument is wrong", "参数有误"),
        text("Check env_version and page of this provider.", "请检查此登录方式的 env_version 和 page。"),
    ),
    our_fault(40129, "the scene holds forbidden characters", "scene 含有不允许的字符"),
    alert(
        40159,
        text("the length of the path is wrong", "页面路径长度有误"),
        text("Shorten the setting page.", "请缩短 page 设置。"),
    ),
    alert(40165, text("the page path is wrong", "页面路径有误"), RELEASE_IT),
    our_fault(40169, "the scene is too long, or the body is not JSON", "scene 过长，或请求内容不是 JSON"),
    our_fault(40212, "the query of a link is wrong", "链接的 query 有误"),
    until(
        40240,
        alert(
            40230,
            text("the signing or encryption of calls does not fit", "接口签名或加密不符"),
            text(
                "Switch API signing off for these calls in WeChat's console.",
                "请在微信后台为这些接口关闭 API 签名。",
            ),
        ),
    ),
    alert(
        41030,
        text("the page is not in the released version", "已发布的小程序版本中没有该页面"),
        RELEASE_IT,
    ),
    later(
        44990,
        1,
        text("more than 100 calls a second", "每秒调用超过 100 次"),
        text("Nothing to do: it passes.", "无需处理，稍后自行恢复。"),
    ),
    alert(44993, text("the day's number of links is used up", "今日可生成的链接数已用完"), CODES_STILL_WORK),
    alert(45029, text("the account's permanent codes are used up", "账号的永久二维码数量已用完"), NOT_USED),
    our_fault(47001, "the body cannot be parsed", "请求内容无法解析"),
    until(
        61007,
        alert(
            61004,
            text(
                "a third-party platform does not let this address or app in",
                "第三方平台不允许该 IP 或应用",
            ),
            NOT_USED,
        ),
    ),
    alert(
        61024,
        text(
            "the call must be made by the third-party platform of this app",
            "须由该应用所属的第三方平台调用",
        ),
        NOT_USED,
    ),
    until(
        76004,
        alert(
            76001,
            text("a trace id could not be looked up", "无法查询该 rid"),
            text("Trace ids are kept for seven days.", "rid 只保留七天。"),
        ),
    ),
    until(76022, alert(76021, text("a quota could not be looked up", "无法查询接口额度"), NOT_USED)),
    alert(85079, text("the mini-program has never been released", "小程序从未发布"), RELEASE_IT),
    alert(85088, text("the app has no cloud base", "该应用未开通云开发"), NOT_USED),
    alert(
        85096,
        text("scancode_time is a reserved name", "scancode_time 为系统保留参数"),
        text(
            "Rename the page or parameter that is called scancode_time.",
            "请为名为 scancode_time 的页面或参数改名。",
        ),
    ),
    our_fault(85401, "the life of a link is out of range", "链接有效期超出范围"),
    alert(
        85402,
        text("env_version is wrong", "env_version 有误"),
        text(
            "Set env_version to release, trial or develop.",
            "请把 env_version 设为 release、trial 或 develop。",
        ),
    ),
    until(
        85408,
        alert(
            85406,
            text("links of this app are limited or banned", "该应用的链接受限或被封禁"),
            CODES_STILL_WORK,
        ),
    ),
];
