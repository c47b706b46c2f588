//! The page as its template needs it.

use super::names::WayName;
use super::when::When;
use crate::http::login::logo_url;
use crate::http::pages::{Language, governed};
use crate::http::pictures::Looks;
use crate::http::public_state::Public;
use poem::Response;
use poem::http::StatusCode;
use saoma_core::Timestamp;
use saoma_core::calendar::Zone;
use saoma_core::grant::ScopeWord;
use saoma_core::user::own::{OwnAccount, OwnSession, OwnSite, OwnWay, Visit};
use serde::Serialize;

/// What the page can say of what was just done: the words that have texts.
const SAID: [&str; 9] = [
    "linked",
    "unlinked",
    "merged",
    "site_left",
    "session_ended",
    "others_ended",
    "offer_dismissed",
    "changed_meanwhile",
    "last_way",
];

/// See the module.
#[derive(Serialize)]
pub(super) struct AccountPage {
    name: String,
    picture: String,
    host: String,
    since: When,
    ways: Vec<WayLine>,
    sites: Vec<SiteLine>,
    sessions: Vec<SessionLine>,
    offers: Vec<OfferLine>,
    csrf: String,
    said: Option<&'static str>,
}

#[derive(Serialize)]
struct WayLine {
    id: String,
    /// None when no such way is open.
    called: Option<WayName>,
    /// Whose people it is about, e.g. an appid.
    app: String,
    /// What tells it from another way of the same app.
    mark: Option<String>,
    since: When,
    last: Option<When>,
}

#[derive(Serialize)]
struct SiteLine {
    id: String,
    name: String,
    logo_url: Option<String>,
    /// The letter that stands for a website without a picture.
    letter: String,
    is_open: bool,
    last: Option<When>,
    words: Vec<&'static str>,
}

#[derive(Serialize)]
struct SessionLine {
    id: String,
    browser: Option<String>,
    way: Option<String>,
    began: When,
    seen: When,
    is_this: bool,
}

#[derive(Serialize)]
struct OfferLine {
    id: String,
    since: When,
}

/// What one look needs.
struct Looking<'a> {
    public: &'a Public,
    language: Language,
    now: Timestamp,
    zone: Zone,
}

impl Looking<'_> {
    fn when(&self, at: Timestamp) -> When {
        When::of(at, self.now, self.zone)
    }

    fn way(&self, way: &OwnWay) -> WayLine {
        let open = way.provider.as_deref();
        WayLine {
            id: way.identity.to_string(),
            called: open.map(|open| WayName::of(open, self.language)),
            app: way.namespace.rsplit(':').next().unwrap_or_default().to_owned(),
            mark: way.mark.clone(),
            since: self.when(way.since),
            last: way.last_at.map(|at| self.when(at)),
        }
    }

    fn site(&self, site: &OwnSite) -> SiteLine {
        let client = site.client.as_deref();
        let name = client.map_or_else(|| site.id.to_string(), |client| client.name.clone());
        SiteLine {
            id: site.id.to_string(),
            letter: name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default(),
            name,
            logo_url: client.and_then(|client| logo_url(client, self.public)),
            is_open: client.is_some(),
            last: site.last_at.map(|at| self.when(at)),
            words: site.may_know.words().map(ScopeWord::as_str).collect(),
        }
    }

    fn session(&self, one: &OwnSession) -> SessionLine {
        SessionLine {
            id: one.id.to_string(),
            browser: one.session.browser.clone(),
            way: one.provider.as_deref().map(|open| WayName::of(open, self.language).name),
            began: self.when(one.session.created_at),
            seen: self.when(one.session.seen_at),
            is_this: one.is_this,
        }
    }
}

impl AccountPage {
    pub(super) fn new(
        account: &OwnAccount,
        visit: &Visit,
        public: &Public,
        language: Language,
        said: Option<&str>,
    ) -> Self {
        let looking =
            Looking { public, language, now: public.clock.now(), zone: public.house.current().time_zone };
        let looks = Looks::of(&account.user.face(), &public.settings.public_url);
        Self {
            name: looks.name,
            picture: looks.picture,
            host: public.settings.host(),
            since: looking.when(account.user.created_at),
            ways: account.ways.iter().map(|way| looking.way(way)).collect(),
            sites: account.sites.iter().map(|site| looking.site(site)).collect(),
            sessions: account.sessions.iter().map(|one| looking.session(one)).collect(),
            offers: account
                .offers
                .iter()
                .map(|offer| OfferLine { id: offer.id.to_string(), since: looking.when(offer.created_at) })
                .collect(),
            csrf: visit.csrf().expose().to_owned(),
            said: SAID.into_iter().find(|known| Some(*known) == said),
        }
    }

    pub(super) fn render(&self, public: &Public, language: Language) -> Response {
        governed(public.pages.own(language, "account", self, StatusCode::OK), "", None)
    }
}
