//! What MAINTAINERS asks of whoever sends the patches.
//!
//! In: the patches and MAINTAINERS. Out: remarks for the sender, each with the commits it is about: documents
//! that say how to submit (`P:`), where a queue of patches can be watched (`Q:`), and lists that hold back the
//! mails of strangers. None of them is for the mails themselves.

use std::collections::BTreeMap;

use crate::series::Patch;
use crate::series::maintainers::{IsFolder, Maintainers};

/// The remarks, documents first.
pub(super) fn advice(
    patches: &[Patch],
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
) -> Vec<String> {
    let mut found: BTreeMap<(Kind, &str), Vec<usize>> = BTreeMap::new();
    for (at, patch) in patches.iter().enumerate() {
        for change in &patch.changes {
            for section in maintainers.sections_of(change.path.as_str(), is_folder) {
                let documents = section.profiles.iter().map(|place| (Kind::Document, place));
                let queues = section.queues.iter().map(|place| (Kind::Queue, place));
                let lists = section.moderated_lists().map(|address| (Kind::List, address));
                for (kind, what) in documents.chain(queues).chain(lists) {
                    let commits = found.entry((kind, what.as_str())).or_default();
                    if commits.last() != Some(&(at + 1)) {
                        commits.push(at + 1);
                    }
                }
            }
        }
    }
    let remark = |((kind, what), commits): (&(Kind, &str), &Vec<usize>)| {
        let numbers: Vec<String> = commits.iter().map(ToString::to_string).collect();
        let commits = if numbers.len() == 1 { "commit" } else { "commits" };
        let text = match kind {
            Kind::Document => format!("before you send, read {what}"),
            Kind::Queue => format!("the patches can be watched at {what}"),
            Kind::List => format!("{what} holds mails of who is not subscribed for a moderator"),
        };
        format!("gupatch: {text} ({commits} {})", numbers.join(", "))
    };
    found.iter().map(remark).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Document,
    List,
    Queue,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::FileChange;
    use crate::source::TreePath;

    #[test]
    fn each_remark_names_the_commits_it_is_about() {
        let text = b"A\nP:\tDocumentation/a.rst\nQ:\thttps://patchwork/a/\n\
            L:\ta@x (moderated for non-subscribers)\nL:\tb@x\nF:\ta/\n\nB\nP:\tDocumentation/a.rst\nF:\tb.c\n";
        let (maintainers, _) = Maintainers::parse(text, b"");
        let patch = |path: &str| Patch {
            subject: String::new(),
            body: String::new(),
            trailers: Vec::new(),
            evidence: Vec::new(),
            changes: vec![FileChange {
                path: TreePath::new(path).unwrap(),
                before: None,
                after: Vec::new(),
            }],
            owner: None,
        };
        let said = advice(&[patch("c.c"), patch("a/a.c"), patch("b.c")], &maintainers, &|_| false);
        assert_eq!(
            said,
            [
                "gupatch: before you send, read Documentation/a.rst (commits 2, 3)",
                "gupatch: a@x holds mails of who is not subscribed for a moderator (commit 2)",
                "gupatch: the patches can be watched at https://patchwork/a/ (commit 2)",
            ]
        );
    }
}
