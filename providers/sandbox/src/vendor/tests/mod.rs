//! The vendor's calls over real sockets: every refusal, the wire's quirks, faults, the journal.

mod account;
mod code_image;
mod faults;
mod link;
mod quota;
mod session;
mod sns;
mod token;

/// Cuts the request id off and checks its shape and its time.
fn without_rid<'a>(errmsg: &'a str, separator: &str) -> &'a str {
    let (text, rid) = errmsg.rsplit_once(separator).unwrap();
    let groups: Vec<&str> = rid.split('-').collect();
    assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 8), "{errmsg}");
    let time = i64::from_str_radix(groups[0], 16).unwrap();
    let now = crate::clock::Clock::default().now().unix_seconds();
    assert!((now - 60..=now + 60).contains(&time), "{errmsg}");
    text
}
