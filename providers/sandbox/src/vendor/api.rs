//! The list of vendor calls the sandbox answers: address, method, and how replies of that family look.
//! A new call starts here; everything else matches on it.

use hyper::Method;

use super::qrconnect::PICTURES;
use crate::avatar::PLACE;

/// A vendor call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Token,
    StableToken,
    CodeImage,
    Scheme,
    UrlLink,
    PhoneNumber,
    Session,
    AccountCode,
    ShowAccountCode,
    UserInfo,
    CallbackIp,
    Quota,
    Authorize,
    Consent,
    Qrconnect,
    QrconnectCode,
    QrconnectPoll,
    QrconnectQuick,
    SnsToken,
    SnsRefresh,
    SnsAuth,
    SnsUserinfo,
    Avatar,
}

/// The families of calls; each has its own content type and its own way to append the request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    CgiBin,
    Wxa,
    Sns,
    /// Pages and pictures for people; refusals are pages too.
    Page,
}

impl Api {
    pub(crate) const ALL: [Self; 23] = [
        Self::Token,
        Self::StableToken,
        Self::CodeImage,
        Self::Scheme,
        Self::UrlLink,
        Self::PhoneNumber,
        Self::Session,
        Self::AccountCode,
        Self::ShowAccountCode,
        Self::UserInfo,
        Self::CallbackIp,
        Self::Quota,
        Self::Authorize,
        Self::Consent,
        Self::Qrconnect,
        Self::QrconnectCode,
        Self::QrconnectPoll,
        Self::QrconnectQuick,
        Self::SnsToken,
        Self::SnsRefresh,
        Self::SnsAuth,
        Self::SnsUserinfo,
        Self::Avatar,
    ];

    /// The path; one in braces at its end stands for anything.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Token => "/cgi-bin/token",
            Self::StableToken => "/cgi-bin/stable_token",
            Self::CodeImage => "/wxa/getwxacodeunlimit",
            Self::Scheme => "/wxa/generatescheme",
            Self::UrlLink => "/wxa/generate_urllink",
            Self::PhoneNumber => "/wxa/business/getuserphonenumber",
            Self::Session => "/sns/jscode2session",
            Self::AccountCode => "/cgi-bin/qrcode/create",
            Self::ShowAccountCode => "/cgi-bin/showqrcode",
            Self::UserInfo => "/cgi-bin/user/info",
            Self::CallbackIp => "/cgi-bin/getcallbackip",
            Self::Quota => "/cgi-bin/openapi/quota/get",
            Self::Authorize => "/connect/oauth2/authorize",
            Self::Consent => "/connect/oauth2/consent",
            Self::Qrconnect => "/connect/qrconnect",
            Self::QrconnectCode => "/connect/qrcode/{uuid}",
            Self::QrconnectPoll => "/connect/l/qrconnect",
            Self::QrconnectQuick => "/connect/quick",
            Self::SnsToken => "/sns/oauth2/access_token",
            Self::SnsRefresh => "/sns/oauth2/refresh_token",
            Self::SnsAuth => "/sns/auth",
            Self::SnsUserinfo => "/sns/userinfo",
            Self::Avatar => "/mmopen/vi_32/{picture}",
        }
    }

    pub(crate) fn find(path: &str) -> Option<Self> {
        if path.starts_with(PICTURES) {
            return Some(Self::QrconnectCode);
        }
        if path.starts_with(PLACE) {
            return Some(Self::Avatar);
        }
        Self::ALL.into_iter().find(|api| api.path() == path)
    }

    pub(crate) fn method(self) -> Method {
        match self {
            Self::StableToken
            | Self::CodeImage
            | Self::Scheme
            | Self::UrlLink
            | Self::PhoneNumber
            | Self::AccountCode
            | Self::Quota
            | Self::Consent
            | Self::QrconnectQuick => Method::POST,
            _ => Method::GET,
        }
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::Token
            | Self::StableToken
            | Self::AccountCode
            | Self::UserInfo
            | Self::CallbackIp
            | Self::Quota => Family::CgiBin,
            Self::CodeImage | Self::Scheme | Self::UrlLink | Self::PhoneNumber => Family::Wxa,
            Self::Session | Self::SnsToken | Self::SnsRefresh | Self::SnsAuth | Self::SnsUserinfo => {
                Family::Sns
            }
            Self::ShowAccountCode
            | Self::Authorize
            | Self::Consent
            | Self::Qrconnect
            | Self::QrconnectCode
            | Self::QrconnectPoll
            | Self::QrconnectQuick
            | Self::Avatar => Family::Page,
        }
    }
}

impl Family {
    /// Content types as captured from the real servers: one says `encoding` for `charset`, one says neither.
    pub(crate) fn json_type(self) -> &'static str {
        match self {
            Self::CgiBin => "application/json; encoding=utf-8",
            Self::Wxa => "application/json; charset=UTF-8",
            Self::Sns => "text/plain",
            Self::Page => "text/html; charset=utf-8",
        }
    }

    /// The error text with its request id.
    pub(crate) fn with_rid(self, errmsg: &str, rid: &str) -> String {
        match self {
            Self::CgiBin | Self::Wxa => format!("{errmsg} rid: {rid}"),
            Self::Sns => format!("{errmsg}, rid: {rid}"),
            Self::Page => errmsg.to_owned(),
        }
    }
}
