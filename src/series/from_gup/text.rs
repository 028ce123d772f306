//! The text of the new functions.
//!
//! In: names and a declaration. Out: kernel-doc and a static inline function in the kernel's style: tabs,
//! 80 columns, arguments below each other, as `scripts/checkpatch.pl` wants them.

use super::declaration::{Declaration, Parameter};
use crate::series::fill;

const COLUMNS: usize = 80;
const TAB: usize = 8;

/// `name`, which passes everything on to `plain`.
pub(super) fn forwarding(name: &str, plain: &str, declaration: &Declaration) -> String {
    let parameters: Vec<&str> = declaration.parameters.iter().map(|p| p.text.as_str()).collect();
    let names: Vec<&str> =
        declaration.parameters.iter().filter_map(|p| p.name.as_deref()).collect();
    let described: Vec<String> =
        declaration.parameters.iter().filter_map(|p| described(p, plain)).collect();
    let returns_value = declaration.returns != "void";
    let mut doc = vec![
        format!(
            "Use this instead of {plain}() where the pages come from get_user_pages(), \
             pin_user_pages() or one of their relatives, and only there."
        ),
        MERGING.to_owned(),
    ];
    if returns_value {
        doc.push(format!("Return: what {plain}() returns."));
    }
    let brief = format!("{plain}() for pages from GUP");
    let fits = " * () - ".len() + name.len() + brief.len() <= COLUMNS;
    let brief = if fits { &brief } else { "for pages from GUP" };
    let mut text = kernel_doc(name, brief, &described, &doc);
    text.push_str(&head(&declaration.returns, name, &parameters));
    text.push_str("{\n");
    let call = if returns_value { format!("\treturn {plain}(") } else { format!("\t{plain}(") };
    text.push_str(&arguments(&call, &names, ");"));
    text.push_str("\n}\n");
    text
}

/// The line of kernel-doc about a parameter.
fn described(Parameter { text, name }: &Parameter, plain: &str) -> Option<String> {
    let name = name.as_deref()?;
    let is_page = ["struct page *", "struct folio *"].iter().any(|kind| text.contains(kind));
    Some(if is_page && text.contains("**") {
        format!("@{name}: pages that come from get_user_pages() or a relative")
    } else if is_page {
        format!("@{name}: comes from get_user_pages() or a relative")
    } else {
        format!("@{name}: see {plain}()")
    })
}

/// What whoever turns tracking on must know.
const MERGING: &str = "Nothing tracks these pages yet. Whoever makes use of the difference must not \
    let a page from GUP be merged into a bvec or segment that began with another one: such merges \
    happen without a call of this function.";

/// The function that stands for a store to `bv_page`.
pub(super) fn store_helper(name: &str) -> String {
    let described = ["@bv: the bio_vec to change".into(), "@page: the page to store".into()];
    let doc = [
        "Use this instead of a store to bv_page where the page comes from get_user_pages(), \
         pin_user_pages() or one of their relatives, and only there. Offset and length are left \
         alone."
            .to_owned(),
        MERGING.to_owned(),
    ];
    let mut text = kernel_doc(name, "store a page from GUP in a bio_vec", &described, &doc);
    text.push_str(&head("void", name, &["struct bio_vec *bv", "struct page *page"]));
    text.push_str("{\n\tbv->bv_page = page;\n}\n");
    text
}

/// The condition for trees without one of their own.
pub(super) fn condition_helper(name: &str, test: &str) -> String {
    let described = ["@iter: the iterator that the pages are taken from".into()];
    let doc =
        ["Return: true if iov_iter_get_pages() and its relatives get the pages of @iter from \
                get_user_pages(), so that their references have to be released accordingly."
            .to_owned()];
    let brief = "whether an iterator's pages come from GUP";
    let mut text = kernel_doc(name, brief, &described, &doc);
    text.push_str(&head("bool", name, &["const struct iov_iter *iter"]));
    text.push_str(&format!("{{\n\treturn {test}(iter);\n}}\n"));
    text
}

fn kernel_doc(name: &str, brief: &str, parameters: &[String], paragraphs: &[String]) -> String {
    let mut text = format!("/**\n * {name}() - {brief}\n");
    for parameter in parameters {
        text.push_str(&format!(" * {parameter}\n"));
    }
    for paragraph in paragraphs {
        text.push_str(" *\n");
        for line in fill(paragraph, COLUMNS - 4).lines() {
            text.push_str(&format!(" * {line}\n"));
        }
    }
    text.push_str(" */\n");
    text
}

/// `static inline int name(…)`. Where the arguments would not fit beside the name, it starts a new line.
fn head(returns: &str, name: &str, parameters: &[&str]) -> String {
    let gap = if returns.ends_with('*') { "" } else { " " };
    let parameters = if parameters.is_empty() { &["void"] } else { parameters };
    let beside = format!("static inline {returns}{gap}{name}(");
    let longest = parameters.iter().map(|p| p.len() + 1).max().unwrap_or(0);
    let start = if beside.len() + longest <= COLUMNS {
        beside
    } else {
        format!("static inline {returns}\n{name}(")
    };
    format!("{}\n", arguments(&start, parameters, ")"))
}

/// Arguments behind `start`, which may have several lines, aligned to its parenthesis.
fn arguments(start: &str, items: &[&str], end: &str) -> String {
    let last_line = start.rsplit('\n').next().unwrap_or(start);
    let column = last_line.chars().fold(0, |at, c| if c == '\t' { at + TAB } else { at + 1 });
    let indent = format!("{}{}", "\t".repeat(column / TAB), " ".repeat(column % TAB));
    let mut text = start.to_owned();
    let mut at = column;
    for (number, item) in items.iter().enumerate() {
        let last = number + 1 == items.len();
        let tail = if last { end } else { "," };
        if number > 0 {
            if at + 1 + item.len() + tail.len() > COLUMNS {
                text.push('\n');
                text.push_str(&indent);
                at = column;
            } else {
                text.push(' ');
                at += 1;
            }
        }
        text.push_str(item);
        if !last {
            text.push(',');
        }
        at += item.len() + 1;
    }
    text + end
}
