//! The login engine over real databases: against a model, and with many callers at once.

mod fake;
mod model;
mod property;
mod races;
mod world;
