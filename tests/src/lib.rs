//! The harness that tests and the bench share: databases, a whole house in one process, the real
//! binary, and a visitor who walks through it by HTTP only.

pub mod database;
pub mod events;
pub mod house;
pub mod inspect;
pub mod installed;
pub mod program;
pub mod visitor;
pub mod wait;
