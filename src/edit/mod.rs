//! Matches to edits of the original bytes.
//!
//! In: a rule, its matches, the file they were found in. Out: [`Edit`]s, or the [`Conflict`]s between
//! them; and with [`apply`] the new bytes. What no rule touches keeps its bytes, comments included; what
//! is inserted is indented, aligned and wrapped as kernel code is (`layout`).
//!
//! After an edit the text is lexed again: tokens that were not touched must be the same, or the edit is
//! refused ([`check`]). Everything here is pure; writing files belongs to the driver.

mod braces;
mod check;
mod declarators;
mod define;
mod delete;
mod enclose;
mod environment;
mod insert;
mod layout;
mod marks;
mod overlap;
mod paren;
mod plan;
mod prefilter;
mod realign;
mod render;
mod rewrite;
mod stack;
mod version;

use crate::source::Span;

pub use check::check;
pub use plan::{Plan, plan};
pub use prefilter::Prefilter;
pub use rewrite::{FileFacts, Rewrite, RuleReport, Settings, rewrite};
pub use version::{Headers, declared_types};

/// How sure it is that an edit is right, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Done without asking.
    Safe,
    /// Done, and pointed out to whoever reads the diff.
    Review,
    /// Shown only.
    Manual,
}

/// Bytes of the file and what takes their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes; empty for an insertion.
    pub span: Span,
    /// What comes.
    pub text: Vec<u8>,
    /// How sure it is.
    pub applicability: Applicability,
}

/// Which arms of an `if` get braces where one of them needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arms {
    /// Both, as the kernel has it.
    #[default]
    Both,
    /// The one that has changed, as spatch does it.
    Changed,
}

/// Two changes that cannot both be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The bytes of one.
    pub first: Span,
    /// The bytes of the other.
    pub second: Span,
    /// Why not both.
    pub reason: &'static str,
}

/// Makes `edits`, in any order, to `bytes`. Equal edits are made once.
pub fn apply(bytes: &[u8], edits: &[Edit]) -> Result<Vec<u8>, Conflict> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    sorted.dedup_by(|a, b| a.span == b.span && a.text == b.text);
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut done = 0;
    let mut last: Option<Span> = None;
    for edit in sorted {
        if let Some(last) = last
            && (edit.span.start < last.end || edit.span == last)
        {
            return Err(Conflict { first: last, second: edit.span, reason: "two edits overlap" });
        }
        out.extend_from_slice(&bytes[done..edit.span.start as usize]);
        out.extend_from_slice(&edit.text);
        done = edit.span.end as usize;
        last = Some(edit.span);
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.into(), applicability: Applicability::Safe }
    }

    #[test]
    fn equal_edits_are_made_once_and_order_does_not_matter() {
        let edits = [edit(2, 3, "X"), edit(0, 1, ""), edit(2, 3, "X")];
        assert_eq!(apply(b"abcd", &edits), Ok(b"bXd".to_vec()));
    }

    #[test]
    fn overlap_is_a_conflict_that_names_both_places() {
        let conflict = apply(b"abcd", &[edit(0, 2, "x"), edit(1, 3, "y")]).unwrap_err();
        assert_eq!((conflict.first, conflict.second), (Span::new(0, 2), Span::new(1, 3)));
        assert!(apply(b"abcd", &[edit(1, 1, "x"), edit(1, 1, "y")]).is_err());
    }
}
