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

    /// A page of a list that a house can read whole: its Clients, its admins. The items stand in the order
    /// of their keys, which are unique; the next page starts behind the last item's key.
    pub fn cut<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::from(self.limit.clamp(1, MAX_PAGE));
        let keyed = items.into_iter().map(|item| (key(&item), item));
        let mut rest: Vec<_> =
            keyed.filter(|(key, _)| self.after.as_ref().is_none_or(|after| key > after)).collect();
        rest.sort_by(|(a, _), (b, _)| a.cmp(b));
        let more = rest.len() > limit;
        rest.truncate(limit);
        let next = rest.last().filter(|_| more).map(|(key, _)| key.clone());
        Page { items: rest.into_iter().map(|(_, item)| item).collect(), next }
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

/// A list that is read to its end, a page at a time; the first has been read.
pub struct Reading<T> {
    next: Option<Next<T>>,
}

enum Next<T> {
    Read(Page<T>),
    After(String),
}

impl<T> Reading<T> {
    /// Begins with the first page.
    pub fn from_first(page: Page<T>) -> Self {
        Self { next: Some(Next::Read(page)) }
    }

    /// The next items, at times none although more follow; `None` at the end. `read` reads a page.
    pub async fn next_batch<E, F>(&mut self, read: impl FnOnce(PageRequest) -> F) -> Result<Option<Vec<T>>, E>
    where
        F: Future<Output = Result<Page<T>, E>>,
    {
        let page = match self.next.take() {
            None => return Ok(None),
            Some(Next::Read(page)) => page,
            Some(Next::After(mark)) => read(PageRequest { after: Some(mark), limit: MAX_PAGE }).await?,
        };
        self.next = page.next.map(Next::After);
        Ok(Some(page.items))
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, PageRequest};

    fn cut(after: Option<&str>, limit: u16, items: &[&str]) -> (String, Option<String>) {
        let request = PageRequest { after: after.map(str::to_owned), limit };
        let Page { items, next } = request.cut(items.to_vec(), |item| (*item).to_owned());
        (items.concat(), next)
    }

    #[test]
    fn pages_join_up_and_a_deleted_mark_loses_nothing() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(cut(None, 2, &["c", "a", "b"]), ("ab".to_owned(), some("b")));
        assert_eq!(cut(Some("b"), 2, &["c", "a", "b"]), ("c".to_owned(), None));
        assert_eq!(cut(Some("b"), 2, &["a", "c", "d", "e"]), ("cd".to_owned(), some("d")));
        assert_eq!(cut(None, 3, &["a", "b", "c"]), ("abc".to_owned(), None));
        assert_eq!(cut(None, 0, &["a", "b"]), ("a".to_owned(), some("a")));
    }
}
