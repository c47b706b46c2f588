//! Clients: the websites that let their visitors log in through us.

mod directory;
mod model;
mod store;

pub use directory::{ClientAuthError, ClientDirectory};
pub use model::{Client, ClientId, ClientType, InvalidClientId, Logo};
pub use store::ClientStore;
