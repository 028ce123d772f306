//! One version of a file as the rules ask for it.
//!
//! In: a lexed file. Out: its items as [`Unit`]s, each parsed when a rule first has something to do with
//! it, for parsing is most of the work and most rules have to do with one function in fifty. What the file
//! declares is worked out when a rule first asks for a type, and then from all of its items.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use super::define::Defines;
use crate::ast::Ast;
use crate::items::{Clauses, Item, ItemKind, TypeNames, clauses, split};
use crate::lex::{KindSet, LexedFile, TokenId, TokenKind, TokenRange};
use crate::matcher::{Declared, FileTypes, Unit, may_match};
use crate::parse;
use crate::smpl::Rule;
use crate::smpl::clue::Clue;
use crate::smpl::pattern::{ItemPat, Pattern};

/// The headers that files include, for whoever may read them: this module reads no files.
pub trait Headers: fmt::Debug + Send + Sync {
    /// What each header that `file` includes declares, in the order of its lines.
    fn of(&self, file: &LexedFile) -> Vec<Arc<FileTypes>>;
}

/// A version of a file.
pub(super) struct Version<'s> {
    pub(super) file: LexedFile,
    names: &'s TypeNames,
    headers: Option<&'s dyn Headers>,
    items: OnceCell<Vec<LazyItem>>,
    types: OnceCell<FileTypes>,
    defines: OnceCell<Option<Defines>>,
}

struct LazyItem {
    item: Item,
    ast: OnceCell<Option<Ast>>,
    /// The kinds of its tokens.
    kinds: OnceCell<KindSet>,
    clauses: OnceCell<Clauses>,
}

impl Version<'_> {
    pub(super) fn new<'s>(
        file: LexedFile,
        names: &'s TypeNames,
        headers: Option<&'s dyn Headers>,
    ) -> Version<'s> {
        Version {
            file,
            names,
            headers,
            items: OnceCell::new(),
            types: OnceCell::new(),
            defines: OnceCell::new(),
        }
    }

    fn items(&self) -> &[LazyItem] {
        self.items.get_or_init(|| {
            let lazy = |item| {
                let (ast, kinds, clauses) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
                LazyItem { item, ast, kinds, clauses }
            };
            split(&self.file).into_iter().map(lazy).collect()
        })
    }

    fn unit<'a>(&'a self, lazy: &'a LazyItem) -> Option<Unit<'a>> {
        let parse = || parse::item(&self.file, &lazy.item, self.names).ast;
        let ast = lazy.ast.get_or_init(parse).as_ref()?;
        Some(Unit { file: &self.file, ast, types: Some(self) })
    }

    /// All items.
    pub(super) fn units(&self) -> Vec<Unit<'_>> {
        self.items().iter().filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The items that have the words without which `rule` matches nothing, and show that it may match.
    pub(super) fn units_for(&self, rule: &Rule) -> Vec<Unit<'_>> {
        self.concerned(rule, |lazy| self.shows(lazy, rule))
    }

    /// The items that have the words and show that `rule` does not match: to hold that it does not.
    pub(super) fn units_ruled_out(&self, rule: &Rule) -> Vec<Unit<'_>> {
        self.concerned(rule, |lazy| !self.shows(lazy, rule))
    }

    fn shows(&self, lazy: &LazyItem, rule: &Rule) -> bool {
        let clauses = || lazy.clauses.get_or_init(|| clauses(&self.file, lazy.item.tokens));
        *rule.clue() == Clue::Nothing || may_match(rule.clue(), &self.file, clauses())
    }

    fn concerned(&self, rule: &Rule, wanted: impl Fn(&LazyItem) -> bool) -> Vec<Unit<'_>> {
        let required = &rule.required;
        let is_directive =
            |item: &ItemPat| matches!(item, ItemPat::Directive(_) | ItemPat::Dots(_));
        if matches!(&rule.pattern, Pattern::Items(items) if items.iter().all(is_directive)) {
            return Vec::new();
        }
        let concerned = self.items().iter().filter(|lazy| {
            let text = || self.file.range_text(lazy.item.tokens);
            let kinds_of = || KindSet::in_range(&self.file.tokens, lazy.item.tokens);
            let kinds = || *lazy.kinds.get_or_init(kinds_of);
            let has_one = |set: &Vec<TokenKind>| kinds().meets(KindSet::of(set.iter().copied()));
            (required.sets.is_empty() || required.may_match(text()))
                && required.operators.iter().all(has_one)
                && (!required.iterator || may_iterate(&self.file, lazy.item.tokens))
                && wanted(lazy)
        });
        concerned.filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The items that were asked for so far.
    pub(super) fn known_units(&self) -> Vec<Unit<'_>> {
        let known = self.items().iter().filter(|lazy| lazy.ast.get().is_some());
        known.filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The file's macros, where a rule has asked for them.
    pub(super) fn defines(&self) -> Option<&Defines> {
        self.defines.get()?.as_ref()
    }

    /// The bodies of macros that `rule` may have to do with.
    pub(super) fn macro_bodies(&self, rule: &Rule) -> Vec<Unit<'_>> {
        if !Defines::concern(rule) {
            return Vec::new();
        }
        match self.defines.get_or_init(|| Defines::of(&self.file)) {
            Some(defines) => defines.units(rule, self.names, self),
            None => Vec::new(),
        }
    }
}

