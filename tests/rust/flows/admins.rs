//! Admins: the way in, what is refused at the door, sessions.

mod audit;
mod bootstrap;
mod door;
mod forms;
mod sessions;
