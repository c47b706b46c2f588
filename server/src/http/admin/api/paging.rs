//! Pages of lists: `limit` and `after` in, `items` and `next` out.

use super::code::{AdminCode, AdminProblem};
use poem_openapi::Object;
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use saoma_core::page::{MAX_PAGE, Page, PageRequest};

/// How many items a page has when nothing else is asked for.
const USUAL: u16 = 50;

/// Some items of a list, in its order.
#[derive(Debug, Object)]
pub(crate) struct PageOf<T: Type + ParseFromJSON + ToJSON> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Goes back as `after` for the next page; absent at the end.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) next: Option<String>,
}

impl<T: Type + ParseFromJSON + ToJSON> PageOf<T> {
    /// A page as the API says it.
    pub(crate) fn of<U>(page: Page<U>, say: impl FnMut(U) -> T) -> Self {
        Self { items: page.items.into_iter().map(say).collect(), next: page.next }
    }
}

/// The page that is asked for.
pub(crate) fn page_request(limit: Option<u16>, after: Option<String>) -> Result<PageRequest, AdminProblem> {
    let limit = limit.unwrap_or(USUAL);
    if !(1..=MAX_PAGE).contains(&limit) {
        let message = format!("must be from 1 to {MAX_PAGE}");
        return Err(AdminProblem::sent(AdminCode::InvalidParameter, "limit", message));
    }
    Ok(PageRequest { after, limit })
}
