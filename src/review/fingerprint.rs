//! Fingerprints: names for sites and hunks that outlive a rebase.
//!
//! In: what makes a site itself and not its neighbour: the file, the function, the adder, the page as
//! written (white space aside), and its ordinal among those that agree in all of that. Out: 32 hex
//! digits. Lines and columns are left out on purpose, so that code that moves keeps its name; a page that
//! is renamed or a function that is renamed makes a new one, for then a person should look again.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Site;

/// The scheme's version; it is part of what is hashed and of the key in SARIF.
const VERSION: &str = "v1";

/// A stable name: 32 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Hashes `parts` under the name of a `scheme`; no two lists of parts give the same input.
    pub(crate) fn of<'p>(scheme: &str, parts: impl IntoIterator<Item = &'p [u8]>) -> Fingerprint {
        let mut hash = Sha256::new();
        hash.update(scheme.as_bytes());
        hash.update(VERSION.as_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Fingerprint(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> String {
        fingerprint.0
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = String;

    fn try_from(text: String) -> Result<Fingerprint, String> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(hex) {
            Ok(Fingerprint(text))
        } else {
            Err(format!("`{text}` is no fingerprint: 32 digits of 0-9a-f"))
        }
    }
}

/// The fingerprint of every site, in the same order. Sites are sorted by file and line, as in a report.
pub fn of_sites(sites: &[Site]) -> Vec<Fingerprint> {
    let mut seen: HashMap<(&str, &str, &str, String), u32> = HashMap::new();
    sites
        .iter()
        .map(|site| {
            let page = normalised(&site.page);
            let key = (site.file.as_str(), site.function.as_str(), site.adder.as_str(), page);
            let parts = [key.0, key.1, key.2, &key.3].map(|part| part.as_bytes().to_vec());
            let ordinal = seen.entry(key).or_default();
            let number = ordinal.to_le_bytes();
            *ordinal += 1;
            let parts = parts.iter().map(Vec::as_slice).chain([number.as_slice()]);
            Fingerprint::of("gupatch-site", parts)
        })
        .collect()
}

/// An expression without the white space that the compiler does not need.
pub(crate) fn normalised(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && is_word(c) && out.chars().next_back().is_some_and(is_word) {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::fixture;

    #[test]
    fn lines_columns_and_white_space_do_not_matter() {
        let site = fixture::report().sites[0].clone();
        let mut moved = site.clone();
        moved.line += 40;
        moved.column += 8;
        moved.page = format!(" {} ", site.page.replace('[', " ["));
        assert_eq!(of_sites(&[site]), of_sites(&[moved]));
    }

    #[test]
    fn each_part_matters() {
        let site = fixture::report().sites[0].clone();
        let mut page = site.clone();
        page.page = "other".into();
        let mut function = site.clone();
        function.function = "other".into();
        let mut adder = site.clone();
        adder.adder = "other".into();
        let alike = site.clone();
        let mut all = of_sites(&[site, page, function, adder, alike]);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn a_fingerprint_never_changes_between_versions() {
        // Baselines and decisions are committed by users: a new value here breaks all of them.
        let site = fixture::site("fs/a.c", "f", "bio_add_page", "pages[i]");
        assert_eq!(of_sites(&[site])[0].as_str(), "ddca5edf99dde48d284c58731d3290bc");
    }

    #[test]
    fn words_keep_one_blank_between_them() {
        assert_eq!(normalised("(struct page * ) \n x -> y"), "(struct page*)x->y");
    }

    #[test]
    fn only_hex_is_read_back() {
        assert!(Fingerprint::try_from("xyz".to_owned()).is_err());
        assert!(Fingerprint::try_from("0123456789abcdef0123456789abcdef".to_owned()).is_ok());
    }
}
