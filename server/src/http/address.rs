//! Whose request it is: the peer's address, or what trusted proxies say of it (NET-02).
//!
//! `X-Forwarded-For` is read from the right, past every hop inside `trusted_proxies`; a header
//! from anyone else is ignored, so nobody chooses the address that the phone will show.

use super::public_state::PublicSettings;
use poem::Request;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The requester's address.
pub(crate) fn client_address(request: &Request, settings: &PublicSettings) -> IpAddr {
    let peer = request
        .remote_addr()
        .as_socket_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), std::net::SocketAddr::ip);
    let forwarded = request.headers().get_all("x-forwarded-for");
    let hops: Vec<&str> =
        forwarded.iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')).collect();
    past_trusted(canonical(peer), &hops, settings)
}

fn past_trusted(peer: IpAddr, hops: &[&str], settings: &PublicSettings) -> IpAddr {
    let mut address = peer;
    for hop in hops.iter().rev() {
        if !settings.trusted_proxies.iter().any(|range| range.contains(&address)) {
            break;
        }
        // A trusted proxy that writes rubbish is not believed further than itself.
        let Some(next) = parse_hop(hop) else { break };
        address = next;
    }
    address
}

fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse::<IpAddr>().ok();
    address.or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|a| a.ip())).map(canonical)
}

/// `::ffff:1.2.3.4` is `1.2.3.4`: one person is one address.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What limits count by: an IPv4 address, or the /64 that one IPv6 subscriber has to choose from.
pub(crate) fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_subscriber_is_one_bucket() {
        assert_eq!(bucket(ip("2001:db8:1:2::1")), bucket(ip("2001:db8:1:2:ffff::9")));
        assert_ne!(bucket(ip("2001:db8:1:2::1")), bucket(ip("2001:db8:1:3::1")));
        assert_eq!(bucket(ip("8.8.8.8")), ip("8.8.8.8"));
    }

    fn settings(ranges: &[&str]) -> PublicSettings {
        PublicSettings {
            public_url: "http://127.0.0.1:8080".into(),
            trusted_proxies: ranges.iter().map(|r| r.parse().unwrap()).collect(),
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn net_02_a_stranger_cannot_choose_its_address() {
        let none = settings(&[]);
        assert_eq!(past_trusted(ip("9.9.9.9"), &["1.1.1.1"], &none), ip("9.9.9.9"));
        let proxy = settings(&["10.0.0.0/8"]);
        assert_eq!(past_trusted(ip("9.9.9.9"), &["1.1.1.1"], &proxy), ip("9.9.9.9"));
        // The leftmost entry is what the stranger wrote; the proxy appended the true one.
        assert_eq!(past_trusted(ip("10.0.0.1"), &["1.1.1.1", " 9.9.9.9"], &proxy), ip("9.9.9.9"));
    }

    #[test]
    fn net_02_chains_of_trusted_proxies_are_followed() {
        let proxy = settings(&["10.0.0.0/8", "fd00::/8"]);
        assert_eq!(
            past_trusted(ip("10.0.0.1"), &["8.8.8.8", "[fd00::1]", "10.2.3.4"], &proxy),
            ip("8.8.8.8")
        );
        assert_eq!(past_trusted(ip("10.0.0.1"), &["::ffff:8.8.8.8"], &proxy), ip("8.8.8.8"));
        assert_eq!(past_trusted(ip("10.0.0.1"), &["8.8.8.8:4711"], &proxy), ip("8.8.8.8"));
        assert_eq!(past_trusted(ip("10.0.0.1"), &["8.8.8.8", "rubbish"], &proxy), ip("10.0.0.1"));
    }
}
