//! What follows a confirmation while nobody waits: the person's picture is fetched, once, and the
//! vendor is asked for what it had not told, so that a person with several ways is one User.
//!
//! Whatever fails here changes nothing; the next Login tries again.

use super::{LateAliases, Linked, NotAPicture, PeopleService, PictureOrigin};
use crate::StoreError;
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::id::OfferId;
use crate::login::Confirmed;
use crate::provider::{CallError, OpenProvider, ProviderError};
use std::sync::Arc;
use url::{Host, Url};

/// Why something was left undone. No address is in it.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// The vendor gave something that is no address.
    #[error("the picture has no usable address")]
    BadAddress,
    /// The picture could not be fetched.
    #[error("the picture could not be fetched: {0}")]
    Call(#[from] CallError),
    /// The vendor answered something else.
    #[error("the picture was answered with status {0}")]
    Status(u16),
    /// What it gave is no picture.
    #[error(transparent)]
    NotAPicture(#[from] NotAPicture),
    /// The vendor could not be asked.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PeopleService {
    /// Whether anything may have to be done for this person.
    pub fn has_to_care(&self, confirmed: &Confirmed) -> bool {
        confirmed.identity.profile.picture.is_some() || self.lacks_alias(confirmed).is_some()
    }

    /// Fetches the picture that the vendor told of, unless it is the one we have, or must not replace
    /// it; says whether there is another one now.
    pub async fn fetch_picture(&self, confirmed: &Confirmed) -> Result<bool, CareError> {
        let Confirmed { user, identity, .. } = confirmed;
        let Some(address) = identity.profile.picture.as_deref().filter(|address| !address.is_empty()) else {
            return Ok(false);
        };
        let Some(open) = self.provider_of(confirmed) else { return Ok(false) };
        let origin = PictureOrigin::vendor(identity, address);
        if !origin.replaces(self.parts.store.find_picture_origin(user).await?.as_ref()) {
            return Ok(false);
        }
        let answer = open.host.fetch_picture(picture_url(address)?).await?;
        if answer.status != 200 {
            return Err(CareError::Status(answer.status));
        }
        let image = self.parts.cleaner.clean(answer.body).await?;
        Ok(self.put(user.clone(), image, origin).await?)
    }

    /// Asks the vendor for aliases that it had not told before, and links them.
    pub async fn link_late(&self, confirmed: &Confirmed) -> Result<Linked, CareError> {
        let Some(open) = self.lacks_alias(confirmed) else { return Ok(Linked::Nothing) };
        let identity = open.provider.complete(&*open.host, confirmed.identity.clone()).await?;
        if identity.aliases.is_empty() {
            return Ok(Linked::Nothing);
        }
        let (at, entropy) = (self.parts.clock.now(), &*self.parts.entropy);
        let row = AuditEntry::new(entropy, at, &Actor::Vendor, Action::AliasConflict, "");
        let row = AuditEntry { provider: Some(confirmed.provider.to_string()), ..row };
        let conflict = row.ended(AuditOutcome::Refused, "alias_belongs_to_another_user");
        let offer = OfferId::generate(entropy);
        Ok(self.parts.store.link_aliases(&LateAliases { identity, at, conflict, offer }).await?)
    }

    /// The Provider that could tell aliases and has told none.
    fn lacks_alias(&self, confirmed: &Confirmed) -> Option<Arc<OpenProvider>> {
        let open = self.provider_of(confirmed).filter(|_| !confirmed.has_alias)?;
        (!open.provider.is_complete(&confirmed.identity)).then_some(open)
    }

    fn provider_of(&self, confirmed: &Confirmed) -> Option<Arc<OpenProvider>> {
        self.parts.providers.find(&confirmed.provider)
    }
}

/// WeChat still writes some of its addresses with http; the same picture is there by https.
fn picture_url(address: &str) -> Result<Url, CareError> {
    let mut url: Url = address.parse().map_err(|_| CareError::BadAddress)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        url.set_scheme("https").map_err(|()| CareError::BadAddress)?;
    }
    url.set_fragment(None);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_asked_for_by_https_unless_they_are_on_this_machine() {
        for (address, asked) in [
            ("http://thirdwx.qlogo.cn/mmopen/a/132", Some("https://thirdwx.qlogo.cn/mmopen/a/132")),
            ("https://thirdwx.qlogo.cn/mmopen/a/132#x", Some("https://thirdwx.qlogo.cn/mmopen/a/132")),
            ("http://127.0.0.1:8090/face", Some("http://127.0.0.1:8090/face")),
            ("/mmopen/a/132", None),
            ("no address", None),
        ] {
            let url = picture_url(address).ok();
            assert_eq!(url.as_ref().map(Url::as_str), asked, "{address}");
        }
    }
}
