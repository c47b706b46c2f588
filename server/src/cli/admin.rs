//! `saoma admin bootstrap`: the one way into an empty house, and back in for who has lost the key.
//!
//! Needs the database and the key file: whoever has both could do anything anyway. It is in the audit.

use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_door};
use saoma_core::admin::{AdminName, LINK_SECONDS};

pub(super) async fn bootstrap(source: Source, renew: Option<String>) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    let name = renew.as_deref().map(str::parse::<AdminName>).transpose()?;
    let (admins, stores) = open_door(&config, &outside()).await?;
    let link = admins.bootstrap(name.as_ref()).await?;
    stores.close().await;
    let Some(link) = link else {
        return Err(format!("there is no admin called {} who may come in", renew.unwrap_or_default()).into());
    };
    let minutes = LINK_SECONDS / 60;
    let what = match name {
        Some(name) => format!("renews the password and app of {name} and ends their sessions"),
        None => "makes you an owner".to_owned(),
    };
    process::print(&format!(
        "{}/enrol/{}\n\nOpen this address while the server runs. It is good for {minutes} minutes, for one \
         person, and {what}.\n",
        config.admin_url,
        link.expose()
    ));
    Ok(())
}
