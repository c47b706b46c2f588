//! What every list has: the parts of its filter as chips.

use serde::Serialize;

/// A part of the filter that holds, and the list without it.
#[derive(Debug, Clone, Serialize)]
pub struct Chip {
    /// Which part.
    pub field: &'static str,
    /// What it says: a word, or a name.
    pub value: String,
    /// The address of the list without it.
    pub without: String,
}
