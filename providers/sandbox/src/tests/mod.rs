//! Whole stories over real sockets: a service account with its own server, and websites with a browser.
//! The server here only keeps what it was sent and answers what a test told it to.

mod chats;
mod pushes;
mod server;
mod websites;
