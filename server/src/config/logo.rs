//! A Client's picture from a file.

use saoma_core::client::Logo;
use std::path::Path;

/// Reads the picture.
pub(super) fn read(path: &Path) -> Result<Logo, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {}", error.kind()))?;
    Logo::from_bytes(bytes.into()).map_err(|why| why.to_string())
}
