//! `[[client]]`: secrets, addresses, providers; and warnings about what a Client will not get.

use super::logo;
use super::problem::Problems;
use super::providers::Checked;
use super::raw::RawClient;
use saoma_core::SecretHash;
use saoma_core::Timestamp;
use saoma_core::client::{Client, ClientId, ClientType, Logo, check_origin, check_redirect_uri, look_alike};
use saoma_core::provider::{Assurance, ProviderSlug};
use std::collections::BTreeMap;
use std::path::Path;

/// Shortest client secret, unless visitors reach us on this machine only.
const MIN_SECRET_CHARS: usize = 32;

/// The file's Clients.
#[derive(Default)]
pub(super) struct CheckedClients {
    pub(super) clients: Vec<Client>,
    /// Those whose names look like others', knowingly.
    pub(super) resembling: BTreeMap<ClientId, Vec<ClientId>>,
}

pub(super) fn check(
    raw: Vec<RawClient>,
    providers: &Checked,
    loopback: bool,
    folder: &Path,
    problems: &mut Problems,
) -> CheckedClients {
    let mut checked = CheckedClients::default();
    for (index, raw) in raw.into_iter().enumerate() {
        let pointer = format!("/client/{index}");
        if checked.clients.iter().any(|client| client.id.as_str() == raw.client_id) {
            problems.add(
                "client_id_twice",
                format!("{pointer}/client_id"),
                "is used by another client above",
            );
            continue;
        }
        check_secrets(&raw, loopback, &pointer, problems);
        check_addresses(&raw, &pointer, problems);
        check_providers(&raw, &providers.slugs, &pointer, problems);
        checked.resembling.extend(check_name(&raw, &checked.clients, &pointer, problems));
        check_assurance(&raw, &providers.assurances, &pointer, problems);
        let logo = read_logo(&raw, folder, &pointer, problems);
        checked.clients.extend(client(raw, logo, &pointer, problems));
    }
    checked
}

/// A name that people take for another website's is refused, unless both are meant to be so; who has said
/// so is told to the audit.
fn check_name(
    raw: &RawClient,
    others: &[Client],
    pointer: &str,
    problems: &mut Problems,
) -> Option<(ClientId, Vec<ClientId>)> {
    let alike = others.iter().filter(|other| look_alike(&raw.name, &other.name));
    let (known, unknown): (Vec<_>, Vec<_>) =
        alike.partition(|other| raw.name_resembles.iter().any(|id| *id == other.id.as_str()));
    for other in unknown {
        let message = format!(
            "looks like the name of client \"{id}\", and people read names on the phone; choose another, or say that it \
             is meant so: name_resembles = [\"{id}\"]",
            id = other.id
        );
        problems.add("client_name_confusable", format!("{pointer}/name"), message);
    }
    let known: Vec<_> = known.into_iter().map(|other| other.id.clone()).collect();
    raw.client_id.parse().ok().filter(|_| !known.is_empty()).map(|id| (id, known))
}

fn check_secrets(raw: &RawClient, loopback: bool, pointer: &str, problems: &mut Problems) {
    let place = format!("{pointer}/secrets");
    match (raw.client_type.as_str(), raw.secrets.is_empty()) {
        // Its key says who it is.
        ("confidential", true) if raw.openid.jwks.is_some() => {}
        ("confidential", true) => {
            problems.add(
                "client_secret_missing",
                &place,
                "a confidential client needs a secret, or [client.openid] jwks",
            );
        }
        ("public", _) if raw.openid.jwks.is_some() => {
            problems.add(
                "client_jwks_useless",
                format!("{pointer}/openid/jwks"),
                "a public client cannot keep a key",
            );
        }
        ("public", false) => {
            problems.add("client_secret_useless", &place, "a public client cannot keep a secret");
        }
        _ => {}
    }
    for (index, secret) in raw.secrets.iter().enumerate() {
        if !loopback && secret.chars().count() < MIN_SECRET_CHARS {
            let message =
                format!("must have at least {MIN_SECRET_CHARS} characters, e.g. from `openssl rand -hex 32`");
            problems.add("client_secret_short", format!("{place}/{index}"), message);
        }
    }
}

