//! The pages as their templates need them; everything comes from the server's own data.

use crate::http::kit::{self, Tag};
use crate::http::login::logo_url;
use crate::http::pages::{Back, Language, governed, source_of};
use crate::http::pictures::Looks;
use crate::http::public_state::Public;
use poem::Response;
use poem::http::StatusCode;
use saoma_core::Secret;
use saoma_core::authorization::{AuthorizationRequest, Opened};
use saoma_core::client::Client;
use saoma_core::grant::{Scope, ScopeWord};
use saoma_core::login::SiteAsks;
use saoma_core::user::Face;
use serde::Serialize;
use url::Url;

/// The website, as a person recognises it.
#[derive(Serialize)]
struct Site {
    name: String,
    domain: String,
    logo_url: Option<String>,
}

/// A person, as they know themselves.
#[derive(Serialize)]
struct Who {
    name: String,
    picture: String,
}

/// How to log in.
#[derive(Serialize)]
pub(super) struct ChoosePage {
    site: Site,
    client_id: String,
    id: String,
    server: String,
    /// Slugs of the ways that will do, in the Client's order.
    ways: Vec<String>,
    kit: Tag,
    nonce: String,
    /// What the device shows, where one asks.
    device: Option<String>,
    #[serde(skip)]
    leads_to: Option<String>,
    #[serde(skip)]
    texts: &'static str,
}

/// Whether the website may know.
#[derive(Serialize)]
pub(super) struct ConsentPage {
    site: Site,
    /// Whether they were logged in here before the website asked.
    already: bool,
    /// Who is asked.
    who: Option<Who>,
    /// What it wants, by the words of its scope.
    words: Vec<&'static str>,
    /// What shows that a decision comes from the page; its own address does, when there is none.
    csrf: Option<String>,
    /// What the device shows, where one asks.
    device: Option<String>,
    #[serde(skip)]
    leads_to: Option<String>,
}

/// Who is here, where a website expected somebody else.
#[derive(Serialize)]
pub(super) struct NotExpectedPage {
    site: Site,
    who: Option<Who>,
    csrf: String,
    #[serde(skip)]
    leads_to: Option<String>,
}

impl Who {
    fn of(face: &Face, public: &Public) -> Self {
        let Looks { name, picture, .. } = Looks::of(face, &public.settings.public_url);
        Self { name, picture }
    }
}

impl Site {
    fn of(client: &Client, redirect_uri: &str, public: &Public) -> Self {
        let uri = Url::parse(redirect_uri).ok();
        let domain = uri.map(|uri| uri.host_str().unwrap_or_else(|| uri.scheme()).to_owned());
        Self {
            name: client.name.clone(),
            domain: domain.unwrap_or_default(),
            logo_url: logo_url(client, public),
        }
    }
}

impl ChoosePage {
    /// In a browser of this `User-Agent`.
    pub(super) fn new(opened: &Opened, user_agent: &str, public: &Public) -> Self {
        let at_least = opened.authorization.request.at_least;
        let mut ways = public.logins.list_reaching(&opened.client, at_least);
        // A phone cannot scan itself: what it can do alone comes first there. Otherwise the Client's order holds.
        ways.sort_by_key(|open| !open.provider.is_at_hand(user_agent));
        Self {
            site: Site::of(&opened.client, &opened.authorization.request.redirect_uri, public),
            client_id: opened.client.id.to_string(),
            id: opened.authorization.id.to_string(),
            server: public.settings.public_url.clone(),
            ways: ways.iter().map(|open| open.record.slug.to_string()).collect(),
            kit: kit::tag(),
            nonce: public.entropy.base64url::<16>(),
            device: opened.authorization.request.user_code.clone(),
            leads_to: source_of(&opened.authorization.request.redirect_uri),
            texts: texts_for(opened),
        }
    }

    pub(super) fn render(&self, public: &Public, language: Language) -> Response {
        let response = public.pages.own_as(language, ("login", self.texts), self, StatusCode::OK);
        let scripts = format!("script-src 'nonce-{}'; connect-src 'self'; ", self.nonce);
        governed(response, &scripts, self.leads_to.as_deref())
    }
}

/// What the login page says: of a website, or of people's own page, which may want them to prove it again or to
/// scan by another way.
fn texts_for(opened: &Opened) -> &'static str {
    let request = &opened.authorization.request;
    match (request.client.is_of_own_page(), request.client.is_of_linking()) {
        (true, _) if request.hint.is_some() => "login_again",
        (true, _) => "login_own",
        (_, true) => "login_link",
        _ if request.user_code.is_some() => "login_device",
        _ => "login",
    }
}

impl ConsentPage {
    pub(super) fn new(opened: &Opened, (csrf, face): (&Secret, Option<Face>), public: &Public) -> Self {
        let authorization = &opened.authorization;
        let request = &authorization.request;
        let by = authorization.signed_on.as_ref();
        Self {
            already: by.is_some_and(|by| by.auth_time < authorization.created_at),
            csrf: Some(csrf.expose().to_owned()),
            device: request.user_code.clone(),
            ..Self::of((&opened.client, &request.redirect_uri), request.scope, face, public)
        }
    }

    /// For a Login of our own API.
    pub(super) fn of_login(asks: &SiteAsks, face: Option<Face>, public: &Public) -> Self {
        Self::of((&asks.client, &asks.redirect_uri), Scope::OF_LOGINS, face, public)
    }

    fn of(
        (client, redirect_uri): (&Client, &str),
        scope: Scope,
        face: Option<Face>,
        public: &Public,
    ) -> Self {
        Self {
            already: false,
            who: face.map(|face| Who::of(&face, public)),
            site: Site::of(client, redirect_uri, public),
            words: scope.words().map(ScopeWord::as_str).collect(),
            csrf: None,
            device: None,
            leads_to: source_of(redirect_uri),
        }
    }

    pub(super) fn render(&self, public: &Public, language: Language) -> Response {
        let response = public.pages.own(language, "consent", self, StatusCode::OK);
        governed(response, "", self.leads_to.as_deref())
    }
}

impl NotExpectedPage {
    pub(super) fn new(opened: &Opened, (csrf, face): (&Secret, Option<Face>), public: &Public) -> Self {
        let redirect_uri = &opened.authorization.request.redirect_uri;
        Self {
            site: Site::of(&opened.client, redirect_uri, public),
            who: face.map(|face| Who::of(&face, public)),
            csrf: csrf.expose().to_owned(),
            leads_to: source_of(redirect_uri),
        }
    }

    pub(super) fn render(&self, public: &Public, language: Language) -> Response {
        let response = public.pages.own(language, "not_expected", self, StatusCode::OK);
        governed(response, "", self.leads_to.as_deref())
    }
}

/// Where the website begins; an app has no such address.
pub(super) fn back_to(client: &Client, request: &AuthorizationRequest) -> Option<Back> {
    let url =
        Url::parse(&request.redirect_uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(Back { name: client.name.clone(), url: url.origin().ascii_serialization() })
}
