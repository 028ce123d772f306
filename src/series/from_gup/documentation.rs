//! The section that the tree's own GUP documentation gets.
//!
//! In: the bytes of the document. Out: where the section goes and its text, or nothing where the document
//! names one of the functions already.

use bstr::ByteSlice;

use crate::series::fill;

/// Where kernels document get_user_pages() and pin_user_pages().
pub(super) const PATH: &str = "Documentation/core-api/pin_user_pages.rst";

const TITLE: &str = "Adding such pages to a bio, a bvec or a scatterlist";

/// The section about `names`, in front of the references or at the end.
pub(super) fn section(document: &[u8], names: &[String]) -> Option<(usize, String)> {
    if names.iter().any(|name| document.find(name).is_some()) || document.find(TITLE).is_some() {
        return None;
    }
    let mut text = format!("{TITLE}\n{}\n", "=".repeat(TITLE.len()));
    text.push_str(&fill(
        "Where a page from get_user_pages() or pin_user_pages() is added to a bio, a bvec or a \
         scatterlist, call the function that says so, so that the reference can be told from \
         others:",
        80,
    ));
    text.push_str("\n\n");
    for name in names {
        text.push_str(&format!("* {name}()\n"));
    }
    text.push('\n');
    text.push_str(&fill(
        "These functions only pass their arguments on to the ones without from_gup. They are for \
         pages whose reference certainly is one of get_user_pages() or pin_user_pages(); if that \
         depends on a condition, call them under this condition only.",
        80,
    ));
    text.push_str("\n\n");
    text.push_str(&fill(
        "Pages are also merged into the last bvec of a bio and into the segments of a request \
         without a call of such a function. Code that makes use of the difference must refuse to \
         merge a page that was added by one of these functions with one that was not.",
        80,
    ));
    text.push('\n');
    Some(match references(document) {
        Some(at) => (at, format!("{text}\n")),
        None if document.ends_with(b"\n") => (document.len(), format!("\n{text}")),
        None => (document.len(), format!("\n\n{text}")),
    })
}

/// Where the section called `References` starts.
fn references(document: &[u8]) -> Option<usize> {
    let at = document.find(b"\nReferences\n=")?;
    Some(at + 1)
}
