//! Who is who: accounts that several ways lead to, what people are called, and what they look like.

mod avatars;
mod linking;
mod names;
mod off;
mod steps;
mod uploads;
mod waiting;
