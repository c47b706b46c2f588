//! An image as an answer. Of which kind it is is known only when it is found, and then it is said: the
//! framework's own answers have one media type each, which overrides whatever a handler says.

use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Binary, Payload as _};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;
use std::marker::PhantomData;

/// A header that goes with every image of a call: name, value, and why.
pub(crate) type Header = (&'static str, &'static str, &'static str);

/// What the images of one call have in common.
pub(crate) trait Images: Send + Sync + 'static {
    /// Their media types.
    const KINDS: &'static [&'static str];
    /// Their headers.
    const HEADERS: &'static [Header];
}

/// An image of such a call.
pub(crate) struct ImageAnswer<I: Images> {
    media_type: String,
    bytes: Vec<u8>,
    of: PhantomData<I>,
}

impl<I: Images> ImageAnswer<I> {
    pub(crate) fn new(media_type: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { media_type: media_type.into(), bytes, of: PhantomData }
    }
}

impl<I: Images> IntoResponse for ImageAnswer<I> {
    fn into_response(self) -> Response {
        debug_assert!(I::KINDS.contains(&self.media_type.as_str()), "{} is not documented", self.media_type);
        let response = Response::builder().content_type(self.media_type);
        let headers = I::HEADERS.iter();
        headers.fold(response, |response, (name, value, _)| response.header(*name, *value)).body(self.bytes)
    }
}

impl<I: Images> ApiResponse for ImageAnswer<I> {
    fn meta() -> MetaResponses {
        let content = |kind: &&'static str| MetaMediaType {
            content_type: kind,
            schema: Binary::<Vec<u8>>::schema_ref(),
        };
        let header = |(name, _, why): &Header| MetaHeader {
            name: (*name).to_owned(),
            description: Some((*why).to_owned()),
            required: true,
            deprecated: false,
            schema: String::schema_ref(),
        };
        let picture = MetaResponse {
            description: "The picture.",
            status: Some(200),
            status_range: None,
            content: I::KINDS.iter().map(content).collect(),
            headers: I::HEADERS.iter().map(header).collect(),
        };
        MetaResponses { responses: vec![picture] }
    }

    fn register(_registry: &mut Registry) {}
}
