//! Stage `tree`: a kernel tree as a whole.
//!
//! In: a folder. Out: its root and version ([`root`]), its source files ([`walk`](mod@walk)), which of them mention a
//! name ([`index`], kept between runs by [`cache`], with whole-word search in [`words`]), the files that
//! mention it, lexed and split ([`sources`]), and what they declare ([`harvest`]). A file that cannot be
//! read never stops a stage: it comes back as [`walk::Unseen`], and the answer says so.
//!
//! Requires nothing of the files but bytes. Leaves alone on purpose: what a configuration would select;
//! every architecture and every arm of a conditional counts.

pub mod cache;
pub mod harvest;
mod ignored;
pub mod index;
pub mod root;
pub mod sources;
pub mod walk;
pub mod words;
