//! Admins: the way in, what is refused at the door, sessions.

mod api_audit;
pub(super) mod api_callers;
mod api_clients;
mod api_coverage;
mod api_openid;
mod api_providers;
mod api_settings;
mod api_staff;
mod api_users;
mod api_writes;
mod audit;
mod bootstrap;
mod canary;
mod doctor;
mod door;
mod forms;
mod held_forms;
mod logins;
mod logo;
mod pages;
mod passkeys;
mod people;
mod rooms;
mod routes;
mod sessions;
mod shown;
mod trial;
