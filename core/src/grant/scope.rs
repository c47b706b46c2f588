//! What a grant is good for: the words of `scope` (RFC 6749 section 3.3, OpenID Connect Core section 5.4).

/// A word of `scope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeWord {
    /// An id token, and who it is.
    OpenId,
    /// Name and picture.
    Profile,
    /// An address that receives nothing, for whoever cannot do without one.
    Email,
    /// Tokens that last when the person is gone.
    OfflineAccess,
}

impl ScopeWord {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenId, Self::Profile, Self::Email, Self::OfflineAccess];

    /// The standard's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
        }
    }
}

/// A set of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope(u8);

impl Scope {
    /// What a Login of our own API is good for.
    pub const OF_LOGINS: Self = Self(ScopeWord::OpenId.bit() | ScopeWord::Profile.bit());

    /// The words that we know; others are passed over (OpenID Connect Core section 3.1.2.1).
    pub fn parse(text: &str) -> Self {
        let words =
            text.split(' ').filter_map(|word| ScopeWord::ALL.into_iter().find(|w| w.as_str() == word));
        Self(words.fold(0, |set, word| set | word.bit()))
    }

    /// Whether the word is among them.
    pub const fn has(self, word: ScopeWord) -> bool {
        self.0 & word.bit() != 0
    }

    /// Without this word.
    #[must_use]
    pub const fn without(self, word: ScopeWord) -> Self {
        Self(self.0 & !word.bit())
    }

    /// Whether all of these are among them.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn words(self) -> impl Iterator<Item = ScopeWord> {
        ScopeWord::ALL.into_iter().filter(move |word| self.has(*word))
    }
}

impl ScopeWord {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = self.words().map(ScopeWord::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_repetition_and_strange_words_do_not_matter() {
        for (text, written) in [
            ("openid profile", "openid profile"),
            ("profile  openid openid", "openid profile"),
            ("address openid phone x", "openid"),
            ("OPENID", ""),
            ("", ""),
        ] {
            assert_eq!(Scope::parse(text).to_string(), written, "{text}");
        }
        assert_eq!(Scope::OF_LOGINS.to_string(), "openid profile");
        assert!(Scope::OF_LOGINS.covers(Scope::parse("profile")));
        assert!(!Scope::parse("profile").covers(Scope::OF_LOGINS));
    }
}
