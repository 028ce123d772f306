//! Patterns of a MAINTAINERS file as `scripts/get_maintainer.pl` reads them.
//!
//! In: the value of an `F:` or `X:` line. Out: a test of a path, and how deep the pattern reaches. The
//! script turns `*` into `.*` and `?` into `.`, leaves all other characters to Perl's regular expressions,
//! and anchors only the front. Without a trailing slash the path must have as many slashes as the
//! pattern, so `drivers/foo*` covers no folder below it; a pattern that names a folder gets its slash.

use regex::bytes::Regex;

/// Tells whether a path below the root is a folder.
pub type IsFolder<'t> = &'t dyn Fn(&str) -> bool;

/// One `F:` or `X:` value.
#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    text: String,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// No special character: a plain prefix.
    Literal,
    /// With a wildcard or something else Perl gives a meaning to.
    Regex(Regex),
}

impl PathPattern {
    /// Reads a value. The error is what the regular expression compiler says.
    pub(super) fn parse(text: &str) -> Result<PathPattern, String> {
        let form = if text.bytes().any(|b| b"*?[](){}+|^$\\".contains(&b)) {
            Form::Regex(prefix_regex(text)?)
        } else {
            Form::Literal
        };
        Ok(PathPattern { text: text.to_owned(), form })
    }

    /// The folder all matching paths lie in, with its slash, as far as the pattern spells it out.
    pub(super) fn folder(&self) -> &str {
        let plain = match self.form {
            Form::Literal => self.text.as_str(),
            Form::Regex(_) => {
                let end = self.text.find(|c| "*?[](){}+|^$\\".contains(c));
                // What an alternation or a quantifier reaches back to is not spelled out.
                if self.text.contains(['|', '+', '{', '(', '^']) {
                    ""
                } else {
                    &self.text[..end.unwrap_or(self.text.len())]
                }
            }
        };
        plain.rfind('/').map_or("", |slash| &plain[..=slash])
    }

    /// How many bytes of a path the pattern spells out, for choosing between equally deep ones.
    pub(super) fn literal_len(&self) -> usize {
        self.text.find(['*', '?', '[']).unwrap_or(self.text.len())
    }

    /// Whether `path`, a file of the tree, is covered.
    pub(super) fn matches(&self, path: &str, is_folder: IsFolder<'_>) -> bool {
        match &self.form {
            Form::Literal => {
                let Some(rest) = path.strip_prefix(self.text.as_str()) else {
                    return false;
                };
                // A file below `text/` proves that `text` is a folder; beside it, the tree is asked.
                if self.text.ends_with('/') || (self.may_be_folder() && rest.starts_with('/')) {
                    return true;
                }
                !rest.contains('/')
                    && (rest.is_empty() || !(self.may_be_folder() && is_folder(&self.text)))
            }
            Form::Regex(regex) => {
                regex.is_match(path.as_bytes())
                    && (self.text.ends_with('/') || slashes(path) == slashes(&self.text))
            }
        }
    }

    /// The script's measure of how specific the pattern is: folders deep, files one deeper, and -1 for a
    /// pattern that starts with a wildcard.
    pub(super) fn depth(&self) -> i32 {
        if self.text.starts_with('*') {
            return -1;
        }
        slashes(&self.text) as i32 + i32::from(!self.text.ends_with('/'))
    }

    /// The script looks for a folder after it has escaped the dots, so a dot hides it.
    fn may_be_folder(&self) -> bool {
        matches!(self.form, Form::Literal) && !self.text.contains('.')
    }
}

fn slashes(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'/').count()
}

fn prefix_regex(text: &str) -> Result<Regex, String> {
    let mut regex = String::from("(?-u)^");
    for c in text.chars() {
        match c {
            '.' => regex.push_str("\\."),
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c => regex.push(c),
        }
    }
    Regex::new(&regex).map_err(|error| last_line(&error))
}

/// An `N:` or `K:` value: a Perl regular expression in which white space does not count.
pub(super) fn perl_regex(value: &str) -> Result<Regex, String> {
    perl_regex_after("", value)
}

/// The same behind a prefix, joined as text, as the script does it: in `^[+-].*a|b` the prefix binds only
/// to the first alternative.
pub(super) fn perl_regex_after(prefix: &str, value: &str) -> Result<Regex, String> {
    let mut text = String::from("(?x-u)");
    text.push_str(prefix);
    let mut in_class = false;
    let mut escaped = false;
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            // Perl keeps white space and `#` inside a class, the regex crate drops them.
            ' ' | '#' if in_class => text.push('\\'),
            _ => {}
        }
        text.push(c);
    }
    Regex::new(&text).map_err(|error| last_line(&error))
}

fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        let is_folder = |path: &str| path == "drivers/block/rnbd" || path == "fs/nfs";
        let pattern = PathPattern::parse(pattern).unwrap();
        assert_eq!(pattern.matches(path, &is_folder), expected, "{pattern:?} {path}");
        if expected {
            assert!(path.starts_with(pattern.folder()), "{pattern:?} is looked up by its folder");
        }
    }

    #[test]
    fn a_slash_covers_all_below_and_a_star_one_level() {
        check("fs/ceph/", "fs/ceph/a/b.c", true);
        check("fs/ceph/*", "fs/ceph/b.c", true);
        check("fs/ceph/*", "fs/ceph/a/b.c", false);
        check("fs/*/b/", "fs/a/b/c.c", true);
        check("*/", "fs/b.c", true);
        check("*", "Makefile", true);
        check("*", "fs/b.c", false);
    }

    #[test]
    fn only_the_front_is_anchored() {
        check("mm/gup", "mm/gup.c", true);
        check("mm/gup.c", "mm/gup.c", true);
        check("mm/gupxc", "mm/gup.c", false);
        check("lib/locking*.[ch]", "lib/locking-self.c", true);
        check("lib/locking*.[ch]", "lib/locking-self.S", false);
        check("mm/g?p.c", "mm/gup.c", true);
    }

    #[test]
    fn a_folder_without_its_slash_still_is_one() {
        check("fs/nfs", "fs/nfs/direct.c", true);
        check("drivers/block/rnbd", "drivers/block/rnbd.c", false);
        check("drivers/block/rnbd", "drivers/block/rnbd/x.c", true);
    }

    #[test]
    fn white_space_counts_only_in_a_class() {
        assert!(perl_regex("a b[ #]").unwrap().is_match(b"ab#"));
        assert!(perl_regex("a b[ #]").unwrap().is_match(b"ab "));
        assert!(perl_regex("a(?=b)").is_err());
    }
}
