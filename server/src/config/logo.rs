//! A Client's picture from a file: PNG or JPEG, told from its bytes, and small.

use saoma_core::client::Logo;
use std::path::Path;

const MAX_LOGO_BYTES: usize = 256 * 1024;

/// Reads the picture.
pub(super) fn read(path: &Path) -> Result<Logo, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {}", error.kind()))?;
    if bytes.len() > MAX_LOGO_BYTES {
        return Err(format!("must be at most {MAX_LOGO_BYTES} bytes"));
    }
    let media_type = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        // SVG can carry scripts, so it is not taken.
        _ => return Err("must be a PNG or a JPEG".to_owned()),
    };
    Ok(Logo { media_type: media_type.to_owned(), bytes: bytes.into() })
}