/// Whether a macro may be used like a loop in the body of a function: a name, something in parentheses, and
/// then what can start a statement. Much looks like that and is no loop, and no loop does not.
fn may_iterate(file: &LexedFile, range: TokenRange) -> bool {
    use TokenKind as K;
    let tokens = &file.tokens;
    let body = tokens.significant(range).skip_while(|&id| tokens.kind(id) != K::LBrace);
    // Whether each parenthesis that is open stands behind a name.
    let mut named = Vec::new();
    let mut after_name = false;
    let mut closed = false;
    for id in body {
        let kind = tokens.kind(id);
        if closed
            && matches!(
                kind,
                K::LBrace | K::Ident | K::Star | K::LParen | K::PlusPlus | K::MinusMinus
            )
        {
            return true;
        }
        closed = false;
        match kind {
            K::LParen => named.push(after_name),
            K::RParen => closed = named.pop().unwrap_or(true),
            _ => {}
        }
        let is_word = |word: &[u8]| matches!(word, b"if" | b"while" | b"for" | b"switch");
        after_name = kind == K::Ident && !is_word(file.text(id));
    }
    false
}

/// The file with nothing in the bodies of its functions: they declare nothing for others, and are most of
/// what there is to parse. A body that defines a struct stays.
fn without_bodies<'i>(file: &LexedFile, items: impl Iterator<Item = &'i Item>) -> LexedFile {
    let mut bytes = file.bytes.clone();
    let is_function =
        |item: &&Item| matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction);
    for item in items.filter(is_function) {
        let mut depth = 0;
        let tokens: Vec<TokenId> = file.tokens.significant(item.tokens).collect();
        let open = tokens.iter().rev().find(|&&id| {
            match file.tokens.kind(id) {
                TokenKind::RBrace => depth += 1,
                TokenKind::LBrace => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let (Some(&open), Some(&last)) = (open, tokens.last()) else { continue };
        let is_struct = |id: TokenId| matches!(&**file.text(id), b"struct" | b"union");
        let mut inside = tokens.windows(3).filter(|three| three[0] > open);
        if inside.any(|three| {
            let opens = |id: TokenId| file.tokens.kind(id) == TokenKind::LBrace;
            is_struct(three[0]) && (opens(three[1]) || opens(three[2]))
        }) {
            continue;
        }
        let inside = file.tokens.span(open).end as usize..file.tokens.span(last).start as usize;
        bytes[inside].fill(b' ');
    }
    LexedFile::new(file.path.clone(), bytes)
}

/// What a file declares outside of its functions.
pub fn declared_types(file: &LexedFile, names: &TypeNames) -> FileTypes {
    let items = split(file);
    types_of(file, items.iter(), names)
}

fn types_of<'i>(
    file: &LexedFile,
    items: impl Iterator<Item = &'i Item>,
    names: &TypeNames,
) -> FileTypes {
    let mut types = FileTypes::default();
    types.add_macros(file);
    let file = without_bodies(file, items);
    for item in split(&file) {
        if let Some(ast) = parse::item(&file, &item, names).ast {
            types.add(&Unit { file: &file, ast: &ast, types: None });
        }
    }
    types
}

impl Declared for Version<'_> {
    fn types(&self) -> &FileTypes {
        self.types.get_or_init(|| {
            let items = self.items().iter().map(|lazy| &lazy.item);
            let mut types = types_of(&self.file, items, self.names);
            if let Some(headers) = self.headers {
                headers.of(&self.file).into_iter().for_each(|header| types.include(header));
            }
            types
        })
    }
}

impl fmt::Debug for Version<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version").field("path", &self.file.path).finish_non_exhaustive()
    }
}
