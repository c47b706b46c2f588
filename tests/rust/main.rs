//! All Rust tests in one binary.

mod contract;
mod engine;
mod flows;
mod guards;
