//! Clients: the websites that let their visitors log in through us.

mod directory;
mod look_alike;
mod model;
mod service;
mod store;

pub use directory::{ClientAuthError, ClientDirectory};
pub use look_alike::look_alike;
pub use model::{Client, ClientId, ClientType, InvalidClientId, Logo};
pub use service::ClientService;
pub use store::ClientStore;
