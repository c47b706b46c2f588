//! One website: how it looks, how it is wired, its secrets, the code it needs.

use super::{Choice, Snippet};
use crate::{Moment, Notes, View};
use serde::Serialize;

/// Which part of it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebsiteTab {
    /// Name, colour, ways to log in.
    Look,
    /// Addresses and the weakest consent.
    Wiring,
    /// What it may do by OpenID Connect.
    #[serde(rename = "openid")]
    OpenId,
    /// What it is told of people.
    Told,
    /// Secrets.
    Secrets,
    /// Code to copy.
    Code,
}

/// What a website may do by OpenID Connect, as its form shows it.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of its own in the form")]
pub struct OpenId {
    /// Where its library finds everything else.
    pub discovery: String,
    /// Whether a request must come with a challenge.
    pub pkce: Vec<Choice>,
    /// How long a consent holds.
    pub consent: Vec<Choice>,
    /// What its id tokens are signed with.
    pub algorithms: Vec<Choice>,
    /// Whether it may have tokens that last.
    pub refresh_tokens: bool,
    /// Whether its back end must send requests before the browser comes.
    pub require_pushed_requests: bool,
    /// Where a browser may be sent after a logout, one a line.
    pub post_logout_redirect_uris: String,
    /// Where its back end is told of logouts.
    pub backchannel_logout_uri: String,
    /// Whether its devices may be logged in from elsewhere.
    pub device_grant: bool,
    /// What it calls people.
    pub subject_types: Vec<Choice>,
    /// Whom it shares those names with.
    pub sector: String,
    /// Whether it has an address for each that receives nothing.
    pub stand_in_email: bool,
    /// The keys its assertions are checked with, as JSON.
    pub jwks: String,
}

/// See the module.
#[expect(clippy::struct_excessive_bools, reason = "a page shows many things that hold or do not")]
#[derive(Debug, Clone, Serialize)]
pub struct Website {
    /// Which part is shown.
    pub tab: WebsiteTab,
    /// Its id.
    pub client_id: String,
    /// What visitors read.
    pub name: String,
    /// What it is to be called: the same, until a change is refused.
    pub called: String,
    /// Websites of whose names this one could be taken, to be ticked by whoever means it so.
    pub resembles: Vec<Choice>,
    /// Whether it can keep a secret.
    pub confidential: bool,
    /// Its colour.
    pub accent: String,
    /// What it may do by OpenID Connect.
    pub openid: OpenId,
    /// Black or white, whichever reads better on it.
    pub on_accent: &'static str,
    /// Its ways, with all others to choose from.
    pub providers: Vec<Choice>,
    /// Ways that this admin may try with their own phone.
    pub ways: Vec<Choice>,
    /// Whether it has a picture.
    pub has_logo: bool,
    /// Whether it may begin Logins.
    pub enabled: bool,
    /// One a line.
    pub redirect_uris: String,
    /// One a line.
    pub origins: String,
    /// The weakest consents to choose from.
    pub assurances: Vec<Choice>,
    /// Fingerprints of its secrets, the oldest first.
    pub secrets: Vec<String>,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Whether this admin may change it at all.
    pub may_edit: bool,
    /// Whether this admin may delete it.
    pub may_delete: bool,
    /// What was read, for the change.
    pub version: i64,
    /// When it was registered.
    pub created: Moment,
    /// When it was last changed.
    pub updated: Moment,
    /// What the back end may be built with, to choose the code; empty where there is no back end.
    pub stacks: Vec<Choice>,
    /// What to paste where.
    pub snippets: Vec<Snippet>,
    /// Whether a change was just made.
    pub saved: bool,
    /// Why a change was not made, in a word.
    pub trouble: Option<&'static str>,
    /// What is wrong.
    pub notes: Notes,
}

/// Black or white, whichever reads better on `#rrggbb` (WCAG 2, relative luminance); white on what is no colour.
pub fn text_on(colour: &str) -> &'static str {
    let part =
        |at: usize| u8::from_str_radix(colour.get(at..at + 2)?, 16).ok().map(|part| f64::from(part) / 255.0);
    let (Some(red), Some(green), Some(blue)) = (part(1), part(3), part(5)) else { return WHITE };
    let [red, green, blue] = [red, green, blue]
        .map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 { "#000000" } else { WHITE }
}

