//! People as files. A batch of rows at a time becomes bytes; nobody holds them all. No openid is in them.

use crate::table_files::FileFormat;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use saoma_core::Timestamp;
use saoma_core::user::admin::{Person, UserExport};
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

/// The file, piece by piece. When the database fails on the way the stream breaks off, so that nobody
/// takes a part for the whole.
pub(crate) fn file(
    format: FileFormat,
    export: UserExport,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    unfold((true, Some(export)), move |(first, export)| async move {
        let mut export = export?;
        if first {
            return Some((format.head(&COLUMNS), (false, Some(export))));
        }
        match export.next_batch().await {
            Ok(None) => None,
            Ok(Some(people)) => {
                let lines = people.iter().map(Line::new);
                Some((format.rows(lines, Line::cells), (false, Some(export))))
            }
            Err(error) => {
                tracing::error!(%error, "an export of people broke off");
                Some((Err(io::Error::other("the database could not be asked")), (false, None)))
            }
        }
    })
}
