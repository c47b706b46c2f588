//! The public random value inside a code: 16 random bytes, 22 characters of base64url.
//!
//! It fits WeChat's 32-character scene and its alphabet. Knowing it gives nothing.

use crate::Entropy;

/// A scene.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scene(String);

/// The text is not a scene of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scene is 22 characters of base64url")]
pub struct InvalidScene;

impl Scene {
    /// A fresh scene.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(entropy.base64url::<16>())
    }

    /// The scene as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Scene {
    type Err = InvalidScene;
    fn from_str(text: &str) -> Result<Self, InvalidScene> {
        let shaped =
            text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if shaped { Ok(Self(text.to_owned())) } else { Err(InvalidScene) }
    }
}
