//! Versions against lost updates: `ETag` when something is read, `If-Match` when it is changed
//! (RFC 9110 sections 8.8.3 and 13.1.1).

use super::code::{AdminCode, AdminProblem};

/// The `ETag` of a version.
pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version a caller last saw. A list of several, or `*`, says nothing of what was seen.
pub(crate) fn if_match(header: Option<&str>) -> Result<i64, AdminProblem> {
    let sent = header.ok_or(AdminCode::VersionRequired)?;
    let quoted = sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = quoted.and_then(|version| version.parse().ok()).filter(|version| *version > 0);
    let wrong =
        || AdminProblem::sent(AdminCode::InvalidParameter, "If-Match", "must be the ETag that was read");
    version.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_comes_back() {
        assert_eq!(if_match(Some(&etag(7))).ok(), Some(7));
        for (sent, code) in [
            (None, AdminCode::VersionRequired),
            (Some("7"), AdminCode::InvalidParameter),
            (Some("*"), AdminCode::InvalidParameter),
            (Some("\"7\", \"8\""), AdminCode::InvalidParameter),
            (Some("W/\"7\""), AdminCode::InvalidParameter),
            (Some("\"0\""), AdminCode::InvalidParameter),
        ] {
            assert_eq!(if_match(sent).err().map(|problem| problem.code), Some(code), "{sent:?}");
        }
    }
}
