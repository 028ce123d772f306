//! The baseline of `gupatch check`: the sites a tree is known to have.
//!
//! In: sites, or the text of a baseline file. Out: the other of the two. Sites are named by fingerprint,
//! so code that moves within its function stays known. The file is TOML, sorted by file, to be committed;
//! what else it says of a site is for its reader.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fingerprint::Fingerprint;
use super::text::class_word;
use super::{Class, Site};

/// The format's version.
const VERSION: u32 = 1;

/// One known site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The file it is in.
    pub file: String,
    /// The function.
    pub function: String,
    /// The adder.
    pub adder: String,
    /// The page as written.
    pub page: String,
    /// The class it had.
    pub class: String,
    /// Its name.
    pub fingerprint: Fingerprint,
}

/// The sites a tree is known to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    sites: BTreeMap<Fingerprint, Known>,
}

/// Why a baseline file could not be used.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// Not TOML, or not of this shape.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// Written by a newer version.
    #[error("the baseline is of version {0}; this program reads version {VERSION}")]
    Version(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default, rename = "site")]
    sites: Vec<Known>,
}

impl Baseline {
    /// The baseline that has these sites, each with its name.
    pub(super) fn of_sites<'s>(
        sites: impl Iterator<Item = (&'s Site, &'s Fingerprint)>,
    ) -> Baseline {
        let known = sites.map(|(site, fingerprint)| {
            let known = Known {
                file: site.file.to_string(),
                function: site.function.clone(),
                adder: site.adder.clone(),
                page: site.page.clone(),
                class: class_word(site.class).into(),
                fingerprint: fingerprint.clone(),
            };
            (fingerprint.clone(), known)
        });
        Baseline { sites: known.collect() }
    }

    /// All guarded sites of `report`.
    #[cfg(test)]
    pub(super) fn of_report(report: &super::Report) -> Baseline {
        let names = super::fingerprint::of_sites(&report.sites);
        let sites = report.sites.iter().zip(&names);
        Baseline::of_sites(sites.filter(|(site, _)| is_guarded(site.class)))
    }

    /// Reads the text of a baseline file.
    pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
        let file: File = toml::from_str(text)?;
        if file.version != VERSION {
            return Err(BaselineError::Version(file.version));
        }
        let sites = file.sites.into_iter().map(|known| (known.fingerprint.clone(), known));
        Ok(Baseline { sites: sites.collect() })
    }

    /// The text of the file.
    pub fn to_toml(&self) -> String {
        let mut sites: Vec<Known> = self.sites.values().cloned().collect();
        sites.sort();
        let body = toml::to_string_pretty(&File { version: VERSION, sites })
            .expect("strings and numbers are TOML");
        format!("# Known sites; written by `gupatch check --update-baseline`.\n{body}")
    }

    /// Whether the site is known.
    pub fn contains(&self, site: &Fingerprint) -> bool {
        self.sites.contains_key(site)
    }

    /// Every known site.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.sites.values()
    }
}

/// Whether a site of this class is the guard's business: a mark that travels in its container is not, and
/// neither are sites that no report lists.
pub(super) fn is_guarded(class: Class) -> bool {
    match class {
        Class::Gup | Class::Conditional | Class::Mixed => true,
        Class::Carried => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::fixture;

    #[test]
    fn the_file_reads_well_and_comes_back() {
        let baseline = Baseline::of_report(&fixture::report());
        let text = baseline.to_toml();
        fixture::snapshot("baseline", &text);
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
    }

    #[test]
    fn a_newer_or_broken_file_is_an_error() {
        assert!(matches!(Baseline::parse("version = 2\n"), Err(BaselineError::Version(2))));
        assert!(Baseline::parse("version = 1\n[[site]]\nfile = \"a.c\"\n").is_err());
    }
}
