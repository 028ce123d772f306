//! The scan: adder sites of a whole tree, and where the pages at each come from.
//!
//! The tree is indexed by words ([`Workspace::sources`]). Files that mention an adder are lexed, and their
//! functions that do are the sites; what else is read and parsed is up to the solver.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bstr::BStr;
use rayon::prelude::*;

use super::aside::Aside;
use super::corpus::TreeCorpus;
use super::remembered::{Found, Id, MOST_CHANGED, Memory};
use super::report;
use super::{Workspace, since};
use crate::ast::{Ast, Kind, NodeId};
use crate::items::{Item, ItemKind, TypeNames, split};
use crate::lex::{LexedFile, TokenKind, TokenRange};
use crate::parse;
use crate::provenance::{Class, Gap, GapKind, Site, SiteShape, Vocabulary, WholeTree};
use crate::review::{Report, UnlistedSite, Unseen};
use crate::source::TreePath;
use crate::tree::walk::{self, read_into};
use crate::tree::words::WordSet;

/// What a scan found, in the order of the files.
#[derive(Debug)]
pub struct Scan {
    /// Files that hold an adder.
    pub files: Vec<ScannedFile>,
    /// What was not looked at.
    pub unseen: Unseen,
    /// The names of the adders.
    pub adders: WordSet,
    /// The solver, and what it has found out.
    pub tree: Aside<WholeTree>,
    /// How many functions were not known from an earlier run.
    pub solved: usize,
}

/// A file that holds an adder.
#[derive(Debug)]
pub struct ScannedFile {
    /// The file.
    pub file: LexedFile,
    /// Its top-level items.
    pub items: Vec<Item>,
    /// Those of them that hold an adder, with their sites in source order.
    pub sites: Vec<(usize, Vec<Site>)>,
}

