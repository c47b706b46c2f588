//! A page that only says something: what went wrong outside any form, and what to do next.

use crate::View;
use serde::Serialize;

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// No such page, or not for this role.
    NotFound,
    /// The role may not do this.
    Forbidden,
    /// The enrolment link is not valid any more.
    NoLink,
    /// A secret that was shown for a while.
    NoLonger,
    /// The address takes forms, and somebody wants to look at it.
    NoPage,
    /// The form came from somewhere else, or the session ended in between.
    StaleForm,
    /// The database cannot be asked; nothing was changed.
    Unavailable,
    /// We made a mistake.
    Internal,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// What is said.
    pub kind: NoticeKind,
    /// The stable code beside it.
    pub code: String,
}

impl View for Notice {
    const NAME: &'static str = "notice";

    fn samples() -> Vec<Self> {
        let kinds = [
            NoticeKind::NotFound,
            NoticeKind::Forbidden,
            NoticeKind::NoLink,
            NoticeKind::NoLonger,
            NoticeKind::NoPage,
            NoticeKind::StaleForm,
            NoticeKind::Unavailable,
            NoticeKind::Internal,
        ];
        kinds.map(|kind| Self { kind, code: "not_found".to_owned() }).into()
    }
}
