//! `saoma keys list|rotate`: what id tokens are signed with, and the next key before its time.

use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_keys};
use clap::{Args, ValueEnum};
use saoma_core::audit::Actor;
use saoma_core::signing::{Algorithm, SigningError, SigningKeys};
use saoma_store::Stores;
use std::fmt::Write as _;

/// As people write it on a command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum AlgorithmName {
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
    #[value(name = "ES256", alias = "es256")]
    Es256,
    #[value(name = "EdDSA", aliases = ["eddsa", "EDDSA"])]
    EdDsa,
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Rs256 => Self::Rs256,
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::EdDsa => Self::EdDsa,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// Of this algorithm only; of all of them without it.
    #[arg(long, value_enum)]
    algorithm: Option<AlgorithmName>,
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
    let algorithms = args.algorithm.map_or_else(|| Algorithm::ALL.to_vec(), |name| vec![name.into()]);
    for algorithm in algorithms {
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
