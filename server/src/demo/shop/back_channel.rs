//! Being told of a logout: Saoma posts a signed token here when a login of one of our visitors ends elsewhere, by
//! another website, by themselves or by an admin (OpenID Connect Back-Channel Logout section 2.5).

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Response, handler};
use url::form_urlencoded;

use super::Shop;
use super::tokens::logout_token;

const BODY_LIMIT: usize = 16 * 1024;

/// Ends the login that the token names. A second token for the same does no harm.
#[handler]
pub(super) async fn hear(body: Body, Data(shop): Data<&Arc<Shop>>) -> poem::Result<Response> {
    let body = body.into_bytes_limit(BODY_LIMIT).await?;
    let token = form_urlencoded::parse(&body).find(|(name, _)| name == "logout_token");
    let (_, token) = token.ok_or(StatusCode::BAD_REQUEST)?;
    // Told that it could not be done, Saoma tries again.
    let keys = shop.saoma.keys().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let subject = logout_token(&shop.config, &keys, &token).ok_or(StatusCode::BAD_REQUEST)?;
    shop.sessions.end_of(&subject);
    Ok(StatusCode::OK.into())
}
