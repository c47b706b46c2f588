//! Whether the session of a browser will do for what a website asks: one pure function.

use super::AuthorizationRequest;
use crate::Timestamp;
use crate::client::Client;
use crate::session::UserSession;

/// Whether somebody who is logged in here will do as they are.
pub(super) fn will_do(
    session: &UserSession,
    request: &AuthorizationRequest,
    client: &Client,
    now: Timestamp,
) -> bool {
    // On their own page people change what lets them in: the phone must have named it (T30).
    let said_yes =
        if request.client.is_of_own_page() { session.own_auth_time } else { Some(session.auth_time) };
    let is_young = |age: u32| said_yes.is_some_and(|at| now.millis_since(at) <= u64::from(age) * 1000);
    !request.prompt.login
        && request.max_age.is_none_or(is_young)
        && session.assurance >= request.at_least.max(client.min_assurance)
        && client.providers.contains(&session.provider)
}
