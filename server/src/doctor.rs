//! The doctor, put together for the server and for the command line: both ask the same one.

use crate::config::Config;
use crate::wire::{Outside, StartError};
use saoma_core::doctor::{Doctor, DoctorParts, DoctorService};
use saoma_core::login::LoginService;
use saoma_core::provider::{ProviderStore, PushSightings, Registry, Workshop};
use saoma_host::{Limits, OwnAddress};
use saoma_store::Stores;
use std::sync::Arc;
use url::Url;

/// The doctor as admins ask it, beside the engine that rehearses.
pub(crate) fn service(
    doctor: Doctor,
    logins: &LoginService,
    (providers, store): (Arc<Registry>, Arc<dyn ProviderStore>),
    sightings: Arc<PushSightings>,
    outside: &Outside,
) -> DoctorService {
    let (clock, entropy) = (Arc::clone(&outside.clock), Arc::clone(&outside.entropy));
    DoctorService { doctor, logins: logins.clone(), providers, store, sightings, clock, entropy }
}

/// A doctor over this database. `sightings` are those of the server this runs in; the command line is in
/// none.
pub(crate) fn doctor(
    config: &Config,
    stores: &Stores,
    workshop: &Arc<Workshop>,
    sightings: Option<Arc<PushSightings>>,
) -> Result<Doctor, StartError> {
    let public_url = Url::parse(&config.public_url).map_err(|_| StartError::PublicUrl)?;
    Ok(Doctor::new(DoctorParts {
        opener: Arc::<Workshop>::clone(workshop),
        door: Arc::new(OwnAddress::new(&public_url, Limits::default())?),
        audit: Arc::clone(&stores.audit),
        sightings,
        public_url,
    }))
}
