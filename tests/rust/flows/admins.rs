//! Admins: the way in, what is refused at the door, sessions.

mod api_callers;
mod api_clients;
mod api_coverage;
mod api_providers;
mod api_staff;
mod api_users;
mod audit;
mod bootstrap;
mod doctor;
mod door;
mod forms;
mod passkeys;
mod people;
mod rooms;
mod sessions;
