//! What a tree's `.gitignore` files leave out.
//!
//! In: the ignore files of a tree, by folder. Out: a yes or no for each source file. The meaning is
//! gitignore(5)'s: the deepest file that says something about a path decides, and nothing below an
//! ignored folder comes back. It is narrower in two places, because a tarball has no list of the files
//! that are tracked all the same, and a source too many is better than one too few:
//!
//! - A distribution that keeps only its packaging in git appends `/*` to the kernel's own file. Debian's
//!   source package comes like that, and obeying it would hide the whole kernel. A line that hides the
//!   tree's own `Makefile` or headers does not speak of build products, so it is dropped, and only it.
//! - A folder is ignored only by a pattern that ends with a slash: the kernel's `tags` means the file
//!   that ctags writes, and would hide the sources in `tools/testing/selftests/arm64/tags`.

use std::collections::BTreeMap;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use crate::source::TreePath;

/// What no build makes; folders end with a slash.
const NEVER_BUILT: [&str; 4] = ["Makefile", "MAINTAINERS", "Kbuild", "include/"];

/// The ignore files of a tree.
#[derive(Debug, Default)]
pub(super) struct IgnoreRules {
    /// By folder, without a trailing slash; the root is the empty string.
    files: BTreeMap<String, Gitignore>,
}

impl IgnoreRules {
    /// Takes the text of each folder's `.gitignore`.
    pub(super) fn new(texts: impl IntoIterator<Item = (String, Vec<u8>)>) -> IgnoreRules {
        let parsed = texts.into_iter().map(|(folder, text)| {
            let text = String::from_utf8_lossy(&text);
            let kept = text.lines().filter(|line| !folder.is_empty() || !hides_the_tree(line));
            let rules = rules(&folder, kept);
            (folder, rules)
        });
        IgnoreRules { files: parsed.filter(|(_, rules)| !rules.is_empty()).collect() }
    }

    /// Parts sorted `files` into those to keep and those an ignore file leaves out.
    pub(super) fn split(&self, files: Vec<TreePath>) -> (Vec<TreePath>, Vec<TreePath>) {
        // Files of one folder stand together, so each folder is judged once a run.
        let folders: Vec<&[TreePath]> =
            files.chunk_by(|left, right| left.folder() == right.folder()).collect();
        let ignored: Vec<bool> = folders
            .into_par_iter()
            .flat_map_iter(|files| {
                let folder = files[0].folder();
                let whole = self.folder_is_ignored(folder);
                files.iter().map(move |file| whole || self.is_hit(file.as_str(), false))
            })
            .collect();
        let mut verdicts = ignored.into_iter();
        files.into_iter().partition(|_| !verdicts.next().expect("one verdict a file"))
    }

    /// Whether `folder` or one above it is ignored.
    fn folder_is_ignored(&self, folder: &str) -> bool {
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        ends.map(|end| &folder[..end]).any(|path| !path.is_empty() && self.is_hit(path, true))
    }

    /// Whether the deepest ignore file that says anything about `path` itself ignores it; a folder by a
    /// pattern for folders.
    fn is_hit(&self, path: &str, is_folder: bool) -> bool {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            let verdict = self.files.get(folder).map(|rules| rules.matched(path, is_folder));
            match verdict {
                Some(Match::Ignore(pattern)) => return !is_folder || pattern.is_only_dir(),
                Some(Match::Whitelist(_)) => return false,
                Some(Match::None) | None => {}
            }
        }
        false
    }
}

fn hides_the_tree(line: &str) -> bool {
    let rules = rules("", [line]);
    NEVER_BUILT.iter().any(|path| {
        let name = path.trim_end_matches('/');
        rules.matched(name, name.len() < path.len()).is_ignore()
    })
}

/// Patterns that do not parse are left out, as git does.
fn rules<'l>(folder: &str, lines: impl IntoIterator<Item = &'l str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for line in lines {
        let _bad_pattern = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(ignore_files: &[(&str, &str)], files: &[&str]) -> Vec<String> {
        let rules = IgnoreRules::new(
            ignore_files.iter().map(|(at, text)| ((*at).to_owned(), text.as_bytes().to_vec())),
        );
        let files = files.iter().map(|path| TreePath::new(path).unwrap()).collect();
        rules.split(files).0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_deepest_file_decides() {
        let rules = [("", "*.mod.c\n"), ("fs", "!keep.mod.c\n/gen.h\n")];
        let files = ["a.mod.c", "fs/gen.h", "fs/keep.mod.c", "fs/nfs/gen.h", "fs/x.mod.c"];
        assert_eq!(kept(&rules, &files), ["fs/keep.mod.c", "fs/nfs/gen.h"]);
    }

    #[test]
    fn nothing_below_an_ignored_folder_comes_back() {
        let rules = [("", "/out/\n"), ("out/include", "!*.h\n")];
        assert_eq!(
            kept(&rules, &["a.c", "out/include/a.h", "src/out/b.c"]),
            ["a.c", "src/out/b.c"]
        );
    }

    #[test]
    fn a_line_that_hides_the_kernel_is_dropped_and_the_others_stay() {
        let rules = [("", "*.mod.c\n/*\n!/debian/\n")];
        assert_eq!(kept(&rules, &["fs/a.c", "fs/a.mod.c"]), ["fs/a.c"]);
        let rules = [("", "*\n"), ("tools", "*\n")];
        assert_eq!(kept(&rules, &["fs/a.c", "tools/gen.c"]), ["fs/a.c"]);
    }

    #[test]
    fn a_pattern_for_files_does_not_hide_a_folder() {
        assert_eq!(kept(&[("", "tags\n")], &["arm64/tags/test.c"]), ["arm64/tags/test.c"]);
    }

    #[test]
    fn a_pattern_that_does_not_parse_costs_only_itself() {
        assert_eq!(kept(&[("", "a[\n*.tab.c\n")], &["a.c", "p.tab.c"]), ["a.c"]);
    }
}
