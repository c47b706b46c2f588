//! The answer to a website: names and values, joined to its own address or posted to it, always with `iss`.

use crate::login::joined;

/// How an answer goes to the website.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of its address.
    #[default]
    Query,
    /// Posted by the browser (OAuth 2.0 Form Post Response Mode).
    FormPost,
    /// Nowhere: a device asked, and fetches its answer itself (RFC 8628). No request can ask for this.
    Device,
}

impl ResponseMode {
    /// All that a request can ask for.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The standard's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
            Self::Device => "device",
        }
    }

    /// Reads what was stored.
    pub fn from_stored(text: &str) -> Option<Self> {
        if text == Self::Device.as_str() { Some(Self::Device) } else { Self::parse(text) }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// An answer, ready to be sent.
#[derive(Clone)]
pub struct SiteAnswer {
    /// Where it goes.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// What it says, in order.
    pub fields: Vec<(&'static str, String)>,
    /// The language the website chose, for whatever is shown on the way.
    pub locale: Option<String>,
}

impl SiteAnswer {
    /// An answer with these fields, the website's `state`, and who gives it (RFC 9207).
    pub(super) fn new(
        (redirect_uri, mode): (&str, ResponseMode),
        fields: Vec<(&'static str, String)>,
        state: Option<&str>,
        issuer: &str,
    ) -> Self {
        let state = state.map(|state| ("state", state.to_owned()));
        let issuer = ("iss", issuer.to_owned());
        let fields = fields.into_iter().chain(state).chain([issuer]).collect();
        Self { redirect_uri: redirect_uri.to_owned(), mode, fields, locale: None }
    }

    /// The same answer; whatever is shown on the way speaks this language.
    pub(super) fn shown_in(self, locale: Option<&str>) -> Self {
        Self { locale: locale.map(str::to_owned), ..self }
    }

    /// No answer at all, only where the browser goes.
    pub(super) const fn plain(redirect_uri: String) -> Self {
        Self { redirect_uri, mode: ResponseMode::Query, fields: Vec::new(), locale: None }
    }

    /// The address with the answer in its query.
    pub fn address(&self) -> String {
        if self.fields.is_empty() {
            return self.redirect_uri.clone();
        }
        joined(&self.redirect_uri, self.fields.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

impl std::fmt::Debug for SiteAnswer {
    /// Without values: a code is among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("SiteAnswer").field("mode", &self.mode).field("fields", &names).finish_non_exhaustive()
    }
}
