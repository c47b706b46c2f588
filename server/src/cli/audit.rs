//! `saoma audit verify`: was the audit tampered with? `saoma audit checkpoints`: what to keep elsewhere.

use crate::checkpoint_file::kept_in;
use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_stores};
use saoma_core::audit::{AuditStore, StreamReport, public_key_pem};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::str::FromStr;

/// Checkpoints read at a time.
const AT_A_TIME: i64 = 500;

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

pub(super) async fn verify(
    source: Source,
    anchors: Vec<Anchor>,
    checkpoints: Option<PathBuf>,
) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    let outside = outside();
    let (stores, keyring) = open_stores(&config, &outside).await?;
    let mut anchors: Vec<_> =
        anchors.into_iter().map(|Anchor(stream, seq, mac)| (stream, seq, mac)).collect();
    let own = config.checkpoint_file.clone().filter(|path| path.exists());
    for path in checkpoints.into_iter().chain(own) {
        anchors.extend(kept_in(&path, &keyring)?);
    }
    let reports = saoma_core::audit::verify(&*stores.audit, &keyring, &anchors, outside.clock.now()).await;
    stores.close().await;
    let reports = reports?;
    let mut text = String::new();
    for report in &reports {
        tell(&mut text, report)?;
    }
    process::print(&text);
    if reports.iter().any(|report| report.fault.is_some()) {
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

fn tell(text: &mut String, report: &StreamReport) -> std::fmt::Result {
    let (stream, end) = (&report.stream, &report.end);
    if let Some((mark, at)) = &report.cut {
        writeln!(
            text,
            "        {stream}: retention deleted links 1 to {}, of before {}",
            mark.seq,
            at.to_rfc3339()
        )?;
    }
    match &report.fault {
        None => writeln!(
            text,
            "ok      {stream}: {} links hold, {} checkpoints; end {stream}:{}:{}",
            end.seq - report.cut.as_ref().map_or(0, |(mark, _)| mark.seq),
            report.checkpoints,
            end.seq,
            end.mac
        ),
        Some(fault) => writeln!(text, "FAULT   {stream}: {fault}; up to link {} they hold", end.seq),
    }
}

pub(super) async fn checkpoints(source: Source) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    let (stores, keyring) = open_stores(&config, &outside()).await?;
    let printed = print_all(&*stores.audit).await;
    stores.close().await;
    printed?;
    let pem = public_key_pem(&keyring).unwrap_or_default();
    process::complain(&format!(
        "whoever keeps these lines can check them with this key: of a line, all before its last space is signed \
         (Ed25519), and the signature is what follows the last dot, in base64url\n{pem}"
    ));
    Ok(())
}

async fn print_all(store: &dyn AuditStore) -> Result<(), Failed> {
    for (stream, _) in store.list_streams().await? {
        let mut after = 0;
        loop {
            let found = store.list_checkpoints(&stream, after, AT_A_TIME).await?;
            let Some((last, _)) = found.last() else { break };
            after = last.mark.seq;
            let lines: String = found.iter().map(|(checkpoint, _)| checkpoint.line() + "\n").collect();
            process::print(&lines);
        }
    }
    Ok(())
}