const WHITE: &str = "#ffffff";

impl OpenId {
    fn sample() -> Self {
        Self {
            discovery: "https://login.example.com/.well-known/openid-configuration".to_owned(),
            pkce: vec![Choice::sample("required", true), Choice::sample("optional", false)],
            consent: vec![Choice::sample("remembered", true), Choice::sample("each_time", false)],
            algorithms: vec![Choice::sample("RS256", true), Choice::sample("ES256", false)],
            refresh_tokens: true,
            require_pushed_requests: true,
            post_logout_redirect_uris: "https://shop.example/bye".to_owned(),
            backchannel_logout_uri: "https://shop.example/logged-out".to_owned(),
            device_grant: true,
            subject_types: vec![Choice::sample("public", true), Choice::sample("pairwise", false)],
            sector: "shop".to_owned(),
            stand_in_email: true,
            jwks: "{ \"keys\": [] }".to_owned(),
        }
    }
}

/// Where something can be wrong.
const FIELDS: [&str; 11] = [
    "/name",
    "/logo",
    "/accent",
    "/providers/0",
    "/redirect_uris/0",
    "/origins/1",
    "/min_assurance",
    "/openid/post_logout_redirect_uris/0",
    "/openid/backchannel_logout_uri",
    "/openid/sector",
    "/openid/jwks",
];

impl View for Website {
    const NAME: &'static str = "website";

    fn samples() -> Vec<Self> {
        let problems =
            FIELDS.map(|field| saoma_core::FieldProblem::new(field, "twice", "stands there twice"));
        let of = |tab| Self {
            tab,
            client_id: "shop".to_owned(),
            name: "Shop".to_owned(),
            called: "Shop".to_owned(),
            resembles: vec![Choice::sample("sh0p", false)],
            confidential: true,
            accent: "#0a7d55".to_owned(),
            openid: OpenId::sample(),
            on_accent: text_on("#0a7d55"),
            providers: vec![Choice::sample("mini", true)],
            ways: vec![Choice::sample("mini", false)],
            has_logo: true,
            enabled: true,
            redirect_uris: "https://shop.example/cb".to_owned(),
            origins: "https://shop.example".to_owned(),
            assurances: vec![Choice::sample("confirmed", true)],
            secrets: vec!["abcdefgh".to_owned(), "ijklmnop".to_owned()],
            managed_by_file: false,
            may_edit: true,
            may_delete: true,
            version: 3,
            created: saoma_core::Timestamp(0).into(),
            updated: saoma_core::Timestamp(0).into(),
            stacks: vec![Choice::sample("node", true), Choice::sample("php", false)],
            snippets: vec![Snippet::sample()],
            saved: true,
            trouble: None,
            notes: crate::notes(problems.to_vec()),
        };
        let tabs = [
            WebsiteTab::Look,
            WebsiteTab::Wiring,
            WebsiteTab::OpenId,
            WebsiteTab::Told,
            WebsiteTab::Secrets,
            WebsiteTab::Code,
        ];
        let locked =
            tabs.map(|tab| Self { managed_by_file: true, saved: false, secrets: Vec::new(), ..of(tab) });
        let troubled = tabs.map(|tab| Self {
            trouble: Some("stale"),
            confidential: false,
            enabled: false,
            ways: vec![Choice::sample("mini", false), Choice::sample("service", false)],
            has_logo: false,
            may_edit: false,
            ..of(tab)
        });
        tabs.map(of).into_iter().chain(locked).chain(troubled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::text_on;

    #[test]
    fn text_on_a_colour_can_be_read() {
        let told = ["#0a7d55", "#ffdd00", "#ffffff", "#000000", "", "#zzzzzz", "#é"].map(text_on);
        assert_eq!(told, ["#ffffff", "#000000", "#000000", "#ffffff", "#ffffff", "#ffffff", "#ffffff"]);
    }
}
