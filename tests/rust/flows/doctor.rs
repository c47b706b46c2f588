//! The doctor: each finding with the pretend WeChat's fault switched on, our own address, rehearsed
//! logins, and the command line.

mod address;
mod command;
mod findings;
mod rehearsals;
mod steps;
