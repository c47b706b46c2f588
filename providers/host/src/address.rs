//! Which IP addresses a vendor's name may stand for (NET-01).
//!
//! Refuses everything that is not plainly a public host: IPv4 by a list of the special blocks,
//! IPv6 by the one block that is handed out, less its special parts.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// The IANA special-purpose registry for IPv4, and one cloud's metadata host outside of it.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),        // this network
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // carrier-grade NAT, and a metadata service
    v4(127, 0, 0, 0, 8),      // loopback
    v4(169, 254, 0, 0, 16),   // link-local, and most metadata services
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments, and a metadata service
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 88, 99, 0, 24),   // 6to4 relays, retired
    v4(192, 168, 0, 0, 16),   // private
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, and broadcast
    v4(168, 63, 129, 16, 32), // a cloud's host agent behind a public address
];

/// What is handed out to hosts. Mapped, NAT64, unique-local, link-local and multicast lie outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

const SPECIAL_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocol assignments, Teredo among them
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4 carries any IPv4 address inside
    v6(0x3fff, 0, 20),     // documentation
];

/// Decides about addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressPolicy {
    allow: Vec<IpNet>,
}

impl AddressPolicy {
    /// Public addresses, and these ranges.
    pub(crate) const fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// Whether an address may be connected to.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allow.iter().any(|net| net.contains(&address))
    }

    /// Whether an address may be connected to for this name: `localhost` means loopback, always.
    pub(crate) fn permits_for(&self, name: &str, address: IpAddr) -> bool {
        if name == "localhost" { address.is_loopback() } else { self.permits(address) }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => GLOBAL_V6.contains(&v6) && !SPECIAL_V6.iter().any(|net| net.contains(&v6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: &AddressPolicy, text: &str) -> bool {
        policy.permits(text.parse().unwrap())
    }

    #[test]
    fn net_01_refuses_every_special_block() {
        let inside = "0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.9 169.254.169.254 \
            172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.7 192.88.99.1 192.168.1.1 198.19.0.1 198.51.100.1 \
            203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16 :: ::1 ::ffff:127.0.0.1 \
            ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1 fc00::1 fd00:ec2::254 fe80::1 \
            fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1";
        for address in inside.split_whitespace() {
            assert!(!permits(&AddressPolicy::default(), address), "{address}");
        }
    }

    #[test]
    fn net_01_lets_public_hosts_pass() {
        for address in "1.1.1.1 101.226.103.10 172.32.0.1 192.0.1.1 2402:4e00::1 2606:4700::1111".split(' ') {
            assert!(permits(&AddressPolicy::default(), address), "{address}");
        }
    }

    #[test]
    fn net_01_allow_list_opens_its_range_only() {
        let policy = AddressPolicy::new(vec!["10.1.2.0/24".parse().unwrap()]);
        assert!(permits(&policy, "10.1.2.9"));
        assert!(!permits(&policy, "10.1.3.9"));
        assert!(!permits(&policy, "::ffff:10.1.2.9"));
    }

    #[test]
    fn net_01_localhost_is_loopback_and_nothing_else_is() {
        let policy = AddressPolicy::default();
        assert!(policy.permits_for("localhost", "127.0.0.1".parse().unwrap()));
        assert!(policy.permits_for("localhost", "::1".parse().unwrap()));
        assert!(!policy.permits_for("localhost", "1.1.1.1".parse().unwrap()));
        assert!(!policy.permits_for("vendor.test", "127.0.0.1".parse().unwrap()));
    }
}
