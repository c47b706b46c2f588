//! The login API: what a page or a back end does with a Login.

mod begin;
mod clients;
mod events;
mod pictures;
mod socket;
mod view;
mod watch;

pub(crate) use begin::BeginApi;
pub(in crate::http) use begin::{Wanted, begin_for};
pub(crate) use clients::{ClientsApi, logo_url};
pub(crate) use events::EventsApi;
pub(crate) use pictures::PicturesApi;
pub(in crate::http) use socket::follow_by_socket;
pub(crate) use watch::WatchApi;
