//! Web logins: codes of the two OAuth pages, the tokens made from them, and the qrconnect pages that are open.
//! It keeps and finds; the rules of each call are in `vendor`.

use crate::clock::Moment;
use crate::recent::Recent;
use serde::{Deserialize, Serialize};
use url::Url;

const REMEMBERED: usize = 20_000;
/// How long a qrconnect page's code can be scanned.
const PAGE_LIFE_SECONDS: i64 = 300;
const CONFIRM_ADDRESS: &str = "https://open.weixin.qq.com/connect/confirm?uuid=";

/// How far a page may look into a person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Base,
    UserInfo,
    Login,
}

impl Scope {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
            Self::Login => "snsapi_login",
        }
    }

    /// Website codes live longer.
    pub(crate) fn code_life_seconds(self) -> i64 {
        match self {
            Self::Base | Self::UserInfo => 300,
            Self::Login => 600,
        }
    }
}

/// Who allowed what to which app.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) appid: String,
    pub(crate) person: String,
    pub(crate) scope: Scope,
}

/// A code on its way through somebody's browser.
pub(crate) struct OauthCode {
    pub(crate) consent: Consent,
    pub(crate) made: Moment,
    pub(crate) used: bool,
}

/// A token of the `sns` calls.
#[derive(Clone)]
pub(crate) struct SnsToken {
    pub(crate) consent: Consent,
    pub(crate) expires: Moment,
    /// For a refresh token: the access token beside it.
    pub(crate) access_token: Option<String>,
}

/// How far a qrconnect page has come.
#[derive(Clone)]
pub(crate) enum Stage {
    Waiting,
    Scanned { person: String },
    Confirmed { code: String },
    Cancelled,
}

/// A qrconnect page that shows a code.
#[derive(Clone)]
pub(crate) struct WebsitePage {
    pub(crate) appid: String,
    pub(crate) made: Moment,
    pub(crate) stage: Stage,
}

impl WebsitePage {
    pub(crate) fn lapsed(&self, now: Moment) -> bool {
        self.made.plus_seconds(PAGE_LIFE_SECONDS) <= now
    }
}

/// A consent page that asks.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) consent: Consent,
    pub(crate) redirect_uri: Url,
    pub(crate) state: String,
}

/// Points on which the real servers differ from themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WireRules {
    /// `scope` in replies ends in a comma.
    pub(crate) scope_trailing_comma: bool,
    /// What a lapsed code gets: 42003 or 40029.
    pub(crate) expired_code: i32,
    /// Whether a refusal goes back to the site, without a code.
    pub(crate) cancel_redirects: bool,
}

impl Default for WireRules {
    fn default() -> Self {
        Self { scope_trailing_comma: false, expired_code: 42003, cancel_redirects: false }
    }
}

/// Everything about web logins.
pub(crate) struct Web {
    pub(crate) codes: Recent<String, OauthCode>,
    pub(crate) tokens: Recent<String, SnsToken>,
    pub(crate) refresh_tokens: Recent<String, SnsToken>,
    pub(crate) pages: Recent<String, WebsitePage>,
    pub(crate) questions: Recent<String, Question>,
    pub(crate) rules: WireRules,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            codes: Recent::new(REMEMBERED),
            tokens: Recent::new(REMEMBERED),
            refresh_tokens: Recent::new(REMEMBERED),
            pages: Recent::new(REMEMBERED),
            questions: Recent::new(REMEMBERED),
            rules: WireRules::default(),
        }
    }
}

impl Web {
    /// Somebody agreed: a single-use code for the app.
    pub(crate) fn agree(&mut self, consent: Consent, now: Moment, code: String) -> String {
        self.codes.insert(code.clone(), OauthCode { consent, made: now, used: false });
        code
    }
}

/// The text of a qrconnect page's code.
pub(crate) fn confirm_address(uuid: &str) -> String {
    format!("{CONFIRM_ADDRESS}{uuid}")
}

/// The uuid in such a text.
pub(crate) fn uuid_of(text: &str) -> Option<&str> {
    text.strip_prefix(CONFIRM_ADDRESS)
}

/// The app's address with code and state joined to whatever it had.
pub(crate) fn return_address(redirect_uri: &Url, code: Option<&str>, state: &str) -> String {
    let mut address = redirect_uri.clone();
    address.set_fragment(None);
    {
        let mut query = address.query_pairs_mut();
        if let Some(code) = code {
            query.append_pair("code", code);
        }
        query.append_pair("state", state);
    }
    address.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_state_join_what_is_there() {
        let back = |text: &str, code| return_address(&Url::parse(text).unwrap(), code, "s t");
        assert_eq!(back("http://a/b", Some("c")), "http://a/b?code=c&state=s+t");
        assert_eq!(back("http://a/b?x=1#frag", Some("c")), "http://a/b?x=1&code=c&state=s+t");
        assert_eq!(back("http://a/b", None), "http://a/b?state=s+t");
        assert_eq!(uuid_of(&confirm_address("u_-=")), Some("u_-="));
    }
}
