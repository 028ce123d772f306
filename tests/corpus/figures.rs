//! Pinned figures: exact on the tree they were taken on, bounds on its neighbours.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use gupatch::tree::root::KernelVersion;
use serde::Deserialize;

/// The contents of a `linux-<version>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `package version`, as `dpkg-query` says it.
    package: String,
    /// The version in the tree's `Makefile`.
    kernel: String,
    figures: BTreeMap<String, Figure>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    pinned: f64,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

/// How the figures of a file bear on the tree at hand.
enum Strictness {
    /// The very tree they were taken on.
    Exact,
    /// Another patch level.
    Bounds,
    /// Nobody took figures on this version.
    Unknown,
}

/// What the tree at hand is held against.
pub(crate) struct Figures {
    figures: BTreeMap<String, Figure>,
    strictness: Strictness,
    taken_on: String,
}

impl Figures {
    /// Loads the figures for `version`. `package` is the package the tree came from, where that is known;
    /// two packages of one kernel version may differ in a patch.
    pub(crate) fn load(version: &KernelVersion, package: Option<&str>) -> Figures {
        let name = format!("linux-{}.{}.toml", version.version, version.patchlevel);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let strictness = Strictness::Unknown;
                return Figures { figures: BTreeMap::new(), strictness, taken_on: String::new() };
            }
            Err(error) => panic!("{}: {error}", path.display()),
        };
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let same_kernel = file.kernel == version.to_string();
        let same_package = package.is_none_or(|package| package == file.package);
        let strictness =
            if same_kernel && same_package { Strictness::Exact } else { Strictness::Bounds };
        Figures { figures: file.figures, strictness, taken_on: file.package }
    }

    /// One line about what counts.
    pub(crate) fn describe(&self) -> String {
        match self.strictness {
            Strictness::Exact => format!("figures of {}, exactly", self.taken_on),
            Strictness::Bounds => format!("bounds around the figures of {}", self.taken_on),
            Strictness::Unknown => "no figures for this version, invariants only".to_owned(),
        }
    }

    /// Holds `value` against the figure called `name`. A figure that a file lacks is an error, so that a
    /// check cannot be forgotten; a version without a file has no figures at all.
    pub(crate) fn check(&self, name: &str, value: f64) {
        super::say(&format!("corpus: {name} = {value}"));
        let figure = || self.figures.get(name).unwrap_or_else(|| panic!("no figure `{name}`"));
        match self.strictness {
            Strictness::Exact => {
                assert_eq!(value, figure().pinned, "{name}, pinned on {}", self.taken_on);
            }
            Strictness::Bounds => {
                let figure = figure();
                let low = figure.at_least.unwrap_or(f64::NEG_INFINITY);
                let high = figure.at_most.unwrap_or(f64::INFINITY);
                assert!((low..=high).contains(&value), "{name}: {value} is not in {low}..={high}");
            }
            Strictness::Unknown => {}
        }
    }
}
