//! What WeChat's probes say, in both languages: what was seen, and what to click in WeChat's console.

use saoma_core::provider::LocalText;

/// What was seen and what cures it; the cure is empty where there is nothing to do.
pub(in crate::wechat) struct Said {
    pub(in crate::wechat) seen: LocalText,
    pub(in crate::wechat) cure: LocalText,
}

const fn said(en: &'static str, zh: &'static str, cure_en: &'static str, cure_zh: &'static str) -> Said {
    Said { seen: LocalText { en, zh }, cure: LocalText { en: cure_en, zh: cure_zh } }
}

const fn well(en: &'static str, zh: &'static str) -> Said {
    said(en, zh, "", "")
}

pub(in crate::wechat) const SETTINGS: Said = well(
    "The settings are complete. People are known as {namespace}.",
    "设置完整。用户所属命名空间：{namespace}。",
);
pub(in crate::wechat) const UNTRUSTED: Said = said(
    "The vendor's address is neither WeChat's own nor trusted: its people are kept apart from real ones.",
    "接口地址既不是微信官方地址，也未列为可信：其用户与真实用户相互隔离。",
    "Right for a stand-in of WeChat on this machine. A relay of your own goes into [security] trusted_vendor_bases.",
    "在本机模拟微信时应当如此；自建的中转地址请加入 [security] trusted_vendor_bases。",
);
pub(in crate::wechat) const MEMBERS_ONLY: Said = said(
    "Only members of the mini-program's project can open the code.",
    "只有小程序项目成员才能打开该小程序码。",
    "Set env_version to release, to let everybody in.",
    "如需对所有人开放，请把 env_version 设为 release。",
);
pub(in crate::wechat) const PAGE_UNCHECKED: Said = said(
    "WeChat is not asked whether {page} is in the released version, as check_path is off.",
    "check_path 已关闭，因此没有向微信确认 {page} 是否在已发布的版本中。",
    "Switch check_path on once the mini-program is released.",
    "小程序发布后请开启 check_path。",
);
pub(in crate::wechat) const SCAN_ONLY: Said = said(
    "The scan alone logs in: whoever sends a picture of a code to somebody can be logged in as them.",
    "扫码即登录：有人把二维码图片转发给他人扫描，就可能以对方身份登录。",
    "Set confirm to page or number. Only websites whose minimum is scan_only may use it as it is.",
    "建议把 confirm 设为 page 或 number；只有最低要求为 scan_only 的网站才能使用当前方式。",
);
pub(in crate::wechat) const NO_PROOF_FILE: Said = said(
    "There is no mp_verify: WeChat wants to see its file before it accepts a web authorization domain.",
    "未设置 mp_verify：微信在登记网页授权域名前需要访问校验文件。",
    "Download the file under 设置与开发 → 账号设置 → 功能设置 → 网页授权域名 and enter its name and content here, unless \
     another server shows it.",
    "请在“设置与开发 → 账号设置 → 功能设置 → 网页授权域名”下载文件，并在此填写文件名和内容（已由其他服务器提供的除外）。",
);
pub(in crate::wechat) const PUSH_PLAIN: Said = said(
    "Messages come in plain mode (明文模式): WeChat's signature does not cover them, so whoever has seen one can write \
     others in its name.",
    "消息以明文模式推送：微信的签名不覆盖消息内容，见过一条消息的人就可以伪造其他消息。",
    "Choose 安全模式 in WeChat's console and set push_mode to safe.",
    "请在微信后台选择安全模式，并把 push_mode 设为 safe。",
);
pub(in crate::wechat) const PUSH_SETTINGS: Said = said(
    "Messages are expected in {push_mode}.",
    "消息加解密方式应为：{push_mode}。",
    "In WeChat's console, 设置与开发 → 基本配置 → 服务器配置: paste the push address (URL), the push token (令牌) and the \
     EncodingAESKey as the provider's page hands them out, choose {push_mode}, save, and switch it on (启用).",
    "请在微信后台“设置与开发 → 基本配置 → 服务器配置”填写此处的服务器地址(URL)、令牌(Token)和 EncodingAESKey，选择{push_mode}，\
     提交并启用。",
);

