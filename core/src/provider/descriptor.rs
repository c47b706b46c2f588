//! What a kind says of itself, and what a configuration can get wrong.

/// How sure a Login's consent was, from weakest to strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// The scan itself counted.
    ScanOnly,
    /// The person pressed "confirm" on a page that named the site.
    Confirmed,
    /// … and picked or typed the number the web page showed.
    Number,
    /// … and typed digits from the phone into the web page.
    CodeBack,
}

impl Assurance {
    /// All of them, weakest first.
    pub const ALL: [Self; 4] = [Self::ScanOnly, Self::Confirmed, Self::Number, Self::CodeBack];

    /// The configuration's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ScanOnly => "scan_only",
            Self::Confirmed => "confirmed",
            Self::Number => "number",
            Self::CodeBack => "code_back",
        }
    }

    /// Reads the configuration's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// A short text in the languages we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalText {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

/// What a kind is.
#[derive(Debug, Clone)]
pub struct Descriptor {
    /// Its name in configuration and API, e.g. `wechat_mini_program`.
    pub kind: &'static str,
    /// What admins call it, among other kinds of the same vendor.
    pub called: LocalText,
    /// What people call it.
    pub title: LocalText,
    /// One sentence for the page: what the visitor does.
    pub hint: LocalText,
    /// Whether a companion page on the phone scans and confirms.
    pub companion: bool,
    /// Whether the vendor sends browsers back to our callback or confirm page.
    pub redirects: bool,
}

/// One thing wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigError {
    /// Where, as a JSON pointer into the configuration.
    pub pointer: String,
    /// What, as a word that never changes.
    pub code: &'static str,
    /// What, as a sentence that never repeats a secret's value.
    pub message: String,
    /// The same in Simplified Chinese.
    pub chinese: String,
}

/// Everything wrong with a configuration, in the order of the pointers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl std::fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let lead = if index == 0 { "" } else { "; " };
            write!(f, "{lead}{}: {}", error.pointer, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
