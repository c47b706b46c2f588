//! Texts that come in pairs and settings that must stay empty: locales, the mini-program.

use super::{assert_none, files, text};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

fn keys(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| keys(inner, &format!("{at}/{name}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, inner)| keys(inner, &format!("{at}/{index}"), found));
        }
        Value::String(text) if !text.trim().is_empty() => {
            found.insert(at.to_owned());
        }
        other => panic!("{at} is {other}: a locale holds texts"),
    }
}

fn locales() -> impl Iterator<Item = PathBuf> {
    files("server").into_iter().filter(|path| path.parent().unwrap().ends_with("locales"))
}

/// JSON in which every name comes once: of two, a reader takes the last, and somebody else's text is gone.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<Self>()?;
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("{twice} comes twice")));
            }
        }
        Ok(self)
    }
}

#[test]
fn no_text_has_the_name_of_another() {
    for path in locales() {
        serde_json::from_str::<Once>(&text(path.to_str().unwrap()))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    assert!(serde_json::from_str::<Once>(r#"{"a": {"b": "x", "b": "y"}}"#).is_err());
}

#[test]
fn both_languages_have_the_same_texts() {
    let mut by_folder: BTreeMap<PathBuf, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for path in locales() {
        let value: Value = serde_json::from_str(&text(path.to_str().unwrap())).unwrap();
        let mut found = BTreeSet::new();
        keys(&value, "", &mut found);
        let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
        by_folder.entry(path.parent().unwrap().to_owned()).or_default().insert(language, found);
    }
    assert!(by_folder.len() >= 2, "{:?}", by_folder.keys());
    let mut flaws = Vec::new();
    for (folder, languages) in &by_folder {
        let folder = folder.display();
        assert_eq!(languages.keys().collect::<Vec<_>>(), ["en", "zh-CN"], "{folder}");
        let (english, chinese) = (&languages["en"], &languages["zh-CN"]);
        flaws.extend(
            english
                .symmetric_difference(chinese)
                .map(|key| format!("{folder}: {key} is in one language only")),
        );
    }
    assert_none(&flaws);
}

/// Whoever publishes the page fills in two settings; what is committed names nobody.
#[test]
fn the_mini_program_is_nobodys() {
    let config = text("providers/mini-program/config.js");
    for setting in ["appid", "server"] {
        assert!(config.contains(&format!("{setting}: \"\"")), "{setting} must be empty");
    }
    let settings =
        config.lines().filter(|line| line.starts_with("  ") && line.contains(": ") && !line.contains("//"));
    assert_eq!(settings.count(), 2, "appid and server are its only settings");
    let project: Value = serde_json::from_str(&text("providers/mini-program/project.config.json")).unwrap();
    assert_eq!(project["appid"], "");
    assert_eq!(project["setting"]["urlCheck"], true, "the request domain must be checked");
    let app: Value = serde_json::from_str(&text("providers/mini-program/app.json")).unwrap();
    for page in app["pages"].as_array().unwrap() {
        for end in ["js", "json", "wxml", "wxss"] {
            text(&format!("providers/mini-program/{}.{end}", page.as_str().unwrap()));
        }
    }
    // The page that codes open unless the configuration names another.
    assert_eq!(app["pages"][0], "pages/login/index");
    assert!(text("providers/src/wechat/mini_program/schema.rs").contains("\"pages/login/index\""));
}
