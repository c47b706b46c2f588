//! What a website's request must be: read, checked, and refused where the standard wants it refused.
//!
//! Whoever cannot be trusted with an answer, because Client or address are not known, is answered by a page;
//! everybody else at their own address.

use super::device::allowed;
use super::{AuthorizationRequest, Prompt, ResponseMode, SiteAnswer};
use crate::client::{Client, ClientDirectory};
use crate::grant::Scope;
use crate::provider::Assurance;
use crate::secret::is_s256;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names and values of a request, each name once.
pub type Parameters = BTreeMap<String, String>;

/// Longest `state` and `nonce`; somewhere they must end.
const LONGEST: usize = 2048;

/// What is read of a request; whatever else stands in it is nobody's (RFC 6749 section 3.1). The last three are
/// read to be refused.
pub(super) const READ: [&str; 17] = [
    "acr_values",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "id_token_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
    "registration",
    "request",
    "request_uri",
];

/// Why there is nobody to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// No `client_id`, or no such Client.
    #[error("unknown_client")]
    UnknownClient,
    /// No `redirect_uri`, or one that is not registered, byte for byte.
    #[error("redirect_uri_not_registered")]
    RedirectUri,
    /// A request that was sent before is used, over, or another Client's.
    #[error("pushed_request_over")]
    PushedOver,
    /// This Client must send its requests before.
    #[error("request_not_pushed")]
    NotPushed,
}

impl TextRefusal {
    /// A stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown_client",
            Self::RedirectUri => "redirect_uri_not_registered",
            Self::PushedOver => "pushed_request_over",
            Self::NotPushed => "request_not_pushed",
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone)]
pub enum RequestRefusal {
    /// A page says so; nobody is sent anywhere.
    Page(TextRefusal),
    /// The website is told at its own address.
    Site(SiteAnswer),
}

/// A refusal that the website reads: the standard's word, and a sentence for its developer.
pub type Said = (&'static str, &'static str);

/// Who asks, and where the answer goes.
pub(super) struct Asker {
    pub(super) client: Arc<Client>,
    pub(super) redirect_uri: String,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
    pub(super) locale: Option<String>,
}

impl Asker {
    /// Found before anything else is looked at: without them nobody can be told anything.
    pub(super) fn find(parameters: &Parameters, clients: &ClientDirectory) -> Result<Self, TextRefusal> {
        let id = parameters.get("client_id").and_then(|id| id.parse().ok());
        let client = id.and_then(|id| clients.find(&id)).ok_or(TextRefusal::UnknownClient)?;
        let redirect_uri = parameters.get("redirect_uri").filter(|uri| client.has_redirect_uri(uri));
        let redirect_uri = redirect_uri.ok_or(TextRefusal::RedirectUri)?.clone();
        let mode = parameters.get("response_mode").and_then(|mode| ResponseMode::parse(mode));
        let state = parameters.get("state").filter(|state| state.len() <= LONGEST).cloned();
        let locales = parameters.get("ui_locales").map(String::as_str).unwrap_or_default();
        let locale = locales.split(' ').find(|tag| is_spoken(tag)).map(str::to_owned);
        Ok(Self { client, redirect_uri, mode: mode.unwrap_or_default(), state, locale })
    }

    /// The answer that says no.
    pub(super) fn refuse(&self, (error, description): Said, issuer: &str) -> SiteAnswer {
        let fields = vec![("error", error.to_owned()), ("error_description", description.to_owned())];
        let to = (self.redirect_uri.as_str(), self.mode);
        SiteAnswer::new(to, fields, self.state.as_deref(), issuer).shown_in(self.locale.as_deref())
    }
}

