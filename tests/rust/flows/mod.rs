//! Whole flows over HTTP: server, pretend WeChat and website in one house, on both databases.

mod accounts;
mod attacks;
mod bad_input;
mod canary;
mod cli;
mod codes;
mod config;
mod cookies;
mod crash;
mod document;
mod faults;
mod guesses;
mod hangups;
mod happy;
mod housekeeping;
mod keyring;
mod limits;
mod managed;
mod net02;
mod net05;
mod origins;
mod requirements;
mod secrets;
mod statements;
mod streams;
mod sup02;
