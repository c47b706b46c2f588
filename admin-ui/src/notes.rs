//! What is wrong with a form, by field; pages have the words, the message is for what has none.

use saoma_core::FieldProblem;
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The word, for the page's own sentence.
    pub code: &'static str,
    /// A sentence in English.
    pub message: String,
    /// A sentence in Chinese, of what has one of its own.
    pub chinese: Option<String>,
    /// Which line of several, counted from one.
    pub line: Option<usize>,
}

/// Notes by field.
pub type Notes = BTreeMap<String, Vec<Note>>;

/// Puts problems beside their fields: `/origins/1` to line 2 of `origins`, `/config/appid` to `appid`.
pub fn notes(problems: Vec<FieldProblem>) -> Notes {
    let mut by_field = Notes::new();
    for problem in problems {
        let groups = ["/config", "/openid"].into_iter();
        let mut within = groups.filter_map(|group| problem.pointer.strip_prefix(group));
        let inside = within.find(|rest| rest.starts_with('/'));
        let mut steps = inside.unwrap_or(&problem.pointer).split('/').skip(1);
        let field = steps.next().unwrap_or_default().to_owned();
        let line = steps.next().and_then(|step| step.parse::<usize>().ok()).map(|index| index + 1);
        let note = Note { code: problem.code, message: problem.message, chinese: problem.chinese, line };
        by_field.entry(field).or_default().push(note);
    }
    by_field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_beside_their_fields() {
        let problem = |pointer: &str| FieldProblem::new(pointer, "code", "message");
        let placed = notes(
            ["/name", "/origins/1", "/config/appid", "/config", "/openid/uris/0"].map(problem).to_vec(),
        );
        let lines: Vec<_> = placed.iter().map(|(field, notes)| (field.as_str(), notes[0].line)).collect();
        assert_eq!(
            lines,
            [("appid", None), ("config", None), ("name", None), ("origins", Some(2)), ("uris", Some(1))]
        );
    }
}
