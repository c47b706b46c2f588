//! One person, part by part; and two who are to become one.

use super::OfferLine;
use crate::{Moment, View};
use serde::Serialize;

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UserTab {
    /// Who it is, and what may be done.
    Overview,
    /// Ways to log in.
    Identities,
    /// Where the person has been.
    Logins,
    /// Where the person is logged in, and what websites may know.
    Sessions,
}

/// A browser in which the person is logged in here.
#[derive(Debug, Clone, Serialize)]
pub struct BrowserLine {
    /// The id of the session.
    pub session_id: String,
    /// Browser and system, where it told.
    pub browser: Option<String>,
    /// What the way is called.
    pub way: String,
    /// Since when.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// When it ends by itself.
    pub expires: Moment,
}

/// What a website need not ask again.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentLine {
    /// Its name, or its id when it is gone.
    pub website: String,
    /// Its id.
    pub client_id: String,
    /// What it may know, in words of scope.
    pub words: Vec<&'static str>,
    /// Since when.
    pub given: Moment,
}

/// A way to log in.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityLine {
    /// Its id.
    pub identity_id: String,
    /// What the way is called, if it is one of ours.
    pub way: Option<String>,
    /// Whose subjects these are.
    pub namespace: String,
    /// The subject, whole.
    pub subject: String,
    /// Since when.
    pub created: Moment,
}

/// A website that took the person over.
#[derive(Debug, Clone, Serialize)]
pub struct UseLine {
    /// Its name, or its id when it is gone.
    pub website: String,
    /// Its id.
    pub client_id: String,
    /// The id that it was told, when it is another one.
    pub sub: Option<String>,
    /// The first time.
    pub first: Moment,
    /// The last time.
    pub last: Moment,
    /// How often.
    pub logins: i64,
    /// How many tokens live there.
    pub tokens: i64,
}

/// A merge that can be undone.
#[derive(Debug, Clone, Serialize)]
pub struct MergeLine {
    /// Its id.
    pub merge_id: String,
    /// Who became part of this one.
    pub loser: String,
    /// When.
    pub at: Moment,
    /// Until when it can be undone.
    pub undo_until: Moment,
}

/// See the module.
#[expect(clippy::struct_excessive_bools, reason = "a page shows many things that hold or do not")]
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// Which part is shown.
    pub tab: UserTab,
    /// The id.
    pub user_id: String,
    /// What was read, for a change.
    pub version: i64,
    /// What the person is called.
    pub name: Option<String>,
    /// Whether there is a picture.
    pub picture: bool,
    /// The language of the first page.
    pub locale: Option<String>,
    /// Since when the person may not log in.
    pub disabled: Option<Moment>,
    /// When the person first came.
    pub created: Moment,
    /// When name or picture last changed.
    pub updated: Moment,
    /// When a website last took the person over.
    pub last_login: Option<Moment>,
    /// Ways to log in.
    pub identities: Vec<IdentityLine>,
    /// Further names: namespace and value.
    pub aliases: Vec<(String, String)>,
    /// Where the person has been.
    pub uses: Vec<UseLine>,
    /// Where the person is logged in; told on that part only.
    pub browsers: Vec<BrowserLine>,
    /// What websites may know; told on that part only.
    pub consents: Vec<ConsentLine>,
    /// How many tokens live.
    pub tokens: i64,
    /// Earlier ids.
    pub parts: Vec<String>,
    /// What can be undone.
    pub merges: Vec<MergeLine>,
    /// Who may be the same person.
    pub offers: Vec<OfferLine>,
    /// Whether this admin may change something.
    pub may_edit: bool,
    /// Whether this admin may delete.
    pub may_delete: bool,
    /// Whether a change was just made.
    pub saved: bool,
    /// Why a change was not made, in a word.
    pub trouble: Option<&'static str>,
}

fn moment(at: i64) -> Moment {
    saoma_core::Timestamp(at).into()
}

impl BrowserLine {
    fn samples() -> Vec<Self> {
        let named = Self {
            session_id: "uss_1".to_owned(),
            browser: Some("Firefox <b>".to_owned()),
            way: "Mini <b>".to_owned(),
            began: moment(0),
            seen: moment(1),
            expires: moment(2),
        };
        vec![named.clone(), Self { browser: None, ..named }]
    }
}

impl ConsentLine {
    fn sample() -> Self {
        Self {
            website: "Shop <b>".to_owned(),
            client_id: "shop".to_owned(),
            words: vec!["openid", "profile", "email", "offline_access"],
            given: moment(0),
        }
    }
}

