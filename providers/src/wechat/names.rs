//! Which names a person has: the openid under the app, the unionid under the open-platform account.
//!
//! The openid is the key; the unionid is only ever an alias.

use super::base::VendorBase;
use saoma_core::provider::{Alias, Profile, VendorIdentity};

/// The namespaces of one app.
pub(super) struct Names {
    /// Of its openids.
    pub(super) own: String,
    /// Of its unionids, when an open-platform account is named.
    union: Option<String>,
}

impl Names {
    pub(super) fn new(base: &VendorBase, appid: &str, open_platform_account: Option<&str>) -> Self {
        Self {
            own: base.namespace(appid),
            union: open_platform_account.map(|account| base.union_namespace(account)),
        }
    }

    /// A person by what the vendor has told.
    pub(super) fn identity(
        &self,
        openid: String,
        unionid: Option<String>,
        profile: Profile,
    ) -> VendorIdentity {
        let aliases = self.alias(unionid).into_iter().collect();
        VendorIdentity { namespace: self.own.clone(), subject: openid, aliases, profile }
    }

    /// A unionid as an alias, when it counts here.
    pub(super) fn alias(&self, unionid: Option<String>) -> Option<Alias> {
        let named = self.union.as_ref().zip(unionid);
        named.map(|(namespace, value)| Alias { namespace: namespace.clone(), value })
    }

    /// Whether unionids count here at all.
    pub(super) fn counts_unionids(&self) -> bool {
        self.union.is_some()
    }

    /// Whether a unionid that counts here is yet to be asked for.
    pub(super) fn lacks_unionid(&self, identity: &VendorIdentity) -> bool {
        self.union.as_ref().is_some_and(|union| !identity.aliases.iter().any(|a| a.namespace == *union))
    }
}
