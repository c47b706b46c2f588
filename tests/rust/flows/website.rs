//! Logins by WeChat's own page for websites, from the redirect to the website's user and beyond.

mod again;
mod bound;
mod mixup;
mod names;
mod no;
mod privacy;
mod steps;
mod trouble;
mod way;
