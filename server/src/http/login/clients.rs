//! `GET /api/v1/clients/{client_id}`: what a login page shows before anything is begun.

use crate::http::address::client_address;
use crate::http::code::Code;
use crate::http::images::{Header, ImageAnswer, Images};
use crate::http::problem::{Codes, Failure, Problem};
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use saoma_core::client::Client;
use saoma_core::provider::{LocalText, OpenProvider};
use std::sync::Arc;

struct ClientCodes;

impl Codes for ClientCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[Code::UnknownClient];
}

struct LogoCodes;

impl Codes for LogoCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[Code::UnknownClient, Code::UnknownImage];
}

/// One sentence in the languages we speak.
#[derive(Debug, Object)]
struct Sentence {
    /// English.
    en: String,
    /// Simplified Chinese.
    zh: String,
}

impl From<LocalText> for Sentence {
    fn from(text: LocalText) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}

/// A way to log in.
#[derive(Debug, Object)]
struct OfferedProvider {
    /// Its short name, for `begin_login`.
    slug: String,
    /// Its kind.
    kind: String,
    /// What visitors read.
    title: String,
    /// What the visitor does.
    hint: Sentence,
}

impl From<&OpenProvider> for OfferedProvider {
    fn from(open: &OpenProvider) -> Self {
        Self {
            slug: open.record.slug.to_string(),
            kind: open.record.kind.clone(),
            title: open.record.title.clone(),
            hint: open.provider.hint().unwrap_or(open.descriptor.hint).into(),
        }
    }
}

/// A website.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ClientView {
    /// Its id.
    client_id: String,
    /// What visitors read.
    name: String,
    /// Address of its picture.
    logo_url: Option<String>,
    /// Its colour, `#rrggbb`.
    accent: Option<String>,
    /// The ways it offers, in its order.
    providers: Vec<OfferedProvider>,
}

struct Logos;

impl Images for Logos {
    const KINDS: &'static [&'static str] = &["image/png", "image/jpeg"];
    const HEADERS: &'static [Header] = &[("Cache-Control", "public, max-age=3600", "It changes rarely.")];
}

/// Address of a client's picture, if it has one.
pub(crate) fn logo_url(client: &Client, public: &Public) -> Option<String> {
    let address = || format!("{}/api/v1/clients/{}/logo", public.settings.public_url, client.id);
    client.logo.as_ref().map(|_| address())
}

/// Clients, as anyone may see them.
pub(crate) struct ClientsApi;

#[OpenApi]
impl ClientsApi {
    /// Read a client
    #[expect(clippy::unused_async, reason = "the framework calls async methods only")]
    #[oai(path = "/api/v1/clients/:client_id", method = "get", operation_id = "read_client")]
    async fn read_client(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        client_id: Path<String>,
    ) -> Result<Json<ClientView>, Failure<ClientCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let client = find(&public, &client_id)?;
        Ok(Json(ClientView {
            client_id: client.id.to_string(),
            name: client.name.clone(),
            logo_url: logo_url(&client, &public),
            accent: client.accent.clone(),
            providers: public.logins.list_offered(&client).iter().map(|open| (&**open).into()).collect(),
        }))
    }

    /// A client's picture
    #[expect(clippy::unused_async, reason = "the framework calls async methods only")]
    #[oai(path = "/api/v1/clients/:client_id/logo", method = "get", operation_id = "read_client_logo")]
    async fn read_client_logo(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        client_id: Path<String>,
    ) -> Result<ImageAnswer<Logos>, Failure<LogoCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let client = find(&public, &client_id)?;
        let logo = client.logo.as_ref().ok_or(Code::UnknownImage)?;
        Ok(ImageAnswer::new(logo.media_type.clone(), logo.bytes.to_vec()))
    }
}

fn find(public: &Public, client_id: &str) -> Result<Arc<Client>, Problem> {
    public.logins.find_shown(client_id).ok_or_else(|| Code::UnknownClient.into())
}
