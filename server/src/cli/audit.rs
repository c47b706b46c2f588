//! `saoma audit verify`: was the audit tampered with?

use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_stores};
use std::fmt::Write as _;
use std::str::FromStr;

/// The end of a stream, kept elsewhere: `admin:12:k0123.…`.
#[derive(Debug, Clone)]
pub(super) struct Anchor(String, i64, String);

impl FromStr for Anchor {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = "write it as it was printed, e.g. admin:12:k0123456789abcdef.…";
        let (rest, mac) = text.rsplit_once(':').ok_or(shape)?;
        let (stream, seq) = rest.rsplit_once(':').ok_or(shape)?;
        Ok(Self(stream.to_owned(), seq.parse().map_err(|_| shape)?, mac.to_owned()))
    }
}

pub(super) async fn verify(source: Source, anchors: Vec<Anchor>) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    let outside = outside();
    let (stores, keyring) = open_stores(&config, &outside).await?;
    let anchors: Vec<_> = anchors.into_iter().map(|Anchor(stream, seq, mac)| (stream, seq, mac)).collect();
    let reports = saoma_core::audit::verify(&*stores.audit, &keyring, &anchors, outside.clock.now()).await;
    stores.close().await;
    let mut text = String::new();
    let mut faults = 0;
    for report in reports? {
        let (stream, end) = (&report.stream, &report.end);
        match &report.fault {
            None => writeln!(
                text,
                "ok      {stream}: {} links hold; end {stream}:{}:{}",
                end.seq, end.seq, end.mac
            )?,
            Some(fault) => {
                faults += 1;
                writeln!(text, "FAULT   {stream}: {fault}; {} links before it hold", end.seq)?;
            }
        }
    }
    process::print(&text);
    if faults > 0 {
        return Err(
            "the audit is not as it was written: stop writing to it, keep a copy, and compare with a backup"
                .into(),
        );
    }
    process::print(
        "Keep the ends elsewhere and give them back with --anchor: a chain whose end was cut off looks whole.\n",
    );
    Ok(())
}
