//! Typed identifiers: a prefix that names the kind, then 22 base62 characters (131 bits).
//!
//! An id names a thing and proves nothing; whatever grants access is a secret (see `secret`).
//! Text that does not have the right shape never becomes an id.

use crate::Entropy;

/// Length of the random part of every id, in base62 characters.
pub const RANDOM_CHARS: usize = 22;

/// The text is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct InvalidId;

fn has_shape(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == RANDOM_CHARS && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh id that has never been used.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                Self(format!("{}{}", $prefix, entropy.base62(RANDOM_CHARS)))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if has_shape(text, $prefix) { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// Names one Login.
    LoginId, "lgn_");
id!(/// Names a configured Provider; its slug may change hands, its id never.
    ProviderId, "prv_");
id!(/// Names a User; this is the `sub` that websites see.
    UserId, "usr_");
id!(/// Names an Identity linked to a User.
    IdentityId, "idn_");
id!(/// Names a merge of two Users.
    MergeId, "mrg_");
id!(/// Names an offer to merge two Users.
    OfferId, "off_");
id!(/// Names a picture of a User; unguessable, as it is also its address.
    PictureId, "pic_");
id!(/// Names what a User granted to a Client in one Login.
    GrantId, "grt_");
id!(/// Names what a website asked for by OpenID Connect.
    AuthorizationId, "azr_");
id!(/// Names a browser in which a User is logged in here; websites see it as `sid`.
    UserSessionId, "uss_");
id!(/// Names an admin.
    AdminId, "adm_");
id!(/// Names an API token.
    TokenId, "tok_");
id!(/// Names a browser that an admin has logged in with.
    SessionId, "ses_");
id!(/// Names a passkey of an admin.
    PasskeyId, "psk_");
id!(/// Names an audit row.
    AuditId, "aud_");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn an_id_round_trips_and_other_text_does_not() {
        let id = LoginId::generate(&SeededEntropy::new(1));
        assert_eq!(id.as_str().len(), "lgn_".len() + RANDOM_CHARS);
        assert_eq!(id.as_str().parse::<LoginId>(), Ok(id.clone()));
        for bad in [
            "",
            "lgn_",
            "usr_0123456789012345678901",
            "lgn_012345678901234567890",
            "lgn_01234567890123456789-1",
        ] {
            assert_eq!(bad.parse::<LoginId>(), Err(InvalidId), "{bad}");
        }
    }
}
