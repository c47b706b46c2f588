//! Logging in by plain OpenID Connect, as any library does it: the browser goes to Saoma's own page and comes
//! back to the same callback. Nothing else of the shop knows which of the two ways it was.

use std::sync::Arc;

use poem::web::Data;
use poem::{Request, Response, handler};
use url::Url;

use super::Shop;
use super::handlers::{Trouble, see_other};
use super::saoma::{challenge, random};
use super::sessions::Attempt;

/// What the visitor is told about the way; no slug of Saoma's is this word.
const WAY: &str = "openid";

/// Remembers the attempt and sends the browser to Saoma.
#[handler]
pub(super) fn go(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    let values = [random(), random(), random()];
    let [Ok(state), Ok(verifier), Ok(fresh)] = values else {
        return shop.trouble(request, Trouble::Internal);
    };
    let Ok(to) = address(shop, &state, &challenge(&verifier)) else {
        return shop.trouble(request, Trouble::Internal);
    };
    let attempt = Attempt { state, verifier, way: WAY.to_owned() };
    let id = shop.sessions.remember(shop.session_id(request).as_deref(), fresh, attempt);
    request.cookie().add(shop.config.session_cookie(&id));
    see_other(to.as_str())
}

/// The request (OpenID Connect Core section 3.1.2.1, RFC 7636).
fn address(shop: &Shop, state: &str, challenge: &str) -> Result<Url, url::ParseError> {
    let mut to = Url::parse(&format!("{}/oauth2/authorize", shop.config.issuer()))?;
    to.query_pairs_mut().extend_pairs([
        ("client_id", shop.config.client_id.as_str()),
        ("redirect_uri", &shop.config.redirect_uri()),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", state),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]);
    Ok(to)
}
