//! Logins as files. No openid is in them.

use crate::table_files::{FileFormat, Lines};
use bytes::Bytes;
use saoma_core::logbook::{Attempt, LoginExport};
use saoma_core::login::Reason;
use saoma_core::region::Region;
use saoma_core::{StoreError, Timestamp};
use serde::Serialize;
use std::io;

/// What a website and a way to log in are called now.
pub(crate) trait Called: Send + Sync + 'static {
    /// A website.
    fn client(&self, id: &str) -> Option<&str>;
    /// A way.
    fn provider(&self, slug: &str) -> Option<&str>;
}

/// A Login as it leaves; the order is that of the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    begun_at: String,
    shown_at: Option<String>,
    scanned_at: Option<String>,
    confirmed_at: Option<String>,
    ended_at: Option<String>,
    stage: &'a str,
    reason: Option<&'a str>,
    client_id: &'a str,
    client_name: Option<&'a str>,
    provider: &'a str,
    provider_title: Option<&'a str>,
    user_id: Option<&'a str>,
    user_name: Option<&'a str>,
    address: Option<String>,
    region: Option<&'a str>,
    browser: Option<&'a str>,
    vendor_problem: Option<&'a str>,
    vendor_code: Option<i64>,
}

const COLUMNS: [&str; 19] = [
    "id",
    "begun_at",
    "shown_at",
    "scanned_at",
    "confirmed_at",
    "ended_at",
    "stage",
    "reason",
    "client_id",
    "client_name",
    "provider",
    "provider_title",
    "user_id",
    "user_name",
    "address",
    "region",
    "browser",
    "vendor_problem",
    "vendor_code",
];

impl<'a> Line<'a> {
    fn new(attempt: &'a Attempt, names: &'a impl Called) -> Self {
        let text = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
        let (steps, requester) = (&attempt.steps, &attempt.requester);
        let answer = attempt.vendor_answer.as_ref();
        Self {
            id: attempt.id.as_str(),
            begun_at: attempt.begun_at.to_rfc3339(),
            shown_at: text(steps.shown_at),
            scanned_at: text(steps.scanned_at),
            confirmed_at: text(steps.confirmed_at),
            ended_at: text(attempt.ended_at),
            stage: attempt.stage.as_str(),
            reason: attempt.reason.map(Reason::as_str),
            client_id: attempt.client.as_str(),
            client_name: names.client(attempt.client.as_str()),
            provider: attempt.provider.as_str(),
            provider_title: names.provider(attempt.provider.as_str()),
            user_id: attempt.user.as_ref().map(|user| user.id.as_str()),
            user_name: attempt.user.as_ref().and_then(|user| user.name.as_deref()),
            address: requester.address.map(|address| address.to_string()),
            region: requester.region.map(Region::code),
            browser: requester.browser.as_deref(),
            vendor_problem: answer.map(|answer| answer.problem.as_str()),
            vendor_code: answer.and_then(|answer| answer.code),
        }
    }

    fn cells(&self) -> [String; 19] {
        let code = self.vendor_code.map(|code| code.to_string());
        let cells = [
            Some(self.id),
            Some(self.begun_at.as_str()),
            self.shown_at.as_deref(),
            self.scanned_at.as_deref(),
            self.confirmed_at.as_deref(),
            self.ended_at.as_deref(),
            Some(self.stage),
            self.reason,
            Some(self.client_id),
            self.client_name,
            Some(self.provider),
            self.provider_title,
            self.user_id,
            self.user_name,
            self.address.as_deref(),
            self.region,
            self.browser,
            self.vendor_problem,
            code.as_deref(),
        ];
        cells.map(|cell| cell.unwrap_or_default().to_owned())
    }
}

/// Logins on their way out, with names for ids.
pub(crate) struct LoginFile<N: Called> {
    pub(crate) format: FileFormat,
    pub(crate) export: LoginExport,
    pub(crate) names: N,
}

impl<N: Called> Lines for LoginFile<N> {
    const WHAT: &'static str = "logins";

    fn head(&self) -> io::Result<Bytes> {
        self.format.head(&COLUMNS)
    }

    async fn next(&mut self) -> Result<Option<io::Result<Bytes>>, StoreError> {
        let batch = self.export.next_batch().await?;
        let (format, names) = (self.format, &self.names);
        Ok(batch.map(|rows| format.rows(rows.iter().map(|row| Line::new(row, names)), Line::cells)))
    }
}
