//! The headers that a file includes, read when a rule asks for a type that the file does not declare.
//!
//! In: which `#include` lines count and the folders to look in. Out: [`Beside`], the headers as one file
//! sees them. Each header is read and taken apart once in a run, however many files include it; one that is
//! not found or cannot be read declares nothing. As in spatch, `"x.h"` beside the file counts unless more or
//! less is asked for, and headers of headers only with `--recursive-includes`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use crate::edit::{Headers, declared_types};
use crate::items::TypeNames;
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenKind};
use crate::matcher::FileTypes;
use crate::source::TreePath;

/// Which `#include` lines are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Follow {
    /// None.
    Nothing,
    /// `"x.h"` that stands beside the file.
    Local,
    /// All that is found.
    All,
    /// All, and those of the headers too.
    Recursive,
}

/// The headers of one run.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) follow: Follow,
    /// Where `<x.h>` is looked for, and `"x.h"` that is not beside the file.
    pub(super) folders: Vec<PathBuf>,
    known: Mutex<FxHashMap<PathBuf, Arc<OnceLock<Header>>>>,
}

#[derive(Debug, Default)]
struct Header {
    types: Arc<FileTypes>,
    includes: Vec<Include>,
}

#[derive(Clone, Debug)]
struct Include {
    name: String,
    quoted: bool,
}

impl Library {
    /// A library that has read nothing yet.
    pub(super) fn new(follow: Follow, folders: Vec<PathBuf>) -> Library {
        Library { follow, folders, known: Mutex::default() }
    }

    /// The file that an `#include` in a file in `folder` means.
    fn find(&self, folder: &Path, include: &Include) -> Option<PathBuf> {
        let beside = include.quoted && self.follow != Follow::Nothing;
        let beside = beside.then(|| folder.join(&include.name));
        let elsewhere = self.folders.iter().map(|folder| folder.join(&include.name));
        let elsewhere = elsewhere.filter(|_| self.follow >= Follow::All);
        beside.into_iter().chain(elsewhere).find(|path| path.is_file())
    }

    fn header(&self, path: &Path) -> Arc<OnceLock<Header>> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(path.to_owned()).or_default())
        };
        cell.get_or_init(|| read(path).unwrap_or_default());
        cell
    }

    /// Adds what `includes`, lines of a file in `folder`, declare.
    fn collect(
        &self,
        folder: &Path,
        includes: &[Include],
        seen: &mut BTreeSet<PathBuf>,
        out: &mut Vec<Arc<FileTypes>>,
    ) {
        for path in includes.iter().filter_map(|include| self.find(folder, include)) {
            if !seen.insert(path.clone()) {
                continue;
            }
            let cell = self.header(&path);
            let header = cell.get().expect("it was just read");
            out.push(Arc::clone(&header.types));
            if let (Follow::Recursive, Some(folder)) = (self.follow, path.parent()) {
                self.collect(folder, &header.includes, seen, out);
            }
        }
    }
}

fn read(path: &Path) -> Option<Header> {
    let bytes = std::fs::read(path).ok()?;
    let name = TreePath::new("header.h").expect("a plain name is a tree path");
    let file = LexedFile::new(name, bytes);
    let types = Arc::new(declared_types(&file, &TypeNames::default()));
    Some(Header { types, includes: includes(&file) })
}

fn includes(file: &LexedFile) -> Vec<Include> {
    let all = file.tokens.all().iter();
    let directives = all.filter(|&id| file.tokens.kind(id) == TokenKind::Directive);
    let include = |id| {
        let line = directive(file.text(id));
        let is_include = line.kind == DirectiveKind::Include;
        let text = String::from_utf8_lossy(line.rest).into_owned();
        let quoted = text.starts_with('"');
        let close = if quoted { '"' } else { '>' };
        let name = text.get(1..)?.split(close).next()?.to_owned();
        (is_include && (quoted || text.starts_with('<'))).then_some(Include { name, quoted })
    };
    directives.filter_map(include).collect()
}

/// The headers as a file in one folder sees them.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) folder: PathBuf,
    pub(super) library: Arc<Library>,
}

impl Headers for Beside {
    fn of(&self, file: &LexedFile) -> Vec<Arc<FileTypes>> {
        let mut found = Vec::new();
        self.library.collect(&self.folder, &includes(file), &mut BTreeSet::new(), &mut found);
        found
    }
}
