//! WeChat's error codes as data: what each means, what to do, what the person and the admin read.
//!
//! Codes are the only thing that is matched on; WeChat's message texts change. The sentences for
//! people are in English and Chinese, meaning and cure for the admin in English.

mod app;
mod calls;
mod people;

use saoma_core::provider::{Kind, LocalText};

/// "System busy": the only code that is tried again at once.
pub const BUSY: i64 = -1;

/// A `js_code` that is wrong, too old or of another app.
pub const BAD_CODE: i64 = 40029;

/// What to do about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Try again: at once with a little patience when the seconds are 0, else after them.
    Retry {
        /// Seconds after which trying again makes sense.
        after: u32,
    },
    /// Fetch a fresh app token and try once more.
    RefreshToken,
    /// The person must do something again; the same call will never succeed.
    NewAction,
    /// The person is turned away.
    Refuse,
    /// Give up until an admin has done something.
    Alert,
}

/// An error code, or a run of codes of one meaning.
#[derive(Debug, Clone, Copy)]
pub struct ErrCode {
    /// The first code.
    pub first: i64,
    /// The last code; the same as the first unless it is a run.
    pub last: i64,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub action: Action,
    /// What the person reads.
    pub sentence: LocalText,
    /// What the admin does about it.
    pub cure: &'static str,
}

impl ErrCode {
    /// In which way the vendor's part has failed.
    pub const fn kind(&self) -> Kind {
        match self.action {
            Action::Retry { after: 0 } | Action::RefreshToken => Kind::Unavailable,
            Action::Retry { after } => Kind::Quota { retry_after: after },
            Action::NewAction => Kind::ProofInvalid,
            Action::Refuse => Kind::PersonBlocked,
            Action::Alert => Kind::Misconfigured,
        }
    }
}

/// The entry of a code.
pub fn find(code: i64) -> Option<&'static ErrCode> {
    all().find(|entry| (entry.first..=entry.last).contains(&code))
}

/// The entry of a code that a token call gave: there some codes mean something else.
pub fn find_for_token_call(code: i64) -> Option<&'static ErrCode> {
    app::TOKEN_CALL.iter().find(|entry| entry.first == code).or_else(|| find(code))
}

/// All entries.
pub fn all() -> impl Iterator<Item = &'static ErrCode> {
    app::TABLE.iter().chain(calls::TABLE).chain(people::TABLE)
}

/// A code that is in no table.
pub const UNKNOWN: ErrCode = ErrCode {
    first: 0,
    last: 0,
    meaning: "a code we do not know",
    action: Action::Retry { after: 0 },
    sentence: BUSY_SENTENCE,
    cure: "Look the trace id up in WeChat's console (it is kept for seven days) and read WeChat's page on the code.",
};

const BUSY_SENTENCE: LocalText =
    LocalText { en: "WeChat is busy. Try again in a moment.", zh: "微信繁忙，请稍后再试。" };
const CROWDED: LocalText = LocalText {
    en: "Very many people are logging in right now. Try again in a minute.",
    zh: "当前登录人数过多，请一分钟后再试。",
};
const LAPSED: LocalText = LocalText {
    en: "This attempt is no longer valid. Scan the code again.",
    zh: "本次操作已失效，请重新扫码。",
};
const TURNED_AWAY: LocalText = LocalText {
    en: "WeChat does not let this account log in here. Choose another way.",
    zh: "微信限制了该账号在此登录，请换一种登录方式。",
};
const OUT_OF_ORDER: LocalText = LocalText {
    en: "Logging in with WeChat does not work here at the moment; the site's owner has to repair it.",
    zh: "本站的微信登录暂不可用，需由网站管理员处理。",
};

const fn entry(
    code: i64,
    action: Action,
    sentence: LocalText,
    meaning: &'static str,
    cure: &'static str,
) -> ErrCode {
    ErrCode { first: code, last: code, meaning, action, sentence, cure }
}

const fn alert(code: i64, meaning: &'static str, cure: &'static str) -> ErrCode {
    entry(code, Action::Alert, OUT_OF_ORDER, meaning, cure)
}

/// Something this program should never cause.
const fn our_fault(code: i64, meaning: &'static str) -> ErrCode {
    alert(code, meaning, "This is a fault of this program: please report it with the trace id.")
}

const fn again(code: i64, meaning: &'static str, cure: &'static str) -> ErrCode {
    entry(code, Action::NewAction, LAPSED, meaning, cure)
}

const fn later(code: i64, after: u32, meaning: &'static str, cure: &'static str) -> ErrCode {
    entry(code, Action::Retry { after }, CROWDED, meaning, cure)
}

const fn refuse(code: i64, meaning: &'static str, cure: &'static str) -> ErrCode {
    entry(code, Action::Refuse, TURNED_AWAY, meaning, cure)
}

const fn stale_token(code: i64, meaning: &'static str) -> ErrCode {
    let cure = "A fresh token is fetched by itself. If this returns, another program renews this app's token by \
        force, or the token belongs to another app.";
    entry(code, Action::RefreshToken, BUSY_SENTENCE, meaning, cure)
}

/// The same entry for all codes until `last`.
const fn until(last: i64, entry: ErrCode) -> ErrCode {
    ErrCode { last, ..entry }
}

#[cfg(test)]
mod tests;
