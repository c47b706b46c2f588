//! `saoma keys list|rotate`: what id tokens are signed with, and the next key before its time.

use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_keys};
use clap::Args;
use saoma_core::audit::Actor;
use saoma_core::signing::{Algorithm, SigningError, SigningKeys};
use saoma_store::Stores;
use std::fmt::Write as _;

#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// Of this algorithm only; of all of them without it.
    #[arg(long, ignore_case = true, value_parser = Algorithm::ALL.map(Algorithm::as_str))]
    algorithm: Option<String>,
    /// The old keys got into wrong hands: the new one signs from now on and the old ones are taken out, with
    /// whatever they signed. Websites that keep our public keys refuse logins until they have fetched them anew.
    #[arg(long)]
    at_once: bool,
}

pub(super) async fn list(source: Source) -> Result<(), Failed> {
    let (keys, stores) = open(source).await?;
    keys.load().await?;
    stores.close().await;
    process::print(&told(&keys)?);
    Ok(())
}

pub(super) async fn rotate(source: Source, args: RotateArgs) -> Result<(), Failed> {
    let (keys, stores) = open(source).await?;
    let is_meant = |algorithm: &Algorithm| {
        args.algorithm.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(algorithm.as_str()))
    };
    for algorithm in Algorithm::ALL.into_iter().filter(is_meant) {
        match keys.rotate(algorithm, args.at_once, &Actor::CommandLine).await {
            Err(waits @ SigningError::NextWaits(_)) => process::print(&format!("{waits}: nothing to do\n")),
            done => done?,
        }
    }
    stores.close().await;
    process::print(&told(&keys)?);
    process::print("A server that runs takes them up within half a minute.\n");
    Ok(())
}

async fn open(source: Source) -> Result<(SigningKeys, Stores), Failed> {
    Ok(open_keys(&Config::load(&source, &catalogue())?, &outside()).await?)
}

fn told(keys: &SigningKeys) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for (key, state) in keys.list() {
        writeln!(
            text,
            "{:<6} {:<8} {}  signs from {}",
            key.algorithm.as_str(),
            state.as_str(),
            key.kid,
            key.signs_from.to_rfc3339()
        )?;
    }
    if text.is_empty() {
        text.push_str("There are no keys yet: the server makes them when it starts.\n");
    }
    Ok(text)
}
