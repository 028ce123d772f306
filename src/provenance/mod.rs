//! Stage `provenance`.
mod calls;
mod engine;
mod environment;
mod evaluate;
mod memory;
mod origin;
mod scope;
mod value;
mod vocabulary;
pub use environment::*;
pub use origin::*;
pub use scope::*;
pub use vocabulary::*;
