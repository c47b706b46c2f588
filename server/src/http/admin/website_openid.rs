//! `/websites/{client_id}/openid`, `…/told` and `…/keys`: what a website may do by OpenID Connect, what it is told of
//! people, and the keys it proves itself with.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Room, back, list};
use super::visit::Visitor;
use super::website::{again, find, saved, view_of};
use bytes::Bytes;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{Choice, OpenId, WebsiteTab};
use saoma_core::admin::abilities::{EditClients, RewireClients};
use saoma_core::client::{ConsentPolicy, Look, OpenIdPolicy, Pkce, Rewiring, SubjectType, Wiring};
use saoma_core::signing::Algorithm;
use serde_json::Value;
use std::sync::Arc;

const PKCES: [(&str, Pkce); 2] = [("required", Pkce::Required), ("optional", Pkce::Optional)];
const SUBJECTS: [(&str, SubjectType); 2] =
    [("public", SubjectType::Public), ("pairwise", SubjectType::Pairwise)];
const CONSENTS: [(&str, ConsentPolicy); 2] =
    [("remembered", ConsentPolicy::Remembered), ("each_time", ConsentPolicy::EachTime)];

/// Changes what it may do.
#[handler]
pub(super) async fn change(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    changed((request, admin), body, &client_id, (WebsiteTab::OpenId, "openid"), rules_asked).await
}

/// Changes what it is told of people.
#[handler]
pub(super) async fn change_told(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    changed((request, admin), body, &client_id, (WebsiteTab::Told, "told"), told_asked).await
}

/// Changes the keys that its assertions are checked with.
#[handler]
pub(super) async fn change_keys(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    changed((request, admin), body, &client_id, (WebsiteTab::Secrets, "secrets"), keys_asked).await
}

async fn changed(
    (request, admin): (&Request, &Arc<Admin>),
    body: Bytes,
    client_id: &str,
    (tab, tab_name): (WebsiteTab, &str),
    asked: fn(&Form, &OpenIdPolicy) -> OpenIdPolicy,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, rewire) = (room.permit::<EditClients>()?, room.permit::<RewireClients>()?);
        let before = find(&room, client_id).await?;
        let asked = asked(&form, &before.openid);
        let wiring = Wiring { openid: asked.clone(), ..Wiring::of(&before) };
        let which = (&before.id, form.version());
        let rewiring = Some(Rewiring::new(rewire, wiring));
        match admin.clients.edit(&permit, which, &Look::of(&before), rewiring).await {
            Ok(_) => Ok(saved(&before.id, tab_name)),
            Err(error) => {
                let why = back(error)?;
                let mut view = view_of(&room, &before, tab).await?;
                if why.keeps_typed() {
                    view.openid = openid_of(&asked, &admin.public.settings.public_url);
                }
                Ok(again(&room, view, why))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn rules_asked(form: &Form, before: &OpenIdPolicy) -> OpenIdPolicy {
    OpenIdPolicy {
        pkce: chosen(&PKCES, form.get("pkce")).unwrap_or(before.pkce),
        consent: chosen(&CONSENTS, form.get("consent")).unwrap_or(before.consent),
        id_token_alg: Algorithm::parse(form.get("id_token_alg")).unwrap_or(before.id_token_alg),
        refresh_tokens: form.is_on("refresh_tokens"),
        require_pushed_requests: form.is_on("require_pushed_requests"),
        device_grant: form.is_on("device_grant"),
        post_logout_redirect_uris: list(form.get("post_logout_redirect_uris")),
        backchannel_logout_uri: filled(form.get("backchannel_logout_uri")),
        ..before.clone()
    }
}

fn told_asked(form: &Form, before: &OpenIdPolicy) -> OpenIdPolicy {
    OpenIdPolicy {
        subject_type: chosen(&SUBJECTS, form.get("subject_type")).unwrap_or(before.subject_type),
        sector: filled(form.get("sector")),
        stand_in_email: form.is_on("stand_in_email"),
        ..before.clone()
    }
}

/// What is no JSON is kept as text, so that it is refused with its reason and shown again.
fn keys_asked(form: &Form, before: &OpenIdPolicy) -> OpenIdPolicy {
    let text = filled(form.get("jwks"));
    let jwks = text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
    OpenIdPolicy { jwks, ..before.clone() }
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn jwks_text(jwks: &Value) -> String {
    match jwks {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// The policy as the form shows it.
pub(super) fn openid_of(policy: &OpenIdPolicy, public_url: &str) -> OpenId {
    OpenId {
        discovery: format!("{public_url}/.well-known/openid-configuration"),
        pkce: choices(&PKCES, policy.pkce),
        consent: choices(&CONSENTS, policy.consent),
        algorithms: choices(&Algorithm::ALL.map(|one| (one.as_str(), one)), policy.id_token_alg),
        refresh_tokens: policy.refresh_tokens,
        require_pushed_requests: policy.require_pushed_requests,
        post_logout_redirect_uris: policy.post_logout_redirect_uris.join("\n"),
        backchannel_logout_uri: policy.backchannel_logout_uri.clone().unwrap_or_default(),
        device_grant: policy.device_grant,
        subject_types: choices(&SUBJECTS, policy.subject_type),
        sector: policy.sector.clone().unwrap_or_default(),
        stand_in_email: policy.stand_in_email,
        jwks: policy.jwks.as_ref().map(jwks_text).unwrap_or_default(),
    }
}

fn chosen<T: Copy>(all: &[(&str, T)], word: &str) -> Option<T> {
    all.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

fn choices<T: Copy + PartialEq>(all: &[(&str, T)], now: T) -> Vec<Choice> {
    let choice = |(word, value): &(&str, T)| Choice {
        value: (*word).to_owned(),
        label: (*word).to_owned(),
        chosen: *value == now,
    };
    all.iter().map(choice).collect()
}
