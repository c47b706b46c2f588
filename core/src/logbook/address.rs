//! Addresses in a form that sorts, and blocks of them as ranges of it.
//!
//! IPv4 is kept as the IPv6 address that stands for it, so one text column holds both.

use std::net::{IpAddr, Ipv6Addr};

/// The address as 32 hexadecimal digits.
pub fn address_key(address: IpAddr) -> String {
    format!("{:032x}", bits(address))
}

fn bits(address: IpAddr) -> u128 {
    let whole = match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    u128::from(whole)
}

/// One address, or all that begin alike (CIDR).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressBlock {
    text: String,
    low: u128,
    high: u128,
}

/// The text is neither an address nor a block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an address, or a block such as 192.0.2.0/24")]
pub struct InvalidBlock;

impl AddressBlock {
    /// Its first and its last address, in the form of `address_key`.
    pub fn keys(&self) -> (String, String) {
        (format!("{:032x}", self.low), format!("{:032x}", self.high))
    }

    /// Whether it is a single address.
    pub const fn is_single(&self) -> bool {
        self.low == self.high
    }

    /// Whether this address is in it.
    pub fn has(&self, address: IpAddr) -> bool {
        (self.low..=self.high).contains(&bits(address))
    }
}

impl std::fmt::Display for AddressBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for AddressBlock {
    type Err = InvalidBlock;

    /// Digits behind the prefix do not count: 192.0.2.7/24 is 192.0.2.0/24.
    fn from_str(text: &str) -> Result<Self, InvalidBlock> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| InvalidBlock)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length: u32 = length.map_or(Ok(most), str::parse).map_err(|_| InvalidBlock)?;
        let free = most.checked_sub(length).ok_or(InvalidBlock)?;
        let rest = u128::MAX.checked_shr(128 - free).unwrap_or(0);
        let low = bits(address) & !rest;
        let base = Ipv6Addr::from(low).to_canonical();
        // `::/64` would become 0.0.0.0 otherwise; only what was written as IPv4 is shown so.
        let base = if address.is_ipv4() { base } else { IpAddr::V6(Ipv6Addr::from(low)) };
        let text = if free == 0 { base.to_string() } else { format!("{base}/{length}") };
        Ok(Self { text, low, high: low | rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> AddressBlock {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_holds_what_begins_alike() {
        for (text, shown, inside, outside) in [
            ("192.0.2.7/24", "192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::1/32", "2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "::/0", "10.0.0.1", "none"),
        ] {
            let block = block(text);
            assert_eq!(block.to_string(), shown);
            assert!(block.has(inside.parse().unwrap()), "{text} {inside}");
            assert!(outside.parse().is_ok_and(|address| !block.has(address)) || outside == "none", "{text}");
        }
        assert!(block("10.0.0.1").is_single() && !block("10.0.0.0/31").is_single());
    }

    #[test]
    fn keys_sort_as_addresses_do() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("192.0.2.1"), "00000000000000000000ffffc0000201");
        assert!(key("9.0.0.0") < key("10.0.0.0") && key("10.0.0.0") < key("2001:db8::"));
        assert_eq!(block("192.0.2.0/24").keys().0, key("192.0.2.0"));
        assert_eq!(block("192.0.2.0/24").keys().1, key("192.0.2.255"));
    }

    #[test]
    fn other_text_is_no_block() {
        for text in ["", "x", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "::/129", "192.0.2.0/", "/24"] {
            assert_eq!(text.parse::<AddressBlock>(), Err(InvalidBlock), "{text}");
        }
    }
}
