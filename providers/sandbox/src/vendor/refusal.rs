//! The vendor's error codes that the sandbox knows, with their published texts.
//! A refusal is data: code and text; the request id is appended when it is written out.

use std::borrow::Cow;
use std::net::IpAddr;

/// A refused call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) errcode: i32,
    pub(crate) errmsg: Cow<'static, str>,
}

impl Refusal {
    const fn new(errcode: i32, errmsg: &'static str) -> Self {
        Self { errcode, errmsg: Cow::Borrowed(errmsg) }
    }

    pub(crate) const BAD_CREDENTIAL: Self = Self::new(
        40001,
        "invalid credential, access_token is invalid or not latest, could get access_token by \
         getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
    );
    /// The same code for the tokens of web logins.
    pub(crate) const BAD_SNS_TOKEN: Self =
        Self::new(40001, "invalid credential, access_token is invalid or not latest");
    pub(crate) const BAD_GRANT_TYPE: Self = Self::new(40002, "invalid grant_type");
    pub(crate) const BAD_OPENID: Self = Self::new(40003, "invalid openid");
    pub(crate) const BAD_APPID: Self = Self::new(40013, "invalid appid");
    pub(crate) const BAD_TOKEN: Self = Self::new(40014, "invalid access_token");
    pub(crate) const BAD_CODE: Self = Self::new(40029, "invalid code");
    pub(crate) const BAD_REFRESH_TOKEN: Self = Self::new(40030, "invalid refresh_token");
    pub(crate) const ESCAPED_BODY: Self =
        Self::new(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!");
    pub(crate) const BAD_PARAMETER: Self = Self::new(40035, "invalid parameter");
    pub(crate) const BAD_ACTION_INFO: Self = Self::new(40053, "invalid action info");
    pub(crate) const BAD_ARGS: Self = Self::new(40097, "invalid args");
    pub(crate) const BAD_SECRET: Self = Self::new(40125, "invalid appsecret");
    pub(crate) const BAD_SCENE: Self = Self::new(40129, "invalid scene");
    pub(crate) const USED_CODE: Self = Self::new(40163, "code been used");
    pub(crate) const BAD_SCENE_LENGTH: Self =
        Self::new(40169, "invalid length for scene, or the data is not json string");
    pub(crate) const HIGH_RISK: Self = Self::new(40226, "code blocked");
    pub(crate) const BAD_PAGE: Self = Self::new(41030, "invalid page");
    pub(crate) const NO_TOKEN: Self = Self::new(41001, "access_token missing");
    pub(crate) const NO_APPID: Self = Self::new(41002, "appid missing");
    pub(crate) const NO_REFRESH_TOKEN: Self = Self::new(41003, "refresh_token missing");
    pub(crate) const NO_SECRET: Self = Self::new(41004, "appsecret missing");
    pub(crate) const NO_CODE: Self = Self::new(41008, "missing code");
    pub(crate) const NO_OPENID: Self = Self::new(41009, "openid missing");
    pub(crate) const EXPIRED_TOKEN: Self = Self::new(42001, "access_token expired");
    pub(crate) const EXPIRED_REFRESH_TOKEN: Self = Self::new(42002, "refresh_token expired");
    pub(crate) const EXPIRED_CODE: Self = Self::new(42003, "oauth_code expired");
    pub(crate) const REQUIRE_GET: Self = Self::new(43001, "require GET method");
    pub(crate) const REQUIRE_POST: Self = Self::new(43002, "require POST method");
    pub(crate) const DAILY_QUOTA: Self = Self::new(45009, "reach max api daily quota limit");
    pub(crate) const CODES_PER_MINUTE: Self = Self::new(45009, "minute frequency limited");
    pub(crate) const MINUTE_QUOTA: Self =
        Self::new(45011, "api minute-quota reach limit, must slower, retry next minute");
    pub(crate) const PERMANENT_CODES_FULL: Self = Self::new(45029, "qrcode count out of limit");
    pub(crate) const NOT_JSON: Self = Self::new(47001, "data format error");
    pub(crate) const UNAUTHORIZED: Self = Self::new(48001, "api unauthorized");
    pub(crate) const UNKNOWN_CALL: Self = Self::new(76021, "cgi_path not found, please check");
    pub(crate) const NO_QUOTA: Self = Self::new(76022, "could not use this cgi_path, no permission");
    pub(crate) const RESERVED_NAME: Self = Self::new(85096, "not allow include scancode_time field");

    pub(crate) const LINK_NOT_PERMITTED: Self = Self::new(40002, "invalid grant_type");
    pub(crate) const BAD_LINK_PATH: Self = Self::new(40165, "invalid weapp pagepath");
    pub(crate) const BAD_LINK_QUERY: Self = Self::new(40212, "invalid query");
    pub(crate) const LINKS_PER_DAY: Self = Self::new(44993, "create limit of the day");
    pub(crate) const NOTHING_RELEASED: Self = Self::new(85079, "miniprogram has no online release");
    pub(crate) const BAD_LINK_EXPIRY: Self = Self::new(85401, "time limit out of range");
    pub(crate) const BAD_LINK_VERSION: Self = Self::new(85402, "invalid env_version");
    pub(crate) const ASK_ADMIN: Self = Self::new(89503, "this call needs the admin's confirmation");
    pub(crate) const REFUSED_FOR_A_DAY: Self = Self::new(89506, "admin refused this ip");
    pub(crate) const REFUSED_FOR_AN_HOUR: Self = Self::new(89507, "admin refused this ip");

    // What the pages say; their numbers are seen in the field, not published.
    pub(crate) const PAGE_REDIRECT: Self = Self::new(10003, "redirect_uri 参数错误");
    pub(crate) const PAGE_SCOPE: Self = Self::new(10005, "Scope 参数错误或没有 Scope 权限");
    pub(crate) const PAGE_FORMAT: Self = Self::new(10008, "参数格式错误");
    pub(crate) const PAGE_APPID: Self = Self::new(40013, "AppID 参数错误");

    /// Codes no rule of the sandbox leads to, for faults.
    const OTHERS: [Self; 12] = [
        Self::PAGE_REDIRECT,
        Self::PAGE_SCOPE,
        Self::PAGE_FORMAT,
        Self::new(-1, "system error"),
        Self::new(40243, "AppSecret frozen"),
        Self::new(44990, "api freq out of limit"),
        Self::new(48004, "api forbidden"),
        Self::new(50004, "token interface forbidden"),
        Self::new(50007, "account frozen"),
        Self::new(89501, "a pending admin confirmation exists"),
        Self::new(89502, "wait for admin"),
        Self::new(40164, "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist"),
    ];

    const RULES: [Self; 46] = [
        Self::BAD_CREDENTIAL,
        Self::BAD_GRANT_TYPE,
        Self::BAD_APPID,
        Self::BAD_TOKEN,
        Self::BAD_CODE,
        Self::ESCAPED_BODY,
        Self::BAD_ARGS,
        Self::BAD_SECRET,
        Self::BAD_SCENE,
        Self::USED_CODE,
        Self::BAD_SCENE_LENGTH,
        Self::HIGH_RISK,
        Self::BAD_PAGE,
        Self::NO_TOKEN,
        Self::NO_APPID,
        Self::NO_SECRET,
        Self::NO_CODE,
        Self::EXPIRED_TOKEN,
        Self::REQUIRE_GET,
        Self::REQUIRE_POST,
        Self::DAILY_QUOTA,
        Self::MINUTE_QUOTA,
        Self::NOT_JSON,
        Self::RESERVED_NAME,
        Self::BAD_OPENID,
        Self::BAD_REFRESH_TOKEN,
        Self::BAD_PARAMETER,
        Self::BAD_ACTION_INFO,
        Self::NO_REFRESH_TOKEN,
        Self::NO_OPENID,
        Self::EXPIRED_REFRESH_TOKEN,
        Self::EXPIRED_CODE,
        Self::PERMANENT_CODES_FULL,
        Self::UNAUTHORIZED,
        Self::BAD_SNS_TOKEN,
        Self::UNKNOWN_CALL,
        Self::NO_QUOTA,
        Self::BAD_LINK_PATH,
        Self::BAD_LINK_QUERY,
        Self::LINKS_PER_DAY,
        Self::NOTHING_RELEASED,
        Self::BAD_LINK_EXPIRY,
        Self::BAD_LINK_VERSION,
        Self::ASK_ADMIN,
        Self::REFUSED_FOR_A_DAY,
        Self::REFUSED_FOR_AN_HOUR,
    ];

    /// 40164 names the caller's address in both notations.
    pub(crate) fn address_not_listed(peer: IpAddr) -> Self {
        let errmsg = match peer {
            IpAddr::V4(v4) => format!("invalid ip {v4} ipv6 {}, not in whitelist", v4.to_ipv6_mapped()),
            IpAddr::V6(v6) => format!("invalid ip {v6} ipv6 {v6}, not in whitelist"),
        };
        Self { errcode: 40164, errmsg: errmsg.into() }
    }

    /// A refusal put in by a fault; a known code brings its own text.
    pub(crate) fn injected(errcode: i32, errmsg: Option<String>) -> Self {
        if let Some(errmsg) = errmsg {
            return Self { errcode, errmsg: errmsg.into() };
        }
        let known = Self::RULES.into_iter().chain(Self::OTHERS).find(|known| known.errcode == errcode);
        known.unwrap_or(Self::new(errcode, "unknown error"))
    }
}