fn check_addresses(raw: &RawClient, pointer: &str, problems: &mut Problems) {
    for (index, uri) in raw.redirect_uris.iter().enumerate() {
        if let Err(why) = check_redirect_uri(uri) {
            problems.add(
                "redirect_uri_not_acceptable",
                format!("{pointer}/redirect_uris/{index}"),
                why.to_string(),
            );
        }
    }
    for (place, why) in raw.openid.wrong_addresses() {
        let pointer = format!("{pointer}/openid{place}");
        problems.add("redirect_uri_not_acceptable", pointer, why.to_string());
    }
    for problem in raw.openid.problems() {
        problems.add(
            "client_openid_not_acceptable",
            format!("{pointer}{}", problem.pointer),
            problem.message,
        );
    }
    for (index, origin) in raw.origins.iter().enumerate() {
        if let Err(why) = check_origin(origin) {
            problems.add("origin_not_acceptable", format!("{pointer}/origins/{index}"), why.to_string());
        }
    }
}

fn check_providers(raw: &RawClient, slugs: &[String], pointer: &str, problems: &mut Problems) {
    for (index, slug) in raw.providers.iter().enumerate().filter(|(_, slug)| !slugs.contains(slug)) {
        let message = format!("there is no [[provider]] with slug = \"{slug}\"");
        problems.add("client_provider_unknown", format!("{pointer}/providers/{index}"), message);
    }
}

/// More than a confirmation is promised only where a way keeps it.
fn check_assurance(
    raw: &RawClient,
    assurances: &BTreeMap<ProviderSlug, Assurance>,
    pointer: &str,
    problems: &mut Problems,
) {
    let least = raw.min_assurance.as_deref().and_then(Assurance::parse);
    let Some(least) = least.filter(|least| *least > Assurance::Confirmed) else { return };
    let reaches = |slug: &String| {
        slug.parse().ok().and_then(|slug: ProviderSlug| assurances.get(&slug)) >= Some(&least)
    };
    if !raw.providers.iter().any(reaches) {
        let message = format!(
            "none of this client's providers reaches `{}`: a redirect reaches `confirmed`, a service account's chat with \
             confirm = \"number\" reaches `number`; mini-programs, and service accounts with confirm = \"page\", reach all",
            least.as_str()
        );
        problems.add("assurance_not_available", format!("{pointer}/min_assurance"), message);
    }
}

fn read_logo(raw: &RawClient, folder: &Path, pointer: &str, problems: &mut Problems) -> Option<Logo> {
    let read = logo::read(&folder.join(raw.logo_file.as_ref()?));
    read.map_err(|why| problems.add("logo_not_acceptable", format!("{pointer}/logo_file"), why)).ok()
}

fn client(raw: RawClient, logo: Option<Logo>, pointer: &str, problems: &mut Problems) -> Option<Client> {
    let id = problems.parse(&raw.client_id, &format!("{pointer}/client_id"), "a client_id")?;
    Some(Client {
        id,
        name: raw.name,
        client_type: ClientType::parse(&raw.client_type)?,
        secret_hashes: raw.secrets.iter().map(|secret| SecretHash::of(secret)).collect(),
        redirect_uris: raw.redirect_uris,
        origins: raw.origins,
        providers: raw.providers.iter().filter_map(|slug| slug.parse().ok()).collect(),
        min_assurance: raw
            .min_assurance
            .as_deref()
            .and_then(Assurance::parse)
            .unwrap_or(Assurance::Confirmed),
        openid: raw.openid,
        logo,
        accent: raw.accent,
        enabled: true,
        managed_by_file: true,
        // Version and moments are written when the file is applied.
        version: 1,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    })
}

/// What holds but will surprise: a Provider below its Client's minimum is not offered there.
pub(super) fn warnings(clients: &[Client], assurances: &BTreeMap<ProviderSlug, Assurance>) -> Vec<String> {
    let pairs = clients.iter().flat_map(|client| client.providers.iter().map(move |slug| (client, slug)));
    let weak =
        pairs.filter(|(client, slug)| assurances.get(*slug).is_some_and(|a| *a < client.min_assurance));
    weak.map(|(client, slug)| {
        let least = client.min_assurance.as_str();
        format!(
            "client {} asks for at least {least}; provider {slug} cannot reach it and is not offered",
            client.id
        )
    })
    .collect()
}
