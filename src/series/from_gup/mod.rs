//! The helper patch: the `_from_gup` functions that the other patches call.
//!
//! In: the names of the functions the series calls, and a reader for the tree. Out: changes of the headers
//! that declare the plain functions, and of the tree's own documentation on GUP where it has one. Nothing
//! about a particular function or kernel version is known here: the plain function's declaration is looked
//! up in the tree, its return type and parameters are taken over, and the new function is put behind it, so
//! that all types are known there. What the tree has already is not added again.
//!
//! Two names have no plain function: a store to `bv_page` is [`STORE_HELPER`], and the condition for trees
//! that have none is [`CONDITION_HELPER`].

mod declaration;
mod documentation;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use declaration::Declaration;

use crate::diff::FileChange;
use crate::lex::LexedFile;
use crate::source::TreePath;

/// What a function is called that is for pages from GUP.
pub const SUFFIX: &str = "_from_gup";
/// Stands for a store to `bv_page`.
pub const STORE_HELPER: &str = "bvec_assign_page_from_gup";
/// Tells whether the pages of an iterator come from GUP.
pub const CONDITION_HELPER: &str = "iov_iter_get_pages_use_gup";

/// [`STORE_HELPER`] is put behind this function, or else behind the struct.
const STORE_NEIGHBOUR: &str = "bvec_set_page";
const STORE_STRUCT: &str = "bio_vec";
/// What [`CONDITION_HELPER`] asks, the newer one first.
const USER_BACKED_TESTS: &[&str] = &["user_backed_iter", "iter_is_iovec"];

/// The files of a kernel tree.
pub trait TreeReader {
    /// The bytes of a file; `None` where there is none.
    fn read(&self, path: &TreePath) -> Option<Vec<u8>>;
    /// The `.c` and `.h` files in which `word` occurs as an identifier. More files do no harm.
    fn mentions(&self, word: &str) -> Vec<TreePath>;
}

/// A reader made of two functions.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<R, M> {
    /// See [`TreeReader::read`].
    pub read: R,
    /// See [`TreeReader::mentions`].
    pub mentions: M,
}

impl<R, M> TreeReader for Lookup<R, M>
where
    R: Fn(&TreePath) -> Option<Vec<u8>>,
    M: Fn(&str) -> Vec<TreePath>,
{
    fn read(&self, path: &TreePath) -> Option<Vec<u8>> {
        (self.read)(path)
    }

    fn mentions(&self, word: &str) -> Vec<TreePath> {
        (self.mentions)(word)
    }
}

/// The words that [`helpers`] asks a reader for, so that one scan of the tree can find all of them.
pub fn words(wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = wanted.clone();
    words.extend(wanted.iter().filter_map(|name| name.strip_suffix(SUFFIX)).map(str::to_owned));
    if wanted.contains(STORE_HELPER) {
        words.extend([STORE_NEIGHBOUR, STORE_STRUCT].map(str::to_owned));
    }
    if wanted.contains(CONDITION_HELPER) {
        words.extend(USER_BACKED_TESTS.iter().map(|test| (*test).to_owned()));
    }
    words
}

/// What the helper patch is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helpers {
    /// Sorted by path.
    pub changes: Vec<FileChange>,
    /// The functions that are added, sorted.
    pub names: Vec<String>,
    /// What could not be added, and why. A series that calls one of these does not build.
    pub missing: Vec<Missing>,
}

/// A function that could not be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Why, without a full stop.
    pub reason: String,
}

/// New text and where it goes.
struct Insertion {
    at: usize,
    text: String,
}

/// Makes the functions `wanted`. `converted` are the changes of the other patches: where one of them is in
/// a header that gets a function, both are in the change that is returned.
pub fn helpers(
    wanted: &BTreeSet<String>,
    reader: &dyn TreeReader,
    converted: &[FileChange],
) -> Helpers {
    let mut maker =
        Maker { reader, converted, files: BTreeMap::new(), insertions: BTreeMap::new() };
    let mut result = Helpers::default();
    for name in wanted {
        match maker.add(name) {
            Ok(Added::Now) => result.names.push(name.clone()),
            Ok(Added::Before) => {}
            Err(reason) => result.missing.push(Missing { name: name.clone(), reason }),
        }
    }
    if !result.names.is_empty() {
        maker.document(&result.names);
    }
    result.changes = maker.finish();
    result
}

enum Added {
    Now,
    /// The tree has it.
    Before,
}

struct Maker<'r> {
    reader: &'r dyn TreeReader,
    converted: &'r [FileChange],
    /// Lexed, with the other patches' changes in them.
    files: BTreeMap<TreePath, LexedFile>,
    insertions: BTreeMap<TreePath, Vec<Insertion>>,
}

