//! What the phone's browser keeps for one confirm page: the vendor state while it is away, then the
//! sealed proof of who it is. Both live on that page's path only and go with the Login.

use crate::http::browser::kept_cookie;
use crate::http::public_state::PublicSettings;
use cookie::{Cookie, SameSite};
use poem::Request;
use poem::http::HeaderValue;
use saoma_core::Secret;
use saoma_core::login::{PageProof, VendorState};

/// Seconds a browser keeps them: no Login is older.
const KEEP_SECONDS: i64 = 600;
const STATE: &str = "state";
const PROOF: &str = "proof";

/// Where the page is, from the root.
pub(crate) fn page_address(token: &Secret) -> String {
    format!("/confirm/{}", token.expose())
}

/// Gives a browser its proof.
pub(crate) fn proof_cookie(settings: &PublicSettings, token: &Secret, proof: &PageProof) -> HeaderValue {
    written(settings, token, PROOF, proof.0.expose(), KEEP_SECONDS)
}

/// Gives a browser the state it must come back with.
pub(super) fn state_cookie(settings: &PublicSettings, token: &Secret, state: &VendorState) -> HeaderValue {
    written(settings, token, STATE, state.expose(), KEEP_SECONDS)
}

/// Takes the state back: it has been used.
pub(super) fn clear_state(settings: &PublicSettings, token: &Secret) -> HeaderValue {
    written(settings, token, STATE, "", 0)
}

/// The proof a browser brings.
pub(super) fn kept_proof(request: &Request, settings: &PublicSettings) -> Option<PageProof> {
    kept(request, settings, PROOF).map(|text| PageProof(Secret::new(text)))
}

/// The state a browser brings.
pub(super) fn kept_state(request: &Request, settings: &PublicSettings) -> Option<VendorState> {
    kept(request, settings, STATE)?.parse().ok()
}

fn written(settings: &PublicSettings, token: &Secret, what: &str, value: &str, seconds: i64) -> HeaderValue {
    let cookie = Cookie::build((settings.page_cookie_name(what), value.to_owned()))
        .path(page_address(token))
        .http_only(true)
        .secure(settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(cookie::time::Duration::seconds(seconds));
    // A token that is no header text comes from nobody of ours; its page is not found anyway.
    HeaderValue::from_str(&cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

fn kept(request: &Request, settings: &PublicSettings, what: &str) -> Option<String> {
    kept_cookie(request, &settings.page_cookie_name(what))
}
