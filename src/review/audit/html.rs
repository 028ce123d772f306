//! The audit as one page: a table that needs no script and no network.

use minijinja::context;
use serde::Serialize;

use super::{Audit, Figures, Row};
use crate::review::html::filled;
use crate::review::visible::one_line;

/// A row as the template has it.
#[derive(Serialize)]
struct Shown<'r> {
    row: &'r Row,
    pages: String,
    transfer: String,
    ending: String,
}

/// The whole page.
pub fn page(audit: &Audit) -> String {
    let shown = audit.calls.iter().map(|row| Shown {
        row,
        pages: row.pages.as_deref().map_or_else(String::new, one_line),
        transfer: row.transfer_phrase(),
        ending: row.ending_phrase(),
    });
    let content = context! {
        tree => audit.tree,
        calls => shown.collect::<Vec<_>>(),
        figures => Figures::of(audit),
        comparison => audit.comparison,
        unseen => (!audit.unseen.is_empty()).then(|| audit.unseen.summary()),
    };
    filled(include_str!("page.html"), content)
}
