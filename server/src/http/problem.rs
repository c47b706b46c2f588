//! The renderer of both APIs: problem documents (RFC 9457) with a stable `code`.
//!
//! Each API has its own closed set of codes. Handlers return `Failure<C>`, where `C` lists every code
//! that call may answer with; the OpenAPI document is made from the same list.

use super::code::Code;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// The media type of problem documents.
const PROBLEM_JSON: &str = "application/problem+json";
/// How a back end may authenticate (RFC 7617).
pub(crate) const BASIC: &str = "Basic realm=\"saoma\", charset=\"UTF-8\"";
/// The challenge to whoever brought no token: no error is named, but a parameter must be (RFC 6750 section 3).
pub(crate) const BEARER: &str = "Bearer realm=\"saoma\"";

/// One thing wrong with what was sent.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct FieldError {
    /// Where, as a JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// What, as a word that never changes, where there is one.
    pub code: Option<String>,
    /// What, as a sentence.
    pub message: String,
}

impl FieldError {
    /// What has no word of its own.
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: None, message: message.into() }
    }
}

/// What any API can get wrong or be sent wrong, before a handler looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Common {
    InvalidJson,
    InvalidField,
    InvalidParameter,
    UnsupportedMediaType,
    PayloadTooLarge,
    BodyTooSlow,
    NotFound,
    MethodNotAllowed,
    StorageUnavailable,
    Internal,
}

/// The codes of one API.
pub(crate) trait CodeSet:
    Copy + Eq + std::fmt::Debug + Type + ToJSON + From<Common> + Send + Sync + 'static
{
    /// The document a problem becomes.
    type Document: Type + ToJSON + From<ProblemOf<Self>>;
    /// What any call may answer with.
    const SHARED: &'static [Self];

    /// The HTTP status.
    fn status(self) -> StatusCode;
    /// How to authenticate, for a 401.
    fn challenge(self) -> &'static str;
}

/// The document (RFC 9457 section 3).
#[derive(Debug, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub(crate) struct ProblemDocument {
    /// Always `about:blank`; `code` is what to match on.
    #[oai(rename = "type")]
    kind: String,
    /// The status' standard text.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What went wrong, as a word that never changes.
    code: Code,
    /// What happened and what to do next.
    detail: String,
    /// The stage the login is at, when that is why.
    stage: Option<String>,
    /// Everything wrong with what was sent.
    errors: Option<Vec<FieldError>>,
}

impl From<Problem> for ProblemDocument {
    fn from(problem: Problem) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: problem.title(),
            status: problem.code.status().as_u16(),
            code: problem.code,
            detail: problem.code.sentence().to_owned(),
            stage: problem.circumstance.map(str::to_owned),
            errors: problem.into_errors(),
        }
    }
}

/// A problem, on its way to becoming a document.
#[derive(Debug, Clone)]
pub(crate) struct ProblemOf<K> {
    /// What went wrong.
    pub(crate) code: K,
    circumstance: Option<&'static str>,
    errors: Vec<FieldError>,
    retry_after: Option<u32>,
}

/// A problem of the login API.
pub(crate) type Problem = ProblemOf<Code>;

impl<K: CodeSet> From<K> for ProblemOf<K> {
    fn from(code: K) -> Self {
        Self { code, circumstance: None, errors: Vec::new(), retry_after: None }
    }
}

impl<K: CodeSet> ProblemOf<K> {
    /// A problem every API knows.
    pub(crate) fn common(code: Common) -> Self {
        K::from(code).into()
    }

    /// A problem with one field.
    pub(crate) fn field(pointer: &str, message: impl Into<String>) -> Self {
        Self::sent(Common::InvalidField.into(), pointer, message)
    }

