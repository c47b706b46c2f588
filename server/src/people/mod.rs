//! People as pictures: cleaning what comes from outside, drawing tiles, fetching after a Login.

mod aftercare;
mod clean;
mod tile;

pub(crate) use aftercare::Care;
pub(crate) use clean::Cleaner;
pub(crate) use tile::draw;
