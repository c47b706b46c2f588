//! `/websites/{client_id}/openid`: what a website may do by OpenID Connect.

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
use saoma_core::client::{ConsentPolicy, Look, OpenIdPolicy, Pkce, Rewiring, Wiring};
use saoma_core::signing::Algorithm;
use std::sync::Arc;

const PKCES: [(&str, Pkce); 2] = [("required", Pkce::Required), ("optional", Pkce::Optional)];
const CONSENTS: [(&str, ConsentPolicy); 2] =
    [("remembered", ConsentPolicy::Remembered), ("each_time", ConsentPolicy::EachTime)];

/// Changes it.
#[handler]
pub(super) async fn change(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, rewire) = (room.permit::<EditClients>()?, room.permit::<RewireClients>()?);
        let before = find(&room, &client_id).await?;
        let asked = asked(&form, &before.openid);
        let wiring = Wiring { openid: asked.clone(), ..Wiring::of(&before) };
        let which = (&before.id, form.version());
        let rewiring = Some(Rewiring::new(rewire, wiring));
        match admin.clients.edit(&permit, which, &Look::of(&before), rewiring).await {
            Ok(_) => Ok(saved(&before.id, "openid")),
            Err(error) => {
                let why = back(error)?;
                let mut view = view_of(&room, &before, WebsiteTab::OpenId).await?;
                if why.keeps_typed() {
                    view.openid = openid_of(&asked, &admin.public.settings.public_url);
                }
                Ok(again(&room, view, why))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn asked(form: &Form, before: &OpenIdPolicy) -> OpenIdPolicy {
    OpenIdPolicy {
        pkce: chosen(&PKCES, form.get("pkce")).unwrap_or(before.pkce),
        consent: chosen(&CONSENTS, form.get("consent")).unwrap_or(before.consent),
        id_token_alg: Algorithm::parse(form.get("id_token_alg")).unwrap_or(before.id_token_alg),
        refresh_tokens: form.is_on("refresh_tokens"),
        require_pushed_requests: form.is_on("require_pushed_requests"),
        post_logout_redirect_uris: list(form.get("post_logout_redirect_uris")),
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
