//! Which database a URL means. Refuses what it cannot mean; never shows a password.

use crate::OpenError;
use std::path::PathBuf;
use url::Url;

pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(Server),
}

/// A PostgreSQL server and database.
pub(crate) struct Server {
    /// As configured, password included: for the driver only.
    pub(crate) url: String,
    /// For people: no password, no parameters.
    pub(crate) place: String,
    secrets: Vec<String>,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", path)) => sqlite(path),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(Server::new(url))),
            _ => Err(OpenError::BadUrl("begins with neither sqlite: nor postgres://")),
        }
    }
}

fn sqlite(path: &str) -> Result<Target, OpenError> {
    if path.is_empty() || path.ends_with('/') {
        return Err(OpenError::BadUrl("names no file"));
    }
    if path.contains(":memory:") || path.starts_with("file:") {
        return Err(OpenError::BadUrl("must name a plain file, as every connection opens it anew"));
    }
    if path.starts_with("//") && !path.starts_with("///") {
        return Err(OpenError::BadUrl("has a host; a file is sqlite:./path or sqlite:/path"));
    }
    if path.contains(['?', '\0']) {
        return Err(OpenError::BadUrl("takes no parameters"));
    }
    Ok(Target::Sqlite(PathBuf::from(path)))
}

impl Server {
    fn new(url: &str) -> Self {
        let parsed = Url::parse(url).ok();
        let secrets = parsed.iter().flat_map(secrets_of).filter(|secret| !secret.is_empty()).collect();
        let place = parsed.map_or_else(|| "the PostgreSQL database of the url".to_owned(), shown);
        Self { url: url.to_owned(), place, secrets }
    }

    /// A driver's words without the password.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

/// The password in every way the driver might write it.
fn secrets_of(url: &Url) -> Vec<String> {
    let encoded = url.password().unwrap_or_default();
    // As a form value, but with its plus signs kept, this decodes like the driver does.
    let as_form = format!("p={}", encoded.replace('+', "%2B"));
    let decoded = url::form_urlencoded::parse(as_form.as_bytes()).map(|(_, value)| value.into_owned());
    let queried = url.query_pairs().filter(|(key, _)| key == "password").map(|(_, value)| value.into_owned());
    std::iter::once(encoded.to_owned()).chain(decoded).chain(queried).collect()
}

fn shown(mut url: Url) -> String {
    let host = url.query_pairs().find(|(key, _)| key == "host").map(|(_, host)| host.into_owned());
    // Neither can fail but for a URL without a host, which has no password either.
    let _no_host = url.set_password(None);
    url.set_query(None);
    host.map_or_else(|| url.to_string(), |host| format!("{url} at {host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_literally() {
        for (url, path) in
            [("sqlite:./data/saoma.db", "./data/saoma.db"), ("sqlite:/var/a b.db", "/var/a b.db")]
        {
            assert!(matches!(Target::parse(url), Ok(Target::Sqlite(found)) if *found == *path));
        }
    }

    #[test]
    fn other_urls_are_refused_with_an_example() {
        for url in ["", "saoma.db", "mysql://h/d", "sqlite:", "sqlite::memory:", "sqlite://h/x", "sqlite:a?b"]
        {
            let refused = Target::parse(url).err().map(|error| error.to_string());
            assert!(refused.is_some_and(|text| text.contains("sqlite:./data/saoma.db")), "{url}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        for url in [
            "postgres://saoma:s3cr%2Bt@db.example:5432/saoma?sslmode=disable",
            "postgres:///saoma?host=/run/pg&password=s3cr%2Bt",
        ] {
            let Ok(Target::Postgres(server)) = Target::parse(url) else { panic!("{url}") };
            assert!(!server.place.contains("s3cr"), "{}", server.place);
            assert!(!server.scrub("no s3cr+t here").contains("s3cr"));
        }
    }
}
