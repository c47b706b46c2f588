//! Pages of a list: a bounded number of items and where the next page starts.
//!
//! Lists are read by key (keyset), never by offset, so a page stays right while rows arrive.

/// Names in the query of a list that are no part of its filter: they say which page, and as which file.
pub const OF_PAGES: [&str; 3] = ["after", "limit", "format"];

/// The most items one page can hold.
pub const MAX_PAGE: u16 = 200;

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The `next` of the page before; none for the first page.
    pub after: Option<String>,
    /// How many items at most; cut to `1..=MAX_PAGE`.
    pub limit: u16,
}

impl PageRequest {
    /// The first page.
    pub fn first(limit: u16) -> Self {
        Self { after: None, limit: limit.clamp(1, MAX_PAGE) }
    }
}

/// Some items of a list, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; none at the end.
    pub next: Option<String>,
}
