//! What people and programs read: the report of a scan, as text and as JSON.
//!
//! In: what the driver found, as a [`Report`] whose places are already lines and columns. Out: text.
//! Nothing here reads files or knows the terminal; colour is a value that is passed in.

mod palette;
mod report;
pub mod story;
pub mod text;

pub use palette::Palette;
pub use report::{
    Applicability, Class, Other, Reach, Reference, Report, Role, Site, Source, Step, Unseen,
};
