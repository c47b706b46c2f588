//! Who calls the API, and whether they may: an argument of every handler, so that a call without it has
//! no permit to work with.
//!
//! Programs bring an API token. Our own pages bring their session, and then every call that changes
//! something must come from them: `Origin`, `Sec-Fetch-Site` and the csrf value each stop a forged one.

use super::super::Admin;
use super::super::refused;
use super::super::visit::{Inside, Visitor};
use super::code::{AdminCode, AdminProblem};
use super::query_names::refuse_unknown;
use crate::http::browser::{bearer, origin};
use poem::http::Method;
use poem::{Error, IntoResponse as _, Request, RequestBody, Result};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use saoma_core::admin::{Ability, Caller, Permit, Refusal, SessionSecret};
use std::ops::Deref;
use std::sync::Arc;

/// The header in which our own pages send the csrf value of their session.
const CSRF: &str = "x-csrf-token";

/// Leave to do one kind of thing.
pub(crate) struct Allowed<A>(pub(crate) Permit<A>);

impl<A> Deref for Allowed<A> {
    type Target = Permit<A>;
    fn deref(&self) -> &Permit<A> {
        &self.0
    }
}

impl<'a, A: Ability> ApiExtractor<'a> for Allowed<A> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    /// The ability's name; the document turns it into the schemes and what they must allow.
    fn security_schemes() -> Vec<&'static str> {
        vec![A::RULE.name]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let allowed = allow(request).await;
        allowed.map(Self).map_err(|problem| Error::from_response(problem.into_response()))
    }
}

async fn allow<A: Ability>(request: &Request) -> Result<Permit<A>, AdminProblem> {
    let admin = request.data::<Arc<Admin>>().ok_or(AdminCode::Internal)?;
    let caller = find_caller(request, admin).await?;
    let may = caller.may(admin.public.clock.now());
    if may.as_ref().is_err_and(|refusal| *refusal == Refusal::Forbidden) {
        refused::note(request, &caller, &A::RULE);
    }
    let permit = may?;
    refuse_unknown(request)?;
    Ok(permit)
}

/// Another permit for whoever was let in with the first, e.g. when a call changes more than usual.
pub(crate) fn also<A: Ability, B: Ability>(
    admin: &Admin,
    first: &Permit<A>,
) -> Result<Permit<B>, AdminProblem> {
    Ok(first.shared_caller().may(admin.public.clock.now())?)
}

async fn find_caller(request: &Request, admin: &Arc<Admin>) -> Result<Arc<Caller>, AdminProblem> {
    let visitor = Visitor::new(request, admin);
    if let Some(token) = bearer(request) {
        let found = admin.admins.find_token_caller(&token, &visitor.visit).await?;
        return found.ok_or_else(|| AdminCode::CredentialRequired.into());
    }
    let inside = visitor.inside().await?.ok_or(AdminCode::CredentialRequired)?;
    if is_safe(request.method()) || is_own_page(request, admin, &inside) {
        Ok(inside.caller)
    } else {
        Err(AdminCode::NotFromOwnPage.into())
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_own_page(request: &Request, admin: &Admin, inside: &Inside) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let is_own = origin(request).as_ref() == Some(&admin.settings.admin_url);
    let is_same_site = header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let csrf = SessionSecret::csrf(inside.session.expose());
    is_own && is_same_site && header(CSRF).is_some_and(|sent| csrf.same_as(sent))
}