/// Reads the rest. `hinted` tells whom an id token of ours named to this Client; none when it is not one.
pub(super) fn read(
    parameters: &Parameters,
    asker: &Asker,
    hinted: impl Fn(&str) -> Option<String>,
) -> Result<AuthorizationRequest, Said> {
    // By the list, so that a pushed request, of which only that is kept, says the same as any other.
    let get = |name: &str| {
        let value = parameters.get(name).filter(|value| READ.contains(&name) && !value.is_empty());
        value.map(String::as_str)
    };
    refuse_what_we_do_not_do(get)?;
    let hint = get("id_token_hint").map(|hint| hinted(hint).ok_or(NO_HINT)).transpose()?;
    let prompt = read_prompt(get("prompt"))?;
    let scope = allowed(&asker.client, get("scope").map(Scope::parse).unwrap_or_default());
    if scope.is_empty() {
        return Err(("invalid_scope", "scope must name at least one of openid and profile."));
    }
    if [get("state"), get("nonce")].into_iter().flatten().any(|text| text.len() > LONGEST) {
        return Err(("invalid_request", "state and nonce are at most 2048 bytes."));
    }
    Ok(AuthorizationRequest {
        client: asker.client.id.clone(),
        redirect_uri: asker.redirect_uri.clone(),
        response_mode: asker.mode,
        scope,
        state: asker.state.clone(),
        nonce: get("nonce").map(str::to_owned),
        code_challenge: match read_challenge(get("code_challenge"), get("code_challenge_method"))? {
            None if !asker.client.may_go_without_challenge() => return Err(NO_CHALLENGE),
            challenge => challenge,
        },
        prompt,
        max_age: get("max_age").map(|age| age.parse::<u32>().map_err(|_| BAD_AGE)).transpose()?,
        at_least: get("acr_values").and_then(first_known).unwrap_or(Assurance::ScanOnly),
        hint,
        locale: asker.locale.clone(),
        user_code: None,
    })
}

const NO_CHALLENGE: Said = ("invalid_request", "code_challenge is missing: PKCE is required.");
const NO_HINT: Said = ("invalid_request", "id_token_hint is no id token of ours for this client.");
const BAD_AGE: Said = ("invalid_request", "max_age must be a number of seconds.");

fn refuse_what_we_do_not_do<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<(), Said> {
    if get("request").is_some() {
        return Err(("request_not_supported", "Request objects are not supported."));
    }
    if get("request_uri").is_some() {
        return Err((
            "request_uri_not_supported",
            "Only a request_uri of our own pushed requests is supported.",
        ));
    }
    if get("registration").is_some() {
        return Err(("registration_not_supported", "Clients are registered by an admin."));
    }
    match get("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing.")),
        Some(_) => return Err(("unsupported_response_type", "Only response_type=code is supported.")),
    }
    match get("response_mode") {
        Some(mode) if ResponseMode::parse(mode).is_none() => {
            Err(("invalid_request", "response_mode must be query or form_post."))
        }
        _ => Ok(()),
    }
}

fn read_prompt(text: Option<&str>) -> Result<Prompt, Said> {
    let mut prompt = Prompt::default();
    for word in text.unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(("invalid_request", "prompt is none, login, consent or select_account.")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(("invalid_request", "prompt=none stands alone."));
    }
    Ok(prompt)
}

/// S256 and nothing else (RFC 9700 section 2.1.1); a method that is not named is `plain`.
fn read_challenge(challenge: Option<&str>, method: Option<&str>) -> Result<Option<String>, Said> {
    match (challenge, method) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(NO_CHALLENGE),
        (Some(_), Some(method)) if method != "S256" => {
            Err(("invalid_request", "code_challenge_method must be S256."))
        }
        (Some(_), None) => Err(("invalid_request", "code_challenge_method must be S256.")),
        (Some(challenge), Some(_)) if is_s256(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some(_)) => Err(("invalid_request", "code_challenge is 43 characters of base64url.")),
    }
}

/// The most preferred level that we know; what we do not know is passed over, as the claim is voluntary.
fn first_known(values: &str) -> Option<Assurance> {
    values.split(' ').find_map(Assurance::of_acr)
}

fn is_spoken(tag: &str) -> bool {
    let language = tag.split('-').next().unwrap_or_default();
    tag.len() <= 35 && ["zh", "en"].iter().any(|spoken| language.eq_ignore_ascii_case(spoken))
}
