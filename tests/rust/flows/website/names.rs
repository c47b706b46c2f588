//! What WeChat tells of a person's name, odd bytes and all, and what the website is told of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::phone::Phone;
use saoma_tests::visitor::Visitor;
use saoma_tests::website::log_in;
use serde_json::json;

/// What stands in WeChat's answer between the quotes, and what is left of it; none for a stand-in.
fn cases() -> Vec<(Vec<u8>, Option<String>)> {
    let mut cases: Vec<(Vec<u8>, Option<String>)> = Vec::new();
    let mut case = |raw: &[u8], name: Option<&str>| cases.push((raw.to_vec(), name.map(str::to_owned)));
    case("安安".as_bytes(), Some("安安"));
    // Control bytes, which JSON does not allow, and those that are written as JSON wants them.
    case(b"\x14Zo\x07e\x08\n", Some("Zo e"));
    case(br"Zo\u0000e\u0007\u001b[31m", Some("Zo e [31m"));
    // Bytes that are no UTF-8: a broken one, half an emoji, an old encoding.
    case(b"Zo\xffe", Some("Zo\u{fffd}e"));
    case(b"Zoe \xf0\x9f\x98", Some("Zoe \u{fffd}"));
    case(b"\xc5\xed\xd3\xd1", Some("\u{fffd}\u{fffd}\u{fffd}\u{fffd}"));
    // The private emoji of old telephones.
    case("zzz\u{e13c}\u{f8ff}".as_bytes(), Some("zzz"));
    case("\u{e13c}".as_bytes(), None);
    // Turned round, and widths of nothing.
    case("abc\u{202e}cba\u{202c}\u{2066}\u{2069}".as_bytes(), Some("abccba"));
    case("a\u{200b}b\u{feff}c\u{00ad}d\u{2060}".as_bytes(), Some("abcd"));
    case(br"a\u202eb\u200b", Some("ab"));
    // Emoji that are joined stay joined; their lonely joiners are nothing.
    case("👩‍👩‍👧 ❤️".as_bytes(), Some("👩‍👩‍👧 ❤️"));
    case("\u{200d}\u{200b}\u{fe0f}".as_bytes(), None);
    case(br"\ud83d\ude00", Some("😀"));
    // One letter under a tower of marks is no letter anybody can read.
    case(format!("Zoe{}", "\u{301}".repeat(5000)).as_bytes(), Some("Zo"));
    case(format!("e{}", "\u{489}".repeat(20_000)).as_bytes(), None);
    case("e\u{301}".as_bytes(), Some("é"));
    // Slashes as WeChat writes them, quotes, and what a page might take for a tag.
    case(br"a\/b\\c\u0022d", Some("a/b\\c\"d"));
    case(br"<script>alert(1)<\/script>&amp;", Some("<script>alert(1)</script>&amp;"));
    // What WeChat gives for everybody who gave nothing.
    case("微信用户".as_bytes(), None);
    case(" 微信用户\u{200b} ".as_bytes(), None);
    case(b"", None);
    case(b"   ", None);
    case("\u{3000}安\u{3000}\u{3000}安\u{a0}".as_bytes(), Some("安 安"));
    // Half a pair of surrogates: no JSON, so there is no name; the person logs in all the same.
    case(br"Zo\ud83d", None);
    case("长".repeat(33).as_bytes(), Some(&"长".repeat(32)));
    cases
}

async fn becomes(visitor: &Visitor, person: &str, raw: &[u8]) {
    let raw = STANDARD.encode(raw);
    Phone::of(visitor, person).becomes(&json!({"nickname_raw_base64": raw, "has_avatar": false})).await;
}

every_database! {
    /// Each odd name, as somebody's first and as the next one of somebody known.
    async fn odd_names_are_shown_as_far_as_they_can_be(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (number, (raw, name)) in cases().iter().enumerate() {
            let person = format!("person-{number}");
            becomes(&visitor, &person, raw).await;
            let shown = String::from_utf8_lossy(&raw[..raw.len().min(40)]).into_owned();
            let first = log_in(&visitor, &person).await;
            assert_eq!(first.json["name_is_stand_in"], name.is_none(), "{shown:?}: {:?}", first.text("name"));
            if let Some(name) = name {
                assert_eq!(first.text("name"), name, "{shown:?}");
            } else {
                assert!(!first.text("name").is_empty(), "{shown:?}");
            }
        }
        house.close().await;
    }

    /// A person who is called otherwise at WeChat is called so here; a name that says nothing takes none away.
    async fn a_name_follows_its_change(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        becomes(&visitor, "ann", "安安".as_bytes()).await;
        let user = log_in(&visitor, "ann").await;
        assert_eq!(user.text("name"), "安安");
        becomes(&visitor, "ann", b"Ann\x14").await;
        assert_eq!(log_in(&visitor, "ann").await.text("name"), "Ann");
        for nothing in ["微信用户", "", "\u{200b}"] {
            becomes(&visitor, "ann", nothing.as_bytes()).await;
            let info = log_in(&visitor, "ann").await;
            assert_eq!((info.text("name"), info.text("sub")), ("Ann", user.text("sub")), "{nothing:?}");
        }
        house.close().await;
    }
}