impl User {
    fn sample(tab: UserTab) -> Self {
        let identity = IdentityLine {
            identity_id: "idn_1".to_owned(),
            way: Some("Mini <b>".to_owned()),
            namespace: "wechat:wx1".to_owned(),
            subject: "oNHwxjgrzgL9H_A2pGLSMuME7XhN".to_owned(),
            created: moment(0),
        };
        let other = IdentityLine { way: None, identity_id: "idn_2".to_owned(), ..identity.clone() };
        let shop = UseLine {
            website: "Shop <b>".to_owned(),
            client_id: "shop".to_owned(),
            sub: None,
            first: moment(0),
            last: moment(1),
            logins: 3,
            tokens: 1,
        };
        let old = UseLine { sub: Some("usr_0".to_owned()), tokens: 0, ..shop.clone() };
        let merge = MergeLine {
            merge_id: "mrg_1".to_owned(),
            loser: "usr_0".to_owned(),
            at: moment(0),
            undo_until: moment(1),
        };
        Self {
            tab,
            user_id: "usr_1".to_owned(),
            version: 3,
            name: Some("阿明 <b>".to_owned()),
            picture: true,
            locale: Some("zh-CN".to_owned()),
            disabled: None,
            created: moment(0),
            updated: moment(1),
            last_login: Some(moment(1)),
            identities: vec![identity, other],
            aliases: vec![("wechat-union:main".to_owned(), "oUnion<".to_owned())],
            uses: vec![shop, old],
            browsers: BrowserLine::samples(),
            consents: vec![ConsentLine::sample()],
            tokens: 1,
            parts: vec!["usr_0".to_owned()],
            merges: vec![merge],
            offers: vec![OfferLine::sample()],
            may_edit: true,
            may_delete: true,
            saved: true,
            trouble: None,
        }
    }
}

impl View for User {
    const NAME: &'static str = "user";

    fn samples() -> Vec<Self> {
        let bare = |tab| Self {
            name: None,
            picture: false,
            locale: None,
            disabled: Some(moment(1)),
            last_login: None,
            identities: Vec::new(),
            aliases: Vec::new(),
            uses: Vec::new(),
            browsers: Vec::new(),
            consents: Vec::new(),
            tokens: 0,
            parts: Vec::new(),
            merges: Vec::new(),
            offers: Vec::new(),
            may_edit: false,
            may_delete: false,
            saved: false,
            trouble: Some("stale"),
            ..Self::sample(tab)
        };
        let tabs = [UserTab::Overview, UserTab::Identities, UserTab::Logins, UserTab::Sessions];
        tabs.into_iter().flat_map(|tab| [Self::sample(tab), bare(tab)]).collect()
    }
}

/// One of the two.
#[derive(Debug, Clone, Serialize)]
pub struct MergeSide {
    /// The id.
    pub user_id: String,
    /// What was read.
    pub version: i64,
    /// What the person is called.
    pub name: Option<String>,
    /// Whether there is a picture.
    pub picture: bool,
    /// Whether the person may not log in.
    pub disabled: bool,
    /// Ways to log in.
    pub ways: Vec<String>,
    /// Websites, by name.
    pub websites: Vec<String>,
    /// When the person first came.
    pub created: Moment,
    /// When a website last took the person over.
    pub last_login: Option<Moment>,
}

/// What a merge would do.
#[derive(Debug, Clone, Serialize)]
pub struct Merging {
    /// Who stays.
    pub winner: MergeSide,
    /// Who becomes part of it; none when nobody was named yet.
    pub loser: Option<MergeSide>,
    /// What was typed.
    pub with: String,
    /// Whether the name is taken over.
    pub takes_name: bool,
    /// Days in which it can be undone.
    pub undo_days: u16,
    /// Why it was not done, in a word.
    pub trouble: Option<&'static str>,
}

impl View for Merging {
    const NAME: &'static str = "merging";

    fn samples() -> Vec<Self> {
        let winner = MergeSide {
            user_id: "usr_1".to_owned(),
            version: 3,
            name: None,
            picture: false,
            disabled: false,
            ways: vec!["Mini <b>".to_owned()],
            websites: vec!["Shop <b>".to_owned()],
            created: moment(0),
            last_login: None,
        };
        let loser = MergeSide {
            user_id: "usr_2".to_owned(),
            name: Some("阿明 <b>".to_owned()),
            picture: true,
            disabled: true,
            last_login: Some(moment(1)),
            websites: Vec::new(),
            ..winner.clone()
        };
        let both = Self {
            winner,
            loser: Some(loser),
            with: "usr_2".to_owned(),
            takes_name: true,
            undo_days: 30,
            trouble: None,
        };
        let nobody = Self {
            loser: None,
            with: "usr_<".to_owned(),
            takes_name: false,
            trouble: Some("not_found"),
            ..both.clone()
        };
        vec![nobody, both]
    }
}