pub(in crate::wechat) const REQUEST_DOMAIN: Said = said(
    "Only a phone shows whether the mini-program may call {request_domain}.",
    "小程序能否访问 {request_domain}，只有在手机上才能看到。",
    "In WeChat's console, 开发管理 → 开发设置 → 服务器域名: the request 合法域名 must name {request_domain}. A test login \
     shows it.",
    "请在微信后台“开发管理 → 开发设置 → 服务器域名”把 {request_domain} 加入 request 合法域名；用演练登录可以验证。",
);
pub(in crate::wechat) const OAUTH_DOMAIN: Said = said(
    "WeChat checks the web authorization domain in its own browser only, so it was not looked at from here.",
    "微信只在其内置浏览器中校验网页授权域名，因此无法从这里检查。",
    "In WeChat's console, 设置与开发 → 账号设置 → 功能设置 → 网页授权域名: enter {callback_domain}. A test login shows \
     whether it is right.",
    "请在微信后台“设置与开发 → 账号设置 → 功能设置 → 网页授权域名”填写 {callback_domain}；用演练登录可以验证。",
);
pub(in crate::wechat) const LOGIN_PAGE_UNSEEN: Said = said(
    "Whether WeChat's login page accepts {callback_domain} was not looked at.",
    "尚未检查微信登录页是否接受 {callback_domain}。",
    "A check of everything looks. On open.weixin.qq.com, 管理中心 → 网站应用 → 开发信息 → 授权回调域 must be {callback_domain}.",
    "“全面检查”会检查。开放平台“管理中心 → 网站应用 → 开发信息 → 授权回调域”须为 {callback_domain}。",
);
pub(in crate::wechat) const LOGIN_PAGE_OK: Said = well(
    "WeChat's login page opens for this app and accepts {callback_domain}.",
    "微信登录页可以打开，并接受回调域 {callback_domain}。",
);
pub(in crate::wechat) const CALLBACK_REFUSED: Said = said(
    "WeChat's login page refuses to send people back to {callback_domain} (redirect_uri 参数错误).",
    "微信登录页不接受回调域 {callback_domain}（redirect_uri 参数错误）。",
    "On open.weixin.qq.com, 管理中心 → 网站应用 → 开发信息 → 授权回调域: enter {callback_domain}, without https:// and without \
     a path.",
    "请在开放平台“管理中心 → 网站应用 → 开发信息 → 授权回调域”填写 {callback_domain}，不带 https:// 和路径。",
);
pub(in crate::wechat) const SCOPE_REFUSED: Said = said(
    "WeChat's login page refuses this app (Scope 参数错误或没有 Scope 权限).",
    "微信登录页拒绝了该应用（Scope 参数错误或没有 Scope 权限）。",
    "This way needs a 网站应用 of open.weixin.qq.com that passed its review and has 微信登录; the AppID of a service account \
     or a mini-program does not do.",
    "这种方式需要开放平台上已通过审核并开通“微信登录”的网站应用；公众号或小程序的 AppID 不适用。",
);
pub(in crate::wechat) const PAGE_APPID: Said = said(
    "WeChat's login page does not know this AppID.",
    "微信登录页不识别该 AppID。",
    "Copy the AppID of the 网站应用 on open.weixin.qq.com again.",
    "请重新复制开放平台网站应用的 AppID。",
);
pub(in crate::wechat) const LOGIN_PAGE_ODD: Said = said(
    "WeChat's login page answered with something this program does not know.",
    "微信登录页返回了本程序无法识别的内容。",
    "Open the login page in a browser and look: a test login leads there.",
    "请在浏览器中打开登录页查看：演练登录会跳转到该页。",
);

pub(in crate::wechat) const API_OK: Said =
    well("{api_address} answers as WeChat does.", "{api_address} 响应正常。");
pub(in crate::wechat) const API_SILENT: Said = said(
    "{api_address} does not answer in time.",
    "{api_address} 没有及时响应。",
    "Check the network of this server: outgoing connections to port 443 and its name server.",
    "请检查本服务器的网络：能否访问外网 443 端口，DNS 是否正常。",
);
pub(in crate::wechat) const API_FORBIDDEN: Said = said(
    "{api_address} may not be called: its name leads to a private address.",
    "不允许访问 {api_address}：其域名指向内网地址。",
    "If that is meant, allow the address in [security] egress_allow; else repair the name server.",
    "如确需访问，请在 [security] egress_allow 中放行；否则请检查 DNS。",
);
pub(in crate::wechat) const API_UNREACHABLE: Said = said(
    "{api_address} cannot be reached or answers nonsense.",
    "无法访问 {api_address}，或其返回无意义的内容。",
    "Check api_base and the network of this server.",
    "请检查 api_base 和本服务器的网络。",
);
pub(in crate::wechat) const API_NOT_WECHAT: Said = said(
    "What answers at {api_address} is not WeChat's API.",
    "{api_address} 的响应不是微信接口。",
    "Check api_base; a relay must pass paths, queries and bodies on unchanged.",
    "请检查 api_base；中转服务须原样转发路径、参数和请求内容。",
);
pub(in crate::wechat) const MADE_UP_ACCEPTED: Said = said(
    "A made-up proof was accepted: {api_address} is not WeChat's API.",
    "{api_address} 接受了伪造的凭证，说明它不是微信接口。",
    "Check api_base.",
    "请检查 api_base。",
);
pub(in crate::wechat) const CLOCK_OK: Said =
    well("This server's clock agrees with WeChat's.", "本服务器的时钟与微信一致。");
