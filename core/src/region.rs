//! Where in the world an address is, roughly enough for a person to recognise it: the country or territory.
//!
//! Owns what a region is and what it is called. Which address is where is somebody else's knowledge
//! (`Regions`); where that knows nothing the answer is "unknown", and the phone says so instead of guessing.

mod names;

use crate::provider::LocalText;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::net::IpAddr;

/// A country or territory of ISO 3166-1; written as its code of two letters, e.g. `CN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    code: &'static str,
    name: LocalText,
}

impl Region {
    /// The region of this code, in capitals; none for what is no country or territory, e.g. `EU` or `ZZ`.
    pub fn of_code(code: &str) -> Option<Self> {
        let at = names::ALL.binary_search_by_key(&code, |region| region.code).ok()?;
        names::ALL.get(at).copied()
    }

    /// Its code (ISO 3166-1 alpha-2).
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// What people call it.
    pub const fn name(self) -> LocalText {
        self.name
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::of_code(&code).ok_or_else(|| D::Error::custom("no country or territory has this code"))
    }
}

/// Tells regions of addresses.
pub trait Regions: Send + Sync {
    /// Where this address is; none when that is not known.
    fn region(&self, address: IpAddr) -> Option<Region>;
}

/// Knows no region at all.
#[derive(Debug, Default, Clone, Copy)]
pub struct UnknownRegions;

impl Regions for UnknownRegions {
    fn region(&self, _address: IpAddr) -> Option<Region> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Region, names};

    #[test]
    fn every_region_is_found_by_its_code_and_called_something() {
        for region in names::ALL {
            assert_eq!(Region::of_code(region.code()), Some(region));
            assert!(!region.name().en.is_empty() && !region.name().zh.is_empty(), "{region:?}");
            let written = serde_json::to_string(&region).unwrap();
            assert_eq!(written, format!("\"{}\"", region.code()));
            assert_eq!(serde_json::from_str::<Region>(&written).unwrap(), region);
        }
    }

    #[test]
    fn what_is_no_country_or_territory_has_no_name() {
        for code in ["EU", "AP", "ZZ", "cn", "", "CHN", "中"] {
            assert_eq!(Region::of_code(code), None, "{code}");
        }
        assert!(serde_json::from_str::<Region>("\"浙江\"").is_err());
    }

    #[test]
    fn names_are_in_both_languages() {
        let name = Region::of_code("CN").unwrap().name();
        assert_eq!((name.en, name.zh), ("China", "中国"));
    }
}
