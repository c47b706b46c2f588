//! Where addresses are, as the five registries say that gave them out: their statistics are inside the binary.
//!
//! Nothing is asked or fetched while it runs. A registry knows where the holder of an address is registered,
//! which is not always where the browser is; what it does not say is unknown. Addresses of no country
//! (private, reserved, of the European Union as a whole) have no region.

use saoma_core::region::{Region, Regions};
use std::net::IpAddr;

/// See the module.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct RegisteredRegions;

impl Regions for RegisteredRegions {
    fn region(&self, address: IpAddr) -> Option<Region> {
        iptocc::country_code(address.to_canonical()).and_then(Region::of_code)
    }
}

#[cfg(test)]
mod tests {
    use super::RegisteredRegions;
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};
    use saoma_core::region::Regions as _;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    fn code(address: &str) -> &'static str {
        RegisteredRegions.region(address.parse().unwrap()).map_or("", |region| region.code())
    }

    /// Old allocations of each registry, whose holders have not moved for many years.
    #[test]
    fn addresses_of_all_five_registries_are_known() {
        for (address, expected) in [
            ("202.120.2.1", "CN"),
            ("2001:da8::1", "CN"),
            ("240e::1", "CN"),
            ("133.11.0.1", "JP"),
            ("2001:200::1", "JP"),
            ("8.8.8.8", "US"),
            ("2001:4860:4860::8888", "US"),
            ("193.0.6.139", "NL"),
            ("217.0.0.1", "DE"),
            ("2001:67c:18::1", "NL"),
            ("200.160.0.1", "BR"),
            ("2001:1280::1", "BR"),
            ("41.0.0.1", "ZA"),
            ("2001:4200::1", "ZA"),
            ("::ffff:133.11.0.1", "JP"),
        ] {
            assert_eq!(code(address), expected, "{address}");
        }
    }

    #[test]
    fn addresses_of_no_country_are_unknown() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert_eq!(code(address), "", "{address}");
        }
    }

    /// Both ends of every /16, and addresses at random: each answers, and in most of the assigned space with a region.
    #[test]
    fn every_address_has_an_answer() {
        let known = |address: IpAddr| RegisteredRegions.region(address).is_some();
        let ends = (0..=u16::MAX).flat_map(|high| [u32::from(high) << 16, u32::from(high) << 16 | 0xffff]);
        let found = ends.map(|bits| known(Ipv4Addr::from_bits(bits).into())).filter(|&known| known).count();
        assert!(found > 100_000, "{found} of 131072");
        let mut chance = StdRng::seed_from_u64(7);
        let global = |bits: u128| 0x2000 << 112 | bits >> 3;
        let mut found = 0;
        for _ in 0..200_000 {
            let bits = chance.random::<u128>();
            for bits in [bits, global(bits), global(bits & 0xfff << 116)] {
                found += usize::from(known(Ipv6Addr::from_bits(bits).into()));
            }
            known(Ipv4Addr::from_bits(chance.random()).into());
        }
        assert!(found > 1000, "{found}");
    }
}