impl Maker<'_> {
    fn add(&mut self, name: &str) -> Result<Added, String> {
        if self.find(name, is_header)?.is_some() {
            return Ok(Added::Before);
        }
        let (path, declaration, text) = match name {
            STORE_HELPER => self.store_helper()?,
            CONDITION_HELPER => self.condition_helper()?,
            name => self.forwarding_helper(name)?,
        };
        let file = &self.files[&path];
        let mut text = format!("\n{text}");
        if file.bytes.get(declaration.end).is_some_and(|next| *next != b'\n') {
            text.push('\n');
        }
        self.insertions.entry(path).or_default().push(Insertion { at: declaration.end, text });
        Ok(Added::Now)
    }

    fn forwarding_helper(&mut self, name: &str) -> Result<(TreePath, Declaration, String), String> {
        let plain = name
            .strip_suffix(SUFFIX)
            .ok_or_else(|| format!("its name does not end in {SUFFIX}"))?;
        let (path, mut declaration) =
            self.find(plain, is_header)?.ok_or_else(|| format!("no header declares {plain}()"))?;
        if declaration.parameters.iter().any(|parameter| parameter.name.is_none()) {
            // The definition has names even where the prototype has none.
            if let Some((_, definition)) = self.find(plain, |path| !is_header(path))? {
                declaration.take_names(&definition);
            }
        }
        declaration.name_the_rest();
        let text = text::forwarding(name, plain, &declaration);
        Ok((path, declaration, text))
    }

    fn store_helper(&mut self) -> Result<(TreePath, Declaration, String), String> {
        let place = match self.find(STORE_NEIGHBOUR, is_header)? {
            Some(place) => Some(place),
            None => self.search(STORE_STRUCT, is_header, declaration::find_struct)?,
        };
        let (path, declaration) =
            place.ok_or_else(|| "no header defines struct bio_vec".to_owned())?;
        Ok((path, declaration, text::store_helper(STORE_HELPER)))
    }

    fn condition_helper(&mut self) -> Result<(TreePath, Declaration, String), String> {
        for test in USER_BACKED_TESTS {
            if let Some((path, declaration)) = self.find(test, is_header)? {
                return Ok((path, declaration, text::condition_helper(CONDITION_HELPER, test)));
            }
        }
        Err("no header declares a function that tells a user-backed iterator".to_owned())
    }

    /// The declaration of a function in the files that `fits` lets through.
    fn find(
        &mut self,
        function: &str,
        fits: impl Fn(&TreePath) -> bool,
    ) -> Result<Option<(TreePath, Declaration)>, String> {
        self.search(function, fits, declaration::find_function)
    }

    fn search(
        &mut self,
        word: &str,
        fits: impl Fn(&TreePath) -> bool,
        find: impl Fn(&LexedFile, &str) -> Result<Option<Declaration>, String>,
    ) -> Result<Option<(TreePath, Declaration)>, String> {
        let mut paths = self.reader.mentions(word);
        paths.retain(|path| fits(path) && in_kernel(path));
        paths.sort_by_key(|path| (distance(path), path.clone()));
        paths.dedup();
        let mut refused = None;
        for path in paths {
            let Some(file) = self.lexed(&path) else { continue };
            match find(file, word) {
                Ok(Some(declaration)) => return Ok(Some((path, declaration))),
                Ok(None) => {}
                Err(reason) => refused = refused.or(Some(format!("{path}: {reason}"))),
            }
        }
        refused.map_or(Ok(None), Err)
    }

    fn lexed(&mut self, path: &TreePath) -> Option<&LexedFile> {
        if !self.files.contains_key(path) {
            let converted = self.converted.iter().find(|change| change.path == *path);
            let bytes = match converted {
                Some(change) => change.after.clone(),
                None => self.reader.read(path)?,
            };
            self.files.insert(path.clone(), LexedFile::new(path.clone(), bytes));
        }
        self.files.get(path)
    }

    fn document(&mut self, names: &[String]) {
        let path = TreePath::new(documentation::PATH).expect("a fixed path lies below the root");
        let Some(bytes) = self.reader.read(&path) else { return };
        if let Some((at, text)) = documentation::section(&bytes, names) {
            self.files.insert(path.clone(), LexedFile::new(path.clone(), bytes));
            self.insertions.entry(path).or_default().push(Insertion { at, text });
        }
    }

    fn finish(mut self) -> Vec<FileChange> {
        let mut changes = Vec::new();
        for (path, mut insertions) in self.insertions {
            let file = self.files.remove(&path).expect("text goes into files that were read");
            insertions.sort_by_key(|insertion| insertion.at);
            let mut after = Vec::with_capacity(file.bytes.len() + 1024 * insertions.len());
            let mut done = 0;
            for Insertion { at, text } in &insertions {
                after.extend_from_slice(&file.bytes[done..*at]);
                after.extend_from_slice(&with_line_ends_of(&file.bytes, text));
                done = *at;
            }
            after.extend_from_slice(&file.bytes[done..]);
            let before = self.reader.read(&path);
            changes.push(FileChange { path, before, after });
        }
        changes
    }
}

/// A file with CRLF keeps it in what is added.
fn with_line_ends_of(bytes: &[u8], text: &str) -> Vec<u8> {
    let first_line_end = memchr::memchr(b'\n', bytes);
    match first_line_end {
        Some(at) if at > 0 && bytes[at - 1] == b'\r' => text.replace('\n', "\r\n").into_bytes(),
        Some(_) | None => text.as_bytes().to_vec(),
    }
}

fn is_header(path: &TreePath) -> bool {
    path.as_str().ends_with(".h")
}

/// Copies of kernel headers for user space programs are not the kernel's.
fn in_kernel(path: &TreePath) -> bool {
    let outside = ["tools/", "scripts/", "samples/", "Documentation/", "usr/"];
    !outside.iter().any(|folder| path.as_str().starts_with(folder))
}

/// The common headers first.
fn distance(path: &TreePath) -> u8 {
    match path.as_str() {
        path if path.starts_with("include/linux/") => 0,
        path if path.starts_with("include/") => 1,
        path if !path.starts_with("arch/") => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests;
