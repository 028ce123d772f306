//! What people and programs read and decide on: reports in every format, the dry run, the review, the guard.
//!
//! In: what the driver found, as a [`Report`] whose places are already lines and columns, and what the
//! rules would change, as a [`dry_run::DryRun`]. Out: text, JSON, SARIF, HTML, decisions and verdicts.
//! Nothing here reads files, knows the day or opens the terminal: lines of source, today's date and
//! colours are values that are passed in, and the interactive review draws into a buffer.

pub mod audit;
pub mod baseline;
pub mod decisions;
pub mod dry_run;
pub mod exception;
pub mod fingerprint;
#[cfg(test)]
pub(crate) mod fixture;
pub mod guard;
pub mod html;
pub mod interactive;
mod palette;
pub mod patch;
mod report;
pub mod sarif;
pub mod story;
pub mod text;
pub mod visible;
pub mod words;

pub use palette::Palette;
pub use report::{
    Applicability, Class, Other, Reach, Reference, Release, Report, Role, Site, Source, Step,
    Unlisted, UnlistedSite, Unseen,
};
