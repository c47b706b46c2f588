//! `saoma provider check`: the doctor at the command line. Prints what it finds, to people or to
//! programs; exits with 1 when something failed.

use crate::config::{Config, Source};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_doctor};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};
use saoma_core::audit::{Action, Actor, AuditEntry};
use saoma_core::provider::{Finding, OpenError, ProbeDepth, ProbeReport, ProviderSlug, Standing};
use serde_json::{Value, json};

/// What to look at, and how to say it.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Its slug.
    slug: String,
    /// How far to look: the settings, also the network, also the app credentials.
    #[arg(long, default_value = "credentials", value_parser = depth())]
    depth: ProbeDepth,
    /// Print JSON with both languages.
    #[arg(long)]
    json: bool,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value = "en", conflicts_with = "json")]
    lang: Lang,
}

/// A language we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

fn depth() -> impl clap::builder::TypedValueParser<Value = ProbeDepth> {
    let words = PossibleValuesParser::new(ProbeDepth::ALL.map(ProbeDepth::as_str));
    words.try_map(|word| ProbeDepth::parse(&word).ok_or("no such depth"))
}

pub(super) async fn check(source: Source, args: CheckArgs) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    let unknown = || format!("there is no provider with slug = \"{}\"", args.slug);
    let slug: ProviderSlug = args.slug.parse().map_err(|_| unknown())?;
    let outside = outside();
    let (doctor, stores) = open_doctor(&config, &outside).await?;
    let now = outside.clock.now();
    let row =
        AuditEntry::new(&*outside.entropy, now, &Actor::CommandLine, Action::ProviderProbed, slug.as_str());
    let report = doctor.examine(&slug, args.depth, row).await;
    drop(doctor);
    stores.close().await;
    let report = report.map_err(|error| match error {
        OpenError::Unknown => unknown(),
        other => other.to_string(),
    })?;
    process::print(&if args.json { as_json(&args, &report) } else { as_text(&args, &report) });
    if report.ok() { Ok(()) } else { Err("the provider is not ready".into()) }
}

fn as_text(args: &CheckArgs, report: &ProbeReport) -> String {
    report.0.iter().map(|finding| line(finding, args.lang == Lang::Zh)).collect()
}

fn line(finding: &Finding, chinese: bool) -> String {
    let mark = mark(finding.standing, chinese);
    let mut lines = vec![format!("{mark} {}: {}", finding.code, finding.seen.in_chinese(chinese))];
    let lead = " ".repeat(9);
    lines.extend(finding.cure.iter().map(|cure| format!("{lead}→ {}", cure.in_chinese(chinese))));
    // What is in order is in the sentence already.
    for fact in finding.facts.iter().filter(|_| finding.standing >= Standing::Warning) {
        let label = fact.name.label();
        let label = if chinese { label.zh } else { label.en };
        lines.push(format!("{lead}{label}: {}", fact.value));
    }
    lines.join("\n") + "\n"
}

/// All eight columns wide.
const fn mark(standing: Standing, chinese: bool) -> &'static str {
    match (standing, chinese) {
        (Standing::Ok, false) => "ok      ",
        (Standing::Unseen, false) => "-       ",
        (Standing::Warning, false) => "warning ",
        (Standing::Failed, false) => "FAILED  ",
        (Standing::Ok, true) => "正常    ",
        (Standing::Unseen, true) => "未检查  ",
        (Standing::Warning, true) => "警告    ",
        (Standing::Failed, true) => "失败    ",
    }
}

fn as_json(args: &CheckArgs, report: &ProbeReport) -> String {
    let findings: Vec<Value> = report.0.iter().map(finding).collect();
    let whole = json!({
        "provider": args.slug, "depth": args.depth.as_str(), "ok": report.ok(), "findings": findings,
    });
    format!("{whole:#}\n")
}

fn finding(finding: &Finding) -> Value {
    let facts = finding.facts.iter().map(|fact| (fact.name.as_str().to_owned(), fact.value.clone().into()));
    let cure = finding.cure.as_ref().map(|cure| json!({ "en": cure.en, "zh": cure.zh }));
    json!({
        "code": finding.code,
        "standing": finding.standing.as_str(),
        "seen": { "en": finding.seen.en, "zh": finding.seen.zh },
        "cure": cure,
        "values": facts.collect::<serde_json::Map<_, _>>(),
    })
}