    /// A problem with several fields.
    pub(crate) fn fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::common(Common::InvalidField) }
    }

    /// A problem with one part of what was sent.
    pub(crate) fn sent(code: K, pointer: &str, message: impl Into<String>) -> Self {
        let error = FieldError::new(pointer, message);
        Self { errors: vec![error], ..code.into() }
    }

    /// A problem with several parts of what was sent.
    pub(crate) fn several(code: K, errors: Vec<FieldError>) -> Self {
        Self { errors, ..code.into() }
    }

    /// A problem that goes away after so many seconds.
    pub(crate) fn wait(code: K, seconds: u32) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..code.into() }
    }

    /// Seconds after which trying again makes sense.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// How things stand is why: a login's stage, an obstacle.
    pub(crate) fn because(code: K, circumstance: &'static str) -> Self {
        Self { circumstance: Some(circumstance), ..code.into() }
    }

    /// How things stand, if that is why.
    pub(crate) fn circumstance(&self) -> Option<&'static str> {
        self.circumstance
    }

    /// The status' standard text.
    pub(crate) fn title(&self) -> String {
        self.code.status().canonical_reason().unwrap_or("Problem").to_owned()
    }

    /// What is wrong with what was sent, if that is it.
    pub(crate) fn into_errors(self) -> Option<Vec<FieldError>> {
        (!self.errors.is_empty()).then_some(self.errors)
    }
}

impl<K: CodeSet> IntoResponse for ProblemOf<K> {
    fn into_response(self) -> Response {
        let (status, code, retry_after) = (self.code.status(), self.code, self.retry_after);
        let mut response = Response::builder()
            .status(status)
            .content_type(PROBLEM_JSON)
            .header(header::CACHE_CONTROL, "no-store")
            .body(K::Document::from(self).to_json_string());
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(code.challenge()));
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            // RFC 9110 sections 15.5.22 and 7.8: to what, and that this concerns the connection.
            headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, header::HeaderValue::from_static("upgrade"));
        }
        response
    }
}

/// The codes one call may answer with, besides those every call shares.
pub trait Codes: Send + Sync + 'static {
    /// Of which API.
    #[expect(private_bounds, reason = "the framework wants the trait public, the sets are ours")]
    type Set: CodeSet;
    /// The call's own codes.
    const OWN: &'static [Self::Set];
}

/// A call's failure; its type says which codes it can hold.
pub struct Failure<C: Codes>(ProblemOf<C::Set>, PhantomData<C>);

impl<C: Codes, P: Into<ProblemOf<C::Set>>> From<P> for Failure<C> {
    fn from(problem: P) -> Self {
        let problem = problem.into();
        debug_assert!(codes::<C>().any(|code| code == problem.code), "undocumented code {:?}", problem.code);
        Self(problem, PhantomData)
    }
}

impl<C: Codes> IntoResponse for Failure<C> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<C: Codes> From<Failure<C>> for poem::Error {
    fn from(failure: Failure<C>) -> Self {
        Self::from_response(failure.into_response())
    }
}

fn codes<C: Codes>() -> impl Iterator<Item = C::Set> {
    C::OWN.iter().chain(C::Set::SHARED).copied()
}

impl<C: Codes> ApiResponse for Failure<C> {
    fn meta() -> MetaResponses {
        let mut by_status: BTreeMap<u16, Vec<C::Set>> = BTreeMap::new();
        for code in codes::<C>() {
            by_status.entry(code.status().as_u16()).or_default().push(code);
        }
        MetaResponses {
            responses: by_status.into_iter().map(|(status, codes)| meta_response(status, &codes)).collect(),
        }
    }

    fn register(registry: &mut Registry) {
        <C::Set as CodeSet>::Document::register(registry);
    }
}

fn meta_response<K: CodeSet>(status: u16, codes: &[K]) -> MetaResponse {
    let words: Vec<_> =
        codes.iter().map(|code| format!("`{}`", code.to_json_string().trim_matches('"'))).collect();
    MetaResponse {
        // The registry wants text that lives as long as the program; there is one per documented
        // status, made once when the document is.
        description: Box::leak(words.join(", ").into_boxed_str()),
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType { content_type: PROBLEM_JSON, schema: K::Document::schema_ref() }],
        headers: if matches!(status, 429 | 503) { vec![retry_after_meta()] } else { vec![] },
    }
}

fn retry_after_meta() -> MetaHeader {
    MetaHeader {
        name: "Retry-After".to_owned(),
        description: Some("Seconds to wait".to_owned()),
        required: false,
        deprecated: false,
        schema: u32::schema_ref(),
    }
}
