//! The audit as one page: a table that needs no script and no network.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::{Audit, Figures, Row};
use crate::review::visible::one_line;

/// A row as the template has it.
#[derive(Serialize)]
struct Shown<'r> {
    row: &'r Row,
    pages: String,
    ending: String,
}

/// The whole page.
pub fn page(audit: &Audit) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment
        .add_template("audit", include_str!("page.html"))
        .expect("the template is part of the program and tested");
    let template = environment.get_template("audit").expect("it was just added");
    let shown = audit.calls.iter().map(|row| Shown {
        row,
        pages: row.pages.as_deref().map_or_else(String::new, one_line),
        ending: row.ending_phrase(),
    });
    let filled = template.render(context! {
        tree => audit.tree,
        calls => shown.collect::<Vec<_>>(),
        figures => Figures::of(audit),
        comparison => audit.comparison,
        unseen => (!audit.unseen.is_empty()).then(|| audit.unseen.summary()),
    });
    filled.expect("the template names what it is given")
}