pub(in crate::wechat) const CLOCK_SKEW: Said = said(
    "This server's clock and WeChat's differ by {seconds} seconds. Beyond 300 its messages are refused as too old.",
    "本服务器的时钟与微信相差 {seconds} 秒；超过 300 秒，微信消息会因过期被拒绝。",
    "Let the system keep its time: timedatectl set-ntp true, or the time setting of the host.",
    "请开启系统对时：timedatectl set-ntp true，或检查宿主机的时间设置。",
);
pub(in crate::wechat) const CLOCK_UNSEEN: Said =
    well("What answers does not say what time it is there.", "对方没有返回时间，无法核对时钟。");

pub(in crate::wechat) const TOKEN_OK: Said = well(
    "WeChat gives an app token: AppID, AppSecret and IP list are right.",
    "成功获取接口调用凭证：AppID、AppSecret 和 IP 白名单均正确。",
);
pub(in crate::wechat) const PAGE_PUBLISHED: Said =
    well("WeChat draws the code for {page}.", "微信可以为 {page} 生成小程序码。");
pub(in crate::wechat) const PHONE_LINK: Said = well(
    "WeChat makes links that open the page from a phone's browser.",
    "微信可以生成从手机浏览器打开该页面的链接。",
);
pub(in crate::wechat) const SCENE_CODE_OK: Said = well(
    "WeChat gives a code with a scene: the account is verified.",
    "成功生成带参数的二维码：账号已认证。",
);
pub(in crate::wechat) const MADE_UP_REFUSED: Said = well(
    "WeChat knows AppID and AppSecret, and refuses a made-up proof.",
    "微信识别 AppID 和 AppSecret，并拒绝了伪造的凭证。",
);

pub(in crate::wechat) const QUOTA_LEFT: Said = well(
    "{remaining} of {daily_limit} calls that make codes are left today.",
    "今日生成二维码的额度还剩 {remaining} 次（共 {daily_limit} 次）。",
);
pub(in crate::wechat) const QUOTA_BY_MINUTE: Said = well(
    "Making codes has no limit a day, only one a minute.",
    "生成二维码没有每日限额，只有每分钟的频率限制。",
);
pub(in crate::wechat) const QUOTA_LOW: Said = said(
    "Only {remaining} of {daily_limit} calls that make codes are left today.",
    "今日生成二维码的额度仅剩 {remaining} 次（共 {daily_limit} 次）。",
    "Look for a page that begins logins in a loop; the quota can be cleared in WeChat's console, ten times a month.",
    "请检查是否有页面在循环发起登录；可在微信后台清零额度，每月十次。",
);
pub(in crate::wechat) const QUOTA_USED_UP: Said = said(
    "None of the day's {daily_limit} calls that make codes is left.",
    "今日 {daily_limit} 次生成二维码的额度已用完。",
    "Clear the quota in WeChat's console (接口权限 → 清零, ten times a month), or wait until midnight in Beijing.",
    "请在微信后台“接口权限”清零额度（每月十次），或等到次日零点。",
);
pub(in crate::wechat) const QUOTA_UNSEEN: Said =
    well("WeChat does not tell what is left of the quota.", "微信没有返回剩余额度。");

pub(in crate::wechat) const UNIONID_UNSEEN: Said = said(
    "Whether a unionid comes shows only when somebody logs in.",
    "只有在有人登录时才能看到是否返回 UnionID。",
    "A test login tells.",
    "用演练登录可以验证。",
);
pub(in crate::wechat) const UNIONID_UNUSED: Said = said(
    "Unionids are not used, so a person is another user by each app.",
    "未使用 UnionID：同一个人在不同应用中是不同的用户。",
    "To share users, bind the apps to one account on open.weixin.qq.com and set open_platform_account to the same name \
     everywhere.",
    "如需共享用户，请把各应用绑定到同一个开放平台账号，并为它们填写相同的 open_platform_account。",
);
pub(in crate::wechat) const UNIONID_AVAILABLE: Said = well(
    "A unionid came: the app is bound to an open-platform account.",
    "已返回 UnionID：该应用已绑定开放平台账号。",
);
pub(in crate::wechat) const UNIONID_MISSING: Said = said(
    "No unionid came, so this person is not recognised as the same user by your other apps.",
    "没有返回 UnionID，因此您的其他应用无法识别这是同一个用户。",
    "On open.weixin.qq.com, 管理中心 → 公众号/小程序 → 绑定: bind this app to the account that your other apps are bound to. \
     A service account tells the unionid of followers only.",
    "请在开放平台“管理中心 → 公众号/小程序 → 绑定”把该应用绑定到其他应用所在的账号。公众号仅对已关注的用户返回 UnionID。",
);

pub(super) const WECHAT_SAYS: Said = well("WeChat says {vendor_code}:", "微信返回 {vendor_code}：");
pub(super) const ADDRESS_SEEN: LocalText = LocalText {
    en: "WeChat sees this server as {outgoing_address}.",
    zh: "微信看到的本服务器 IP 为 {outgoing_address}。",
};
