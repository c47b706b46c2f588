//! Values that must be found nowhere else: planted, and searched for in logs and dumps.

/// What must not be found, and what it is.
#[derive(Default)]
pub struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    /// Plants one; too short a value would be found by chance.
    pub fn add(&mut self, what: &'static str, value: &str) {
        assert!(value.len() >= 8, "{what} is too short to be searched for: {value}");
        self.0.push((what, value.to_owned()));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Fails when a line of this text holds one.
    pub fn in_no_line_of(&self, text: &str, place: &str) {
        for (what, canary) in &self.0 {
            let line = text.lines().find(|line| line.contains(canary.as_str()));
            assert_eq!(line, None, "a {what} stands in the {place}");
        }
    }
}
