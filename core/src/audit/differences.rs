//! What a change changed, as the audit tells it: each field with what it was and what it is, so that whoever
//! points an address elsewhere for an hour has left both addresses in the chain.
//!
//! Values stand in JSON, so that none of them can look like another field. What is secret is named only.

use serde::Serialize;
use serde_json::Value;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// A field with one value.
    pub(crate) fn value<T: Serialize + PartialEq>(&mut self, name: &str, before: &T, after: &T) {
        if before != after {
            self.0.push(format!("{name}: {} -> {}", json(before), json(after)));
        }
    }

    /// A field with several values, of which it tells those that went and those that came; a new order alone
    /// is told by the whole.
    pub(crate) fn list<T: Serialize + PartialEq>(&mut self, name: &str, before: &[T], after: &[T]) {
        let gone = before.iter().filter(|one| !after.contains(one)).map(|one| format!("-{}", json(one)));
        let come = after.iter().filter(|one| !before.contains(one)).map(|one| format!("+{}", json(one)));
        let told: Vec<String> = gone.chain(come).collect();
        if !told.is_empty() {
            self.0.push(format!("{name}: {}", told.join(" ")));
        } else if before != after {
            self.0.push(format!("{name}: {}", json(&after)));
        }
    }

    /// A field whose values are nobody's business, or too large to be told.
    pub(crate) fn named(&mut self, name: &str, differs: bool) {
        if differs {
            self.0.push(name.to_owned());
        }
    }

    /// All of it; none when nothing differs.
    pub(crate) fn told(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("; "))
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap_or(Value::Null).to_string()
}

#[cfg(test)]
mod tests {
    use super::Differences;

    #[test]
    fn both_sides_of_every_field_are_told_and_none_looks_like_another() {
        let mut differences = Differences::default();
        differences.value("name", &"Shop", &"Shop; accent: 1 -> 2");
        differences.value("same", &1, &1);
        differences.value("accent", &None, &Some("#123456"));
        differences.list("origins", &["https://a", "https://b"], &["https://b", "https://c"]);
        differences.list("providers", &["mini", "chat"], &["chat", "mini"]);
        differences.named("secret", true);
        differences.named("logo", false);
        assert_eq!(
            differences.told().unwrap(),
            "name: \"Shop\" -> \"Shop; accent: 1 -> 2\"; accent: null -> \"#123456\"; origins: -\"https://a\" \
             +\"https://c\"; providers: [\"chat\",\"mini\"]; secret"
        );
        assert_eq!(Differences::default().told(), None);
    }
}
