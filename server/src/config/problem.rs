//! What is wrong with a configuration: stable code, place, sentence. Values are never repeated.

use std::str::FromStr;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigProblem {
    /// Where, as a JSON pointer into the merged configuration.
    pub pointer: String,
    /// What, as a word that never changes.
    pub code: &'static str,
    /// What, and what to do, as a sentence.
    pub message: String,
}

impl ConfigProblem {
    /// A problem.
    pub fn new(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }
}

/// Everything wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFailure(pub Vec<ConfigProblem>);

impl ConfigFailure {
    /// A failure with one problem.
    pub fn one(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![ConfigProblem::new(code, pointer, message)])
    }

    /// Everything that several steps found; of one place only what the first step says, as the
    /// later ones stumble over the same.
    pub(super) fn of_steps(steps: [Vec<ConfigProblem>; 3]) -> Self {
        let mut found: Vec<ConfigProblem> = Vec::new();
        for step in steps {
            let new = |problem: &ConfigProblem| !found.iter().any(|known| known.pointer == problem.pointer);
            let new: Vec<_> = step.into_iter().filter(new).collect();
            found.extend(new);
        }
        found.sort();
        Self(found)
    }
}

impl std::fmt::Display for ConfigFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "the configuration has {} problem(s); nothing was changed:", self.0.len())?;
        for problem in &self.0 {
            let place = if problem.pointer.is_empty() { "/" } else { &problem.pointer };
            writeln!(f, "  {place}: {} [{}]", problem.message, problem.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFailure {}

/// Collects problems while the rest goes on.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<ConfigProblem>);

impl Problems {
    pub(super) fn add(&mut self, code: &'static str, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(ConfigProblem::new(code, pointer, message));
    }

    /// The value, or a problem and the stand-in.
    pub(super) fn parse<T: FromStr>(&mut self, text: &str, pointer: &str, what: &str) -> Option<T> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.add("config_invalid", pointer, format!("is not {what}"));
        }
        parsed
    }

    pub(super) fn parse_list<T: FromStr>(&mut self, texts: &[String], pointer: &str, what: &str) -> Vec<T> {
        let places = texts.iter().enumerate();
        places.filter_map(|(index, text)| self.parse(text, &format!("{pointer}/{index}"), what)).collect()
    }
}
