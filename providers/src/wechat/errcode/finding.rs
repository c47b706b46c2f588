//! Which finding an error code is: stable words, of which several codes may share one.

use super::{Action, ErrCode};

impl ErrCode {
    /// The code of the finding that this is to a doctor.
    pub const fn finding(&self) -> &'static str {
        match (self.first, self.action) {
            (0, _) => "vendor_refused",
            (40164, _) => "ip_not_allowed",
            // After a token call 40001 is about the secret, else about the token.
            (40125, _) | (40001, Action::Alert) => "wrong_secret",
            (40013, _) => "wrong_appid",
            (40243, _) => "secret_frozen",
            (40165 | 41030 | 85079, _) => "page_not_published",
            (44990 | 45009 | 45011, _) => "quota_used_up",
            (48001, _) => "account_not_verified",
            (48004 | 50004 | 50007, _) => "account_blocked",
            (89501..=89503, _) => "ip_consent_pending",
            (89506 | 89507, _) => "ip_refused",
            (_, Action::RefreshToken) => "token_refused",
            (_, Action::Retry { .. }) => "vendor_busy",
            (_, Action::NewAction | Action::Refuse | Action::Alert) => "vendor_refused",
        }
    }
}
