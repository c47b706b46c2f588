//! A friendly name and a drawn picture for whoever has none: WeChat tells a mini-program neither.
//!
//! Made of a hash of what a website calls the User (`sub`) alone: always the same there, nothing of the vendor's in
//! it, and for a website with ids of its own nothing that another one could know them by. The language is that of
//! the page of the first Login, so that nobody is renamed by a visit.

use sha2::{Digest as _, Sha256};

const ZH: [[&str; 16]; 2] = [
    [
        "晴空", "春风", "青柠", "月光", "星河", "竹林", "海风", "晨露", "秋叶", "初雪", "云朵", "麦田",
        "山泉", "橘子", "薄荷", "灯塔",
    ],
    [
        "松鼠", "海豚", "小鹿", "刺猬", "企鹅", "水獭", "喜鹊", "白鹭", "熊猫", "考拉", "海星", "蜻蜓",
        "雨燕", "羚羊", "云雀", "河狸",
    ],
];
const EN: [[&str; 16]; 2] = [
    [
        "Sunny", "Gentle", "Bright", "Calm", "Merry", "Kind", "Quiet", "Swift", "Cosy", "Lucky", "Brave",
        "Clever", "Mellow", "Golden", "Misty", "Silver",
    ],
    [
        "Squirrel",
        "Dolphin",
        "Fawn",
        "Hedgehog",
        "Penguin",
        "Otter",
        "Magpie",
        "Heron",
        "Panda",
        "Koala",
        "Starfish",
        "Dragonfly",
        "Swallow",
        "Gazelle",
        "Lark",
        "Beaver",
    ],
];
/// Without vowels, so that no word comes of them, and without what looks alike.
const ENDING: &[u8; 24] = b"23456789cfhjkmnpqrtvwxyz";
const TILE_PREFIX: &str = "tile_";
const TILE_BYTES: usize = 16;

/// What a User without a name or a picture is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// A kind name.
    pub name: String,
    /// What is drawn.
    pub tile: Tile,
}

impl StandIn {
    /// The one of whoever is called this, in the language of this BCP 47 tag.
    pub fn of(sub: &str, locale: Option<&str>) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update(b"stand-in\0").chain_update(sub).finalize().into();
        let (named, drawn) = hash.split_at(TILE_BYTES);
        let is_english = locale.is_some_and(|tag| tag.to_ascii_lowercase().starts_with("en"));
        let mut bytes = named.iter().copied();
        let mut word = |list: &[&'static str; 16]| pick(list, bytes.next()).unwrap_or_default();
        let name = if is_english {
            format!("{} {}", word(&EN[0]), word(&EN[1]))
        } else {
            format!("{}{}", word(&ZH[0]), word(&ZH[1]))
        };
        let ending: String =
            bytes.take(4).filter_map(|byte| pick(ENDING, Some(byte))).map(char::from).collect();
        let mut tile = [0; TILE_BYTES];
        tile.iter_mut().zip(drawn).for_each(|(to, from)| *to = *from);
        Self { name: format!("{name} {ending}"), tile: Tile(tile) }
    }
}

fn pick<T: Copy>(list: &[T], byte: Option<u8>) -> Option<T> {
    list.get(usize::from(byte?) % list.len()).copied()
}

/// What a drawn picture is drawn from; its text is its address and says nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile([u8; TILE_BYTES]);

impl Tile {
    /// The bytes it is drawn from.
    pub const fn bytes(&self) -> &[u8; TILE_BYTES] {
        &self.0
    }
}

impl std::fmt::Display for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(TILE_PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text names no drawn picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a drawn picture")]
pub struct InvalidTile;

impl std::str::FromStr for Tile {
    type Err = InvalidTile;

    fn from_str(text: &str) -> Result<Self, InvalidTile> {
        let digits = text.strip_prefix(TILE_PREFIX).ok_or(InvalidTile)?;
        // One address for one tile: no capitals, and no sign as the number parser would take it.
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_plain || digits.len() != 2 * TILE_BYTES {
            return Err(InvalidTile);
        }
        u128::from_str_radix(digits, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| InvalidTile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::id::UserId;
    use std::collections::BTreeSet;

    fn user(seed: u64) -> UserId {
        UserId::generate(&SeededEntropy::new(seed))
    }

    #[test]
    fn a_user_always_gets_the_same_one_and_others_get_others() {
        assert_eq!(StandIn::of(user(1).as_str(), None), StandIn::of(user(1).as_str(), Some("zh-CN")));
        let all: Vec<_> = (0..500).map(|seed| StandIn::of(user(seed).as_str(), None)).collect();
        assert_eq!(all.iter().map(|one| &one.name).collect::<BTreeSet<_>>().len(), 500);
        assert_eq!(all.iter().map(|one| one.tile.to_string()).collect::<BTreeSet<_>>().len(), 500);
    }

    #[test]
    fn the_language_chooses_the_words_and_not_the_ending() {
        let [zh, en] = [None, Some("en-GB")].map(|locale| StandIn::of(user(7).as_str(), locale));
        assert!(zh.name.chars().next().is_some_and(|c| !c.is_ascii()));
        assert!(en.name.is_ascii() && en.name.split(' ').count() == 3);
        assert_eq!(zh.name.rsplit(' ').next(), en.name.rsplit(' ').next());
        assert_eq!(zh.tile, en.tile);
        assert_eq!(crate::user::clean_name(&zh.name), Some(zh.name));
    }

    #[test]
    fn nothing_of_the_users_id_is_in_it() {
        let user = user(3);
        let made = StandIn::of(user.as_str(), Some("en"));
        let random = user.as_str().strip_prefix(UserId::PREFIX).unwrap();
        let shown = format!("{} {}", made.name, made.tile);
        assert!((0..random.len() - 5).all(|at| !shown.contains(&random[at..at + 5])), "{shown}");
    }

    #[test]
    fn a_tiles_address_is_read_back_and_other_text_is_none() {
        let tile = StandIn::of(user(1).as_str(), None).tile;
        assert_eq!(tile.to_string().parse(), Ok(tile));
        let zeros = "0".repeat(31);
        for bad in ["", "tile_", "tile_00", &format!("tile_+{zeros}"), &format!("tile_A{zeros}"), &zeros] {
            assert_eq!(bad.parse::<Tile>(), Err(InvalidTile), "{bad}");
        }
    }
}
