//! Who somebody is to a vendor: the one account key, further names of it, and a profile.
//!
//! The key is (namespace, subject), fixed by configuration. An alias never replaces it.

use serde::{Deserialize, Serialize};

/// What a provider proved.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorIdentity {
    /// Whose subjects these are, e.g. `wechat:<appid>`.
    pub namespace: String,
    /// The subject, e.g. an openid.
    pub subject: String,
    /// Further names of the same person, each in its own namespace.
    pub aliases: Vec<Alias>,
    /// What the vendor tells of the person, unverified.
    pub profile: Profile,
}

impl VendorIdentity {
    /// The aliases as one text, to see at a glance whether any is new: one a line, `namespace=value`.
    pub fn alias_mark(&self) -> String {
        let lines = self.aliases.iter().map(|alias| format!("{}={}", alias.namespace, alias.value));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A further (namespace, value) of an Identity, e.g. a unionid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// Whose values these are, e.g. `wechat-union:<open-platform account>`.
    pub namespace: String,
    /// The value.
    pub value: String,
}

/// What may be shown of a person; nobody is recognised by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// A name, as the vendor or the person gave it; cleaned before it is kept.
    pub name: Option<String>,
    /// Where the vendor keeps a picture of the person; fetched once, never shown as an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

// Subjects and aliases identify people: they must not reach a log through a stray `{:?}`.
impl std::fmt::Debug for VendorIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VendorIdentity").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Alias {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alias").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}