/// Scans the workspace's tree, or what `--only` names of it.
pub fn scan(workspace: &Workspace) -> anyhow::Result<Scan> {
    let campaign = &workspace.campaign;
    let vocabulary = Vocabulary::parse(&campaign.vocabulary_path, &campaign.vocabulary)?;
    let adders = adder_words(&vocabulary)?;
    let walk = workspace.walk();
    let mut unseen = Unseen::default();
    for file in &walk.unseen {
        unseen.file(&file.path, &file.reason);
    }
    let index = workspace.sources().index();
    for file in workspace.not_indexed() {
        unseen.file(&file.path, &file.reason);
    }
    workspace.run(|| {
        let mentioning = index.candidates_for_any(adders.iter());
        // A file that the user named is read although the tree ignores it and the index has not seen it.
        let may_hold_adder = |path: &TreePath| {
            index.number(path).is_none_or(|file| mentioning.binary_search(&file).is_ok())
        };
        let paths = walk.files.par_iter().filter(|path| may_hold_adder(path));
        let read: Vec<_> = paths.map(|path| read_file(workspace, path, &adders)).collect();
        let mut files: Vec<ScannedFile> = Vec::new();
        for file in read {
            match file {
                Ok(file) => files.extend(file),
                Err(error) => unseen.file(&error.path, &error.reason),
            }
        }
        let corpus = TreeCorpus::new(workspace.tree.root.clone(), workspace.shared_sources());
        let (numbers, count) = (corpus.numbers(), index.files().len());
        let mut tree = WholeTree::new(Box::new(corpus), count, vocabulary);
        tree.settle()?;
        let memory = Memory::of(workspace, &numbers, tree.vocabulary());
        let mut known = memory.as_ref().map(|memory| memory.read(&tree)).unwrap_or_default();
        if memory.is_some() {
            tree.remember(std::mem::take(&mut known.parts));
            tree.know(std::mem::take(&mut known.searched));
            tree.know_quiet(std::mem::take(&mut known.quiet));
        }
        let step = workspace.begin("files scanned", files.len());
        let solved: Vec<Vec<(Id, Cow<'_, Found>)>> = (files.par_iter())
            .map(|scanned| {
                let number = index.number(&scanned.file.path).map(|file| numbers[file.index()]);
                let known = number.map(|_| &known.functions);
                let number = number.unwrap_or_else(|| tree.add_version(scanned.file.clone()));
                let items = scanned.sites.iter().map(|(item, _)| (number, *item));
                let find = |id: Id| match known.and_then(|known| known.get(&id)) {
                    Some(found) => (id, Cow::Borrowed(found)),
                    None => (id, Cow::Owned(solve(scanned, id, &tree))),
                };
                step.done(items.map(find).collect())
            })
            .collect();
        drop(step);
        let mut new: Vec<(Id, Found)> = Vec::new();
        for (scanned, found) in files.iter_mut().zip(solved) {
            for ((_, sites), (id, found)) in scanned.sites.iter_mut().zip(found) {
                sites.clone_from(&found.sites);
                unseen.add(found.unseen.clone());
                if let Cow::Owned(found) = found {
                    new.push((id, found));
                }
            }
        }
        let count = new.len();
        if let Some(memory) = memory.filter(|_| count > 0 || known.changed > MOST_CHANGED) {
            known.functions.extend(new);
            known.searched = tree.searched();
            known.parts = tree.take_parts();
            // The next run takes longer, that is all.
            let _ = memory.write(known, &tree);
        }
        files.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        unseen.details.sort();
        not_followed(&files, &mut unseen);
        if let Some(changed) = &workspace.changed {
            since::restrict(&mut files, changed);
        }
        Ok(Scan { files, unseen, adders, tree: Aside::new(tree), solved: count })
    })
}

/// Counts and names what was not followed on the ways to the adders.
fn not_followed(files: &[ScannedFile], unseen: &mut Unseen) {
    let sites = files.iter().flat_map(|file| &file.sites).flat_map(|(_, sites)| sites);
    let gaps: BTreeSet<&Gap> = sites.flat_map(|site| &site.gaps).collect();
    for gap in gaps {
        let what = match gap.kind {
            GapKind::IndirectCall => {
                unseen.indirect_calls += 1;
                "indirect call"
            }
            GapKind::OtherForm => {
                unseen.other_forms += 1;
                "another form"
            }
        };
        unseen.not_followed.push(match &gap.place {
            Some(place) => format!("{}:{}: {what}: {}", place.file, place.line, gap.text),
            None => format!("{what}: {}", gap.text),
        });
    }
}

/// Finds the sites of one function, and whose reference each works under.
fn solve(scanned: &ScannedFile, id: Id, tree: &WholeTree) -> Found {
    let ((sites, unseen), part) = tree.follow(|| {
        let (mut sites, unseen) = sites_in(scanned, id, tree);
        for site in &mut sites {
            if matches!(site.class, Class::Gup | Class::Conditional | Class::Mixed) {
                tree.find_reference(id.0, id.1, site);
            }
            if matches!(site.class, Class::Conditional | Class::Mixed) {
                site.threading = tree.threading(id.0, id.1, site);
            }
        }
        (sites, unseen)
    });
    let key = tree.item_key(id.0, id.1).unwrap_or_default();
    Found { sites, unseen, part, key }
}

fn sites_in(scanned: &ScannedFile, (number, item): Id, tree: &WholeTree) -> (Vec<Site>, Unseen) {
    let ScannedFile { file, items, .. } = scanned;
    let mut unseen = Unseen::default();
    let parsed = parse::item(file, &items[item], &TypeNames::default());
    for diagnostic in &parsed.diagnostics {
        let text = diagnostic.render(&file.path, &file.lines);
        if parsed.ast.is_some() { unseen.function(text) } else { unseen.item(text) }
    }
    if !parsed.diagnostics.is_empty() {
        tree.note_told(number, item);
    }
    let mut found = tree.sites(number, item);
    found.retain(|site| {
        let ast = parsed.ast.as_ref();
        !is_marked(file, items[item], site)
            && !ast.is_some_and(|ast| is_told_apart(file, ast, site))
    });
    (found, unseen)
}

/// Whether the page of a site is marked already: an initialiser keeps the page and is followed by its mark.
fn is_marked(file: &LexedFile, item: Item, site: &Site) -> bool {
    if site.shape == SiteShape::Call {
        return false;
    }
    let words = |range: TokenRange| -> Vec<&BStr> {
        file.tokens.significant(range).map(|token| file.text(token)).collect()
    };
    let page = words(site.page_tokens);
    let rest = TokenRange { start: site.tokens.end, end: item.tokens.end };
    let marks = rest.iter().filter(|&token| file.is_word(token, &site.conversion));
    marks.into_iter().any(|mark| {
        let end = TokenRange { start: mark, end: item.tokens.end };
        let end = end.iter().find(|&token| file.tokens.kind(token) == TokenKind::Semi);
        let call = words(TokenRange { start: mark, end: end.unwrap_or(item.tokens.end) });
        call.windows(page.len()).any(|window| window == page)
    })
}

/// Whether a site is the plain half of a conversion under a condition: what is called where the page is
/// not from GUP, beside the `_from_gup` variant in the other branch.
fn is_told_apart(file: &LexedFile, ast: &Ast, site: &Site) -> bool {
    let converts = |branch: NodeId| {
        ast.tokens(branch).iter().any(|token| file.is_word(token, &site.conversion))
    };
    ast.ancestors(site.node).any(|above| {
        let (then, other) = match ast.kind(above) {
            Kind::If { then, other: Some(other), .. } => (then, other),
            Kind::Conditional { then: Some(then), other, .. } => (then, other),
            _ => return false,
        };
        ast.tokens(other).covers(site.tokens) && converts(then)
    })
}

impl Scan {
    /// The report of the sites that GUP pages can reach.
    pub fn report(&self, workspace: &Workspace) -> Report {
        report::report(self, workspace)
    }

    /// The sites in another version of a scanned file, by item, and what was not seen of them.
    pub fn sites_of(&self, file: &LexedFile) -> (Vec<(usize, Vec<Site>)>, Unseen) {
        let mut scanned = lexed_file(file.clone(), &self.adders);
        let number = self.tree.add_version(file.clone());
        let mut unseen = Unseen::default();
        let found: Vec<Vec<Site>> = (scanned.sites.iter())
            .map(|(item, _)| {
                let (sites, missed) = sites_in(&scanned, (number, *item), &self.tree);
                unseen.add(missed);
                sites
            })
            .collect();
        for ((_, sites), found) in scanned.sites.iter_mut().zip(found) {
            *sites = found;
        }
        for site in scanned.sites.iter_mut().flat_map(|(_, sites)| sites) {
            self.recall_reference(&file.path, site);
        }
        (scanned.sites, unseen)
    }

    /// Whose reference it is was found out in the file as it was on disk: lines move with each edit. Of several
    /// sites that look alike the one that says most against a conversion counts.
    fn recall_reference(&self, path: &TreePath, site: &mut Site) {
        let files = self.files.iter().filter(|scanned| scanned.file.path == *path);
        let known = files.flat_map(|scanned| &scanned.sites).flat_map(|(_, sites)| sites);
        let alike = known.filter(|known| {
            known.function == site.function
                && known.page_text == site.page_text
                && known.container == site.container
        });
        if let Some(known) = alike.max_by_key(|known| known.reference) {
            site.reference = known.reference;
            site.releases = known.releases.clone();
        }
    }

    /// The adders that no GUP page was seen to reach.
    pub fn unlisted(&self) -> Vec<UnlistedSite> {
        report::unlisted(self)
    }
}

/// The names whose mention makes a function worth parsing.
fn adder_words(vocabulary: &Vocabulary) -> anyhow::Result<WordSet> {
    let calls = vocabulary.adder_names();
    let members = vocabulary.stores().iter().map(|store| store.member.as_str());
    Ok(WordSet::new(calls.chain(members))?)
}

/// Reads a file that mentions an adder; `None` where no function of it does.
fn read_file(
    workspace: &Workspace,
    path: &TreePath,
    adders: &WordSet,
) -> Result<Option<ScannedFile>, walk::Unseen> {
    let mut bytes = Vec::new();
    read_into(&workspace.tree.root, path, &mut bytes)?;
    let scanned = lexed_file(LexedFile::new(path.clone(), bytes), adders);
    Ok((!scanned.sites.is_empty()).then_some(scanned))
}

/// The items of a file, and which of them hold an adder.
fn lexed_file(file: LexedFile, adders: &WordSet) -> ScannedFile {
    let items = split(&file);
    let holds_adder = |item: &Item| {
        let is_function = matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction);
        is_function && mentions_word(&file, *item, adders)
    };
    let numbered = items.iter().enumerate();
    let sites: Vec<(usize, Vec<Site>)> = numbered
        .filter(|(_, item)| holds_adder(item))
        .map(|(index, _)| (index, Vec::new()))
        .collect();
    ScannedFile { file, items, sites }
}

fn mentions_word(file: &LexedFile, item: Item, words: &WordSet) -> bool {
    item.tokens.iter().any(|token| {
        file.tokens.kind(token) == TokenKind::Ident
            && std::str::from_utf8(file.text(token)).is_ok_and(|word| words.id(word).is_some())
    })
}
