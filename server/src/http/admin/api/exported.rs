//! Lists that leave as files: which format, and the answer.

use crate::table_files::{FileFormat, Lines, file};
use poem::Body;
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Enum};

/// Which file.
#[derive(Debug, Clone, Copy, Default, Enum)]
#[oai(rename = "FileFormat", rename_all = "lowercase")]
pub(super) enum FormatName {
    /// A table with a head, RFC 4180; a cell that a spreadsheet would take for a formula begins with an
    /// apostrophe.
    #[default]
    Csv,
    /// A JSON object a line.
    Jsonl,
}

impl From<FormatName> for FileFormat {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Csv => Self::Csv,
            FormatName::Jsonl => Self::JsonLines,
        }
    }
}

/// A file.
#[derive(ApiResponse)]
pub(super) enum Exported {
    /// The file. It breaks off, without the end of a chunked body, if it cannot be whole.
    #[oai(status = 200)]
    File(
        Binary<Body>,
        /// Of the format.
        #[oai(header = "Content-Type")]
        String,
        /// A name for the file.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

impl Exported {
    /// A file of this name and format.
    pub(super) fn new(name: &str, format: FileFormat, lines: impl Lines) -> Self {
        let name = format!("attachment; filename=\"{name}.{}\"", format.as_str());
        Self::File(Binary(Body::from_bytes_stream(file(lines))), format.media_type().to_owned(), name)
    }
}
