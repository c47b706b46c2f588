//! People as files. No openid is in them.

use crate::table_files::{FileFormat, Lines};
use bytes::Bytes;
use saoma_core::user::admin::{Person, UserExport};
use saoma_core::{StoreError, Timestamp};
use serde::Serialize;
use std::io;

/// A User as they leave; the order is that of the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    user_id: &'a str,
    name: Option<&'a str>,
    state: &'static str,
    created_at: String,
    last_login_at: Option<String>,
    namespaces: Vec<&'a str>,
    aliases: usize,
    clients: Vec<&'a str>,
}

const COLUMNS: [&str; 8] =
    ["user_id", "name", "state", "created_at", "last_login_at", "namespaces", "aliases", "clients"];

impl<'a> Line<'a> {
    fn new(person: &'a Person) -> Self {
        let Person { user, identities, aliases, uses } = person;
        let mut clients: Vec<&str> = uses.iter().map(|one| one.client.as_str()).collect();
        clients.dedup();
        Self {
            user_id: user.id.as_str(),
            name: user.name.as_deref(),
            state: if user.disabled_at.is_some() { "off" } else { "on" },
            created_at: user.created_at.to_rfc3339(),
            last_login_at: person.last_login_at().map(Timestamp::to_rfc3339),
            namespaces: identities.iter().map(|one| one.namespace.as_str()).collect(),
            aliases: aliases.len(),
            clients,
        }
    }

    fn cells(&self) -> [String; 8] {
        [
            self.user_id.to_owned(),
            self.name.unwrap_or_default().to_owned(),
            self.state.to_owned(),
            self.created_at.clone(),
            self.last_login_at.clone().unwrap_or_default(),
            self.namespaces.join(" "),
            self.aliases.to_string(),
            self.clients.join(" "),
        ]
    }
}

/// Users on their way out.
pub(crate) struct UserFile {
    pub(crate) format: FileFormat,
    pub(crate) export: UserExport,
}

impl Lines for UserFile {
    const WHAT: &'static str = "people";

    fn head(&self) -> io::Result<Bytes> {
        self.format.head(&COLUMNS)
    }

    async fn next(&mut self) -> Result<Option<io::Result<Bytes>>, StoreError> {
        let batch = self.export.next_batch().await?;
        Ok(batch.map(|people| self.format.rows(people.iter().map(Line::new), Line::cells)))
    }
}
