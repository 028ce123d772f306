//! The interactive review: what a person sees and decides, apart from the terminal it is seen on.
//!
//! In: a dry run with the lines of the source, decisions made before, and events (keys, a new size, what came
//! back from the editor). Out: the next state, and an [`Effect`] for whoever owns the terminal: save, open
//! the editor, quit. [`update`] is a pure function, so any sequence of keys can be played in a test;
//! [`draw`] only shows a state. Without a terminal [`line_mode`] asks for one unit at a time, like
//! `git add -p`, and drives the same states.

mod detail;
mod draw;
mod edit;
mod filter;
mod keys;
pub mod line_mode;
mod session;
mod state;

pub use detail::{Line, Tone};
pub use draw::draw;
pub use filter::Filter;
pub use keys::Key;
pub use session::{Item, Session};
pub use state::{Effect, Event, Mode, Node, Progress, State, update};

#[cfg(test)]
mod tests;
