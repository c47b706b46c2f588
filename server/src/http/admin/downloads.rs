//! Lists as files for those who look at them: the same filter as the page, and a byte order mark for Excel if
//! it is a table.

use super::answer::Stop;
use super::filter_form::parameter;
use crate::http::callback::see_other;
use crate::table_files::{FileFormat, Lines, file};
use poem::http::header;
use poem::{Body, Request, Response};
use url::form_urlencoded;

/// Which file is asked for.
pub(super) fn format_of(request: &Request) -> Result<FileFormat, Stop> {
    match parameter(request, "format").as_deref() {
        Some("jsonl") => Ok(FileFormat::JsonLines),
        Some("csv") => Ok(FileFormat::CsvForExcel),
        _ => Err(Stop::NotFound),
    }
}

/// A file of this name.
pub(super) fn download(name: &str, format: FileFormat, lines: impl Lines) -> Response {
    let name = format!("attachment; filename=\"{name}.{}\"", format.as_str());
    Response::builder()
        .content_type(format.media_type())
        .header(header::CONTENT_DISPOSITION, name)
        .body(Body::from_bytes_stream(file(lines)))
}

/// The list that a file is of, when this is the address of a file: a browser that is sent to a file stays
/// where it is.
pub(super) fn list_of(address: &str) -> Option<String> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let list = path.strip_suffix("/export")?;
    let filter = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "format");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filter).finish();
    Some(if query.is_empty() { list.to_owned() } else { format!("{list}?{query}") })
}

/// Instead of a file by a filter that is not understood: the list, which says what is wrong.
pub(super) fn to_list(request: &Request) -> Response {
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    see_other(&list_of(address).unwrap_or_else(|| "/".to_owned()))
}
