//! The address that WeChat's servers push to, attacked from every side over HTTP (PSH-01 to PSH-08, NET-04):
//! a forgery moves nothing and learns nothing, a repetition is answered as the first one was.

mod authentic;
mod bodies;
mod door;
mod once;
mod order;
mod others;
mod owners;
mod quiet;
mod sealed;
mod shapes;
mod steps;
