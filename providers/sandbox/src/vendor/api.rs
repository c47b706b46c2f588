//! The list of vendor calls the sandbox answers: address, method, and how replies of that family look.
//! A new call starts here; everything else matches on it.

use hyper::Method;

/// A vendor call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Token,
    StableToken,
    CodeImage,
    Session,
}

/// The families of calls; each has its own content type and its own way to append the request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    CgiBin,
    Wxa,
    Sns,
}

impl Api {
    pub(crate) const ALL: [Self; 4] = [Self::Token, Self::StableToken, Self::CodeImage, Self::Session];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Token => "/cgi-bin/token",
            Self::StableToken => "/cgi-bin/stable_token",
            Self::CodeImage => "/wxa/getwxacodeunlimit",
            Self::Session => "/sns/jscode2session",
        }
    }

    pub(crate) fn find(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.path() == path)
    }

    pub(crate) fn method(self) -> Method {
        match self {
            Self::Token | Self::Session => Method::GET,
            Self::StableToken | Self::CodeImage => Method::POST,
        }
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::Token | Self::StableToken => Family::CgiBin,
            Self::CodeImage => Family::Wxa,
            Self::Session => Family::Sns,
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
        }
    }

    /// The error text with its request id.
    pub(crate) fn with_rid(self, errmsg: &str, rid: &str) -> String {
        match self {
            Self::CgiBin | Self::Wxa => format!("{errmsg} rid: {rid}"),
            Self::Sns => format!("{errmsg}, rid: {rid}"),
        }
    }
}
