//! The audit as files.

use crate::table_files::{FileFormat, Lines};
use bytes::Bytes;
use saoma_core::StoreError;
use saoma_core::audit::{AuditExport, AuditNames, PlacedAudit};
use serde::Serialize;
use std::io;

/// A row as it leaves; the order is that of the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    at: String,
    actor: &'a str,
    admin_id: Option<&'a str>,
    admin_name: Option<&'a str>,
    address: Option<&'a str>,
    action: &'a str,
    target: &'a str,
    target_name: Option<&'a str>,
    client_id: Option<&'a str>,
    client_name: Option<&'a str>,
    provider: Option<&'a str>,
    provider_title: Option<&'a str>,
    user_id: Option<&'a str>,
    user_name: Option<&'a str>,
    outcome: &'a str,
    detail: Option<&'a str>,
    stream: &'a str,
    link: Option<i64>,
    mac: Option<&'a str>,
}

const COLUMNS: [&str; 20] = [
    "id",
    "at",
    "actor",
    "admin_id",
    "admin_name",
    "address",
    "action",
    "target",
    "target_name",
    "client_id",
    "client_name",
    "provider",
    "provider_title",
    "user_id",
    "user_name",
    "outcome",
    "detail",
    "stream",
    "link",
    "mac",
];

impl<'a> Line<'a> {
    fn new(placed: &'a PlacedAudit, names: &'a AuditNames) -> Self {
        let row = &placed.row;
        let told = |of: &'a std::collections::BTreeMap<String, String>, id: Option<&'a str>| {
            id.and_then(|id| of.get(id)).map(String::as_str)
        };
        let (admin_id, client_id) = (row.admin_id.as_deref(), row.client_id.as_deref());
        let (provider, user_id) = (row.provider.as_deref(), row.user_id.as_deref());
        Self {
            id: &row.id,
            at: row.at.to_rfc3339(),
            actor: &row.actor,
            admin_id,
            admin_name: told(&names.admins, admin_id),
            address: row.address.as_deref(),
            action: &row.action,
            target: &row.target,
            target_name: names.of_target(row),
            client_id,
            client_name: told(&names.clients, client_id),
            provider,
            provider_title: told(&names.providers, provider),
            user_id,
            user_name: told(&names.users, user_id),
            outcome: &row.outcome,
            detail: row.detail.as_deref(),
            stream: &placed.stream,
            link: placed.link.as_ref().map(|(seq, _)| *seq),
            mac: placed.link.as_ref().map(|(_, mac)| mac.as_str()),
        }
    }

    fn cells(&self) -> [String; 20] {
        let link = self.link.map(|link| link.to_string());
        let cells = [
            Some(self.id),
            Some(self.at.as_str()),
            Some(self.actor),
            self.admin_id,
            self.admin_name,
            self.address,
            Some(self.action),
            Some(self.target),
            self.target_name,
            self.client_id,
            self.client_name,
            self.provider,
            self.provider_title,
            self.user_id,
            self.user_name,
            Some(self.outcome),
            self.detail,
            Some(self.stream),
            link.as_deref(),
            self.mac,
        ];
        cells.map(|cell| cell.unwrap_or_default().to_owned())
    }
}

fn bytes_of(format: FileFormat, rows: &[PlacedAudit], names: &AuditNames) -> io::Result<Bytes> {
    format.rows(rows.iter().map(|row| Line::new(row, names)), Line::cells)
}

/// Rows of the audit on their way out.
pub(crate) struct AuditFile {
    pub(crate) format: FileFormat,
    pub(crate) export: AuditExport,
}

impl Lines for AuditFile {
    const WHAT: &'static str = "audit";

    fn head(&self) -> io::Result<Bytes> {
        self.format.head(&COLUMNS)
    }

    async fn next(&mut self) -> Result<Option<io::Result<Bytes>>, StoreError> {
        let batch = self.export.next_batch().await?;
        Ok(batch.map(|(rows, names)| bytes_of(self.format, &rows, &names)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoma_core::Timestamp;
    use saoma_core::audit::StoredAudit;

    fn placed(user: &str, detail: &str) -> (PlacedAudit, AuditNames) {
        let row = StoredAudit {
            id: "aud_1".to_owned(),
            at: Timestamp(1_800_000_000_000),
            actor: "admin".to_owned(),
            admin_id: Some("adm_1".to_owned()),
            address: None,
            action: "user.disabled".to_owned(),
            target: "usr_1".to_owned(),
            client_id: None,
            provider: None,
            user_id: Some("usr_1".to_owned()),
            outcome: "success".to_owned(),
            detail: Some(detail.to_owned()),
        };
        let mut names = AuditNames::default();
        names.users.insert("usr_1".to_owned(), user.to_owned());
        names.admins.insert("adm_1".to_owned(), "ann".to_owned());
        (PlacedAudit { row, stream: "admin".to_owned(), link: Some((7, "k0.x".to_owned())) }, names)
    }

    fn text(format: FileFormat, user: &str, detail: &str) -> String {
        let (row, names) = placed(user, detail);
        String::from_utf8(bytes_of(format, &[row], &names).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_table_has_a_cell_for_each_column_and_quotes_what_must_be() {
        let line = text(FileFormat::Csv, "阿明, \"A\"", "a\r\nb");
        assert_eq!(
            line,
            "aud_1,2027-01-15T08:00:00.000Z,admin,adm_1,ann,,user.disabled,usr_1,\"阿明, \"\"A\"\"\",,,,,usr_1,\
             \"阿明, \"\"A\"\"\",success,\"a\r\nb\",admin,7,k0.x\r\n"
        );
        let mut read = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        assert_eq!(read.records().next().unwrap().unwrap().len(), COLUMNS.len());
        assert_eq!(FileFormat::CsvForExcel.head(&COLUMNS).unwrap()[..3], [0xef, 0xbb, 0xbf]);
    }

    #[test]
    fn no_name_becomes_a_formula() {
        for begins in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"] {
            let line = text(FileFormat::Csv, begins, "x");
            let mut read = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let record = read.records().next().unwrap().unwrap();
            assert_eq!(&record[14], format!("'{begins}"), "{line}");
        }
        let line = text(FileFormat::JsonLines, "=1+1", "x");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((read["user_name"].as_str(), read["link"].as_i64()), (Some("=1+1"), Some(7)));
    }

    #[test]
    fn columns_and_fields_have_the_same_names() {
        let (row, names) = placed("a", "b");
        let object = serde_json::to_string(&Line::new(&row, &names)).unwrap();
        let mut at = 0;
        for column in COLUMNS {
            at += object[at..].find(&format!("\"{column}\":")).unwrap_or_else(|| panic!("{column}"));
        }
    }
}
