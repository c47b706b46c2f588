//! Lists as files: a table for spreadsheets (CSV, RFC 4180) and JSON Lines for programs.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula, and
//! people choose their own names: such a cell gets an apostrophe before it, which a spreadsheet does not
//! show. JSON Lines are as they are.

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use saoma_core::StoreError;
use serde::Serialize;
use std::io;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFormat {
    /// A table.
    Csv,
    /// A table that Excel takes for UTF-8: with a byte order mark before it.
    CsvForExcel,
    /// A JSON object a line.
    JsonLines,
}

impl FileFormat {
    /// Its name in the audit.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvForExcel => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvForExcel => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/x-ndjson",
        }
    }

    /// Its head: of a table the names of its columns.
    pub(crate) fn head(self, columns: &[&str]) -> io::Result<Bytes> {
        let mark: &[u8] = match self {
            Self::JsonLines => return Ok(Bytes::new()),
            Self::CsvForExcel => "\u{feff}".as_bytes(),
            Self::Csv => &[],
        };
        let mut table = table();
        table.write_record(columns)?;
        Ok([mark, &whole(table)?].concat().into())
    }

    /// Rows of it; `cells` are those of a table, in the order of its columns.
    pub(crate) fn rows<L: Serialize, const N: usize>(
        self,
        lines: impl Iterator<Item = L>,
        cells: impl Fn(&L) -> [String; N],
    ) -> io::Result<Bytes> {
        if self == Self::JsonLines {
            let mut text = Vec::new();
            for line in lines {
                serde_json::to_writer(&mut text, &line)?;
                text.push(b'\n');
            }
            return Ok(text.into());
        }
        let mut table = table();
        for line in lines {
            table.write_record(cells(&line).map(harmless))?;
        }
        Ok(whole(table)?.into())
    }
}

/// What a file is made of. A batch at a time becomes bytes; nobody holds them all.
pub(crate) trait Lines: Send + 'static {
    /// What the lines are, in the log.
    const WHAT: &'static str;

    /// What stands before them.
    fn head(&self) -> io::Result<Bytes>;

    /// The next of them; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<io::Result<Bytes>>, StoreError>> + Send;
}

/// The file, piece by piece. When the database fails on the way the stream breaks off, so that nobody
/// takes a part for the whole.
pub(crate) fn file<L: Lines>(lines: L) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    unfold((true, Some(lines)), |(first, lines)| async move {
        let mut lines = lines?;
        if first {
            return Some((lines.head(), (false, Some(lines))));
        }
        match lines.next().await {
            Ok(None) => None,
            Ok(Some(bytes)) => Some((bytes, (false, Some(lines)))),
            Err(error) => {
                tracing::error!(%error, what = L::WHAT, "an export broke off");
                Some((Err(io::Error::other("the database could not be asked")), (false, None)))
            }
        }
    })
}

fn table() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

fn whole(table: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    table.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// See the module.
fn harmless(cell: String) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{cell}") } else { cell }
}
