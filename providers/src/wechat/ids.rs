//! The shapes of WeChat's ids and one-time codes, looser than observed and safe to pass on.

/// Whether a text can be an openid or a unionid; observed are 28 or 29 characters of base64url.
pub(super) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && is_base64url(text)
}

/// Whether a text can be a one-time code; observed are 32 letters and digits.
pub(super) fn is_code(text: &str) -> bool {
    (8..=128).contains(&text.len()) && is_base64url(text)
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
