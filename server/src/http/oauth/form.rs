//! Form bodies of OAuth endpoints: a parameter sent twice is refused (RFC 6749 3.2, NET-04).

use super::error::{OAuthCode, OAuthError};
use crate::http::parameters;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use std::collections::BTreeMap;
use std::marker::PhantomData;

const AMBIGUOUS: &str = "A parameter was sent twice, or the form is not UTF-8.";

/// The parameters of one form; an empty one counts as absent (RFC 6749 section 3.2).
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body of UTF-8.
    pub(super) fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let found = parameters::parse(body);
        let mut found = found
            .map_err(|parameters::Ambiguous| OAuthError::saying(OAuthCode::InvalidRequest, AMBIGUOUS))?;
        found.retain(|_, value| !value.is_empty());
        Ok(Self(found))
    }

    /// Every parameter.
    pub(super) fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// A parameter, if it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::missing(name))
    }
}

/// A form body, read by our own rules and documented as `D`.
pub(super) struct FormBody<D> {
    pub(super) form: Form,
    documented: PhantomData<D>,
}

impl<D: Type> Payload for FormBody<D> {
    const CONTENT_TYPE: &'static str = "application/x-www-form-urlencoded";

    /// Many back ends name a charset; the form is UTF-8 whatever it says.
    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        D::schema_ref().merge(MetaSchema::ANY)
    }

    fn register(registry: &mut Registry) {
        D::register(registry);
    }
}

impl<D: Type> ParsePayload for FormBody<D> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        Ok(Self { form: Form::parse(&bytes)?, documented: PhantomData })
    }
}

impl_apirequest_for_payload!(FormBody<D>, D: Type);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_name_its_charset() {
        for taken in ["", "; charset=utf-8", ";charset=UTF-8"]
            .map(|rest| format!("{}{rest}", FormBody::<String>::CONTENT_TYPE))
        {
            assert!(FormBody::<String>::check_content_type(&taken), "{taken}");
        }
        for refused in ["application/json", "application/x-www-form-urlencodedx", ""] {
            assert!(!FormBody::<String>::check_content_type(refused), "{refused}");
        }
    }
}
