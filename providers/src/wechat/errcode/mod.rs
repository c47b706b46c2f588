//! WeChat's error codes as data: what each means, what to do, what the person and the admin read.
//!
//! Codes are the only thing that is matched on; WeChat's message texts change. The sentences for
//! people, and meaning and cure for the admin, are in English and Chinese.

mod app;
mod calls;
mod finding;
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
    pub meaning: LocalText,
    /// What to do.
    pub action: Action,
    /// What the person reads.
    pub sentence: LocalText,
    /// What the admin does about it.
    pub cure: LocalText,
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
    meaning: text("a code we do not know", "未收录的错误码"),
    action: Action::Retry { after: 0 },
    sentence: BUSY_SENTENCE,
    cure: text(
        "Look the trace id up in WeChat's console (it is kept for seven days) and read WeChat's page on the code.",
        "请在微信后台按 rid 查询（保留七天），并查阅微信关于该错误码的说明。",
    ),
};

/// A text in both languages.
const fn text(en: &'static str, zh: &'static str) -> LocalText {
    LocalText { en, zh }
}

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
    meaning: LocalText,
    cure: LocalText,
) -> ErrCode {
    ErrCode { first: code, last: code, meaning, action, sentence, cure }
}

const fn alert(code: i64, meaning: LocalText, cure: LocalText) -> ErrCode {
    entry(code, Action::Alert, OUT_OF_ORDER, meaning, cure)
}

/// Something this program should never cause.
const fn our_fault(code: i64, en: &'static str, zh: &'static str) -> ErrCode {
    let cure = text(
        "This is a fault of this program: please report it with the trace id.",
        "这是本程序的缺陷，请附上 rid 反馈给我们。",
    );
    alert(code, text(en, zh), cure)
}

const fn again(code: i64, meaning: LocalText, cure: LocalText) -> ErrCode {
    entry(code, Action::NewAction, LAPSED, meaning, cure)
}

const fn later(code: i64, after: u32, meaning: LocalText, cure: LocalText) -> ErrCode {
    entry(code, Action::Retry { after }, CROWDED, meaning, cure)
}

const fn refuse(code: i64, meaning: LocalText, cure: LocalText) -> ErrCode {
    entry(code, Action::Refuse, TURNED_AWAY, meaning, cure)
}

const fn stale_token(code: i64, en: &'static str, zh: &'static str) -> ErrCode {
    let cure = text(
        "A fresh token is fetched by itself. If this returns, another program renews this app's token by force, or the \
         token belongs to another app.",
        "程序会自动获取新的凭证；若反复出现，说明有其他程序在强制刷新，或凭证属于其他应用。",
    );
    entry(code, Action::RefreshToken, BUSY_SENTENCE, text(en, zh), cure)
}

/// The same entry for all codes until `last`.
const fn until(last: i64, entry: ErrCode) -> ErrCode {
    ErrCode { last, ..entry }
}

#[cfg(test)]
mod tests;
