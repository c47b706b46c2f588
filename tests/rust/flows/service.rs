//! Logins by a service account, each way of confirming, from the push to the website's user.

mod asked;
mod inside;
mod number;
mod page;
mod quick;
pub(in crate::flows) mod steps;
