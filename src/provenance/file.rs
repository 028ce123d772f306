//! The functions of one file, solved together: helpers by their summaries, parameters by their callers.
//!
//! In: a lexed file and its items. Only the functions that are asked for are parsed. A `static` function
//! whose name is only ever called has no callers but those of the file, so what its parameters hold is
//! known; any other function may be called from anywhere.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;

use super::Function;
use super::engine::Engine;
use super::environment::{AccessPath, Environment, Summary};
use super::origin::{IteratorExpr, Origin, OriginKind, Role, TraceStep};
use super::scope::Prototype;
use super::site::{self, Site};
use super::vocabulary::Vocabulary;
use crate::cfg::NoReturn;
use crate::items::{Item, ItemKind, TypeNames};
use crate::lex::{LexedFile, TokenId, TokenKind};

/// Callers of callers of … are followed this far.
const MOST_CALLERS: usize = 6;

/// One file's functions and what has been found out about them.
pub struct FileFunctions<'a> {
    file: &'a LexedFile,
    items: &'a [Item],
    types: &'a TypeNames,
    vocabulary: &'a Vocabulary,
    outside: &'a dyn Environment,
    no_return: NoReturn,
    /// The item that defines each function; of two under one name, neither.
    by_name: BTreeMap<String, Option<usize>>,
    parsed: RefCell<FxHashMap<usize, Option<Rc<Function>>>>,
    summaries: RefCell<FxHashMap<String, Option<Arc<Summary>>>>,
    /// Whether the file mentions a source; without one its functions add nothing to what each tells alone.
    has_sources: bool,
    known_incoming: RefCell<FxHashMap<(String, AccessPath), Option<Vec<Arc<Origin>>>>>,
    /// Places whose callers are being asked, outermost first.
    asking: RefCell<Vec<(String, AccessPath)>>,
}

impl<'a> FileFunctions<'a> {
    /// Takes the items of `file`. `outside` answers for what the file does not define.
    pub fn new(
        file: &'a LexedFile,
        items: &'a [Item],
        types: &'a TypeNames,
        vocabulary: &'a Vocabulary,
        outside: &'a dyn Environment,
    ) -> FileFunctions<'a> {
        let mut by_name: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(name) = function_name(file, item) {
                let name = file.text(name).to_string();
                by_name.entry(name).and_modify(|old| *old = None).or_insert(Some(index));
            }
        }
        FileFunctions {
            file,
            items,
            types,
            vocabulary,
            outside,
            no_return: vocabulary.no_return(),
            by_name,
            parsed: RefCell::default(),
            summaries: RefCell::default(),
            asking: RefCell::default(),
            known_incoming: RefCell::default(),
            has_sources: mentions_source(file, vocabulary),
        }
    }

    /// The function that item `index` defines; `None` for any other item, or one that could not be parsed.
    pub fn function(&self, index: usize) -> Option<Rc<Function>> {
        if let Some(done) = self.parsed.borrow().get(&index) {
            return done.clone();
        }
        let item = self.items.get(index)?;
        let is_function = matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction);
        let parsed = is_function.then(|| crate::parse::item(self.file, item, self.types).ast);
        let function =
            parsed.flatten().map(|ast| Rc::new(Function::new(ast, self.file, &self.no_return)));
        self.parsed.borrow_mut().insert(index, function.clone());
        function
    }

    /// The adder sites of the function that item `index` defines.
    pub fn sites(&self, index: usize) -> Vec<Site> {
        let Some(function) = self.function(index) else { return Vec::new() };
        let context = function.context(self.file, self.vocabulary, self);
        let mut engine = Engine::new(context);
        let record = engine.run(&|_, _| true);
        site::sites(&mut engine, record.adders)
    }

    fn named(&self, name: &str) -> Option<Rc<Function>> {
        self.by_name.get(name).copied().flatten().and_then(|index| self.function(index))
    }

    /// The functions that call `name`, where all its callers are known to be in this file.
    fn callers(&self, name: &str) -> Option<Vec<usize>> {
        let own = self.by_name.get(name).copied().flatten()?;
        if !is_static(self.file, &self.items[own]) {
            return None;
        }
        let mut callers = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let mut tokens = self.file.tokens.significant(item.tokens).peekable();
            while let Some(token) = tokens.next() {
                if !self.file.is_word(token, name) {
                    continue;
                }
                let called = tokens.peek().map(|&t| self.file.tokens.kind(t));
                if called != Some(TokenKind::LParen) {
                    return None;
                }
                let is_function = matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction);
                let defines = index == own && function_name(self.file, item) == Some(token);
                if is_function && !defines {
                    callers.push(index);
                }
            }
        }
        callers.dedup();
        Some(callers)
    }

    /// What `place` of `name` holds by all calls in the function that item `caller` defines.
    fn by_caller(&self, caller: usize, name: &str, place: &AccessPath) -> Option<Vec<Arc<Origin>>> {
        let function = self.function(caller)?;
        let context = function.context(self.file, self.vocabulary, self);
        let mut engine = Engine::new(context);
        let record = engine.run(&|_, _| true);
        let mut out = Vec::new();
        for (node, _, values, state) in record.calls.iter().filter(|call| call.1 == name) {
            let value = engine.at_call(*node, values, place, state)?;
            let arrivals = engine.arrivals(&value);
            let call = TraceStep {
                place: context.place(*node),
                text: context.text(*node),
                role: Role::Call,
            };
            for arrival in arrivals.sources().chain(arrivals.elsewhere()) {
                let mut upstream = arrival.trace.clone();
                upstream.push(call.clone());
                out.push(Arc::new(passed_down(&arrival.origin, upstream)));
            }
        }
        Some(out)
    }
}

impl Environment for FileFunctions<'_> {
    fn prototype(&self, name: &str) -> Option<Arc<Prototype>> {
        match self.named(name) {
            Some(function) => {
                let ast = function.ast();
                super::scope::prototype(ast, self.file, ast.root())
                    .map(|(_, prototype)| Arc::new(prototype))
            }
            None => self.outside.prototype(name),
        }
    }

    fn declares(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.outside.declares(name)
    }

    fn summary(&self, name: &str) -> Option<Arc<Summary>> {
        if !self.has_sources || !self.by_name.contains_key(name) {
            return self.outside.summary(name);
        }
        if let Some(done) = self.summaries.borrow().get(name) {
            return done.clone();
        }
        // A function that calls itself is unknown to itself.
        self.summaries.borrow_mut().insert(name.to_owned(), None);
        let function = self.named(name)?;
        let mut engine = Engine::new(function.context(self.file, self.vocabulary, self));
        let record = engine.run(&|_, _| true);
        let summary = Some(Arc::new(engine.summarise(&record)));
        self.summaries.borrow_mut().insert(name.to_owned(), summary.clone());
        summary
    }

    fn incoming(&self, function: &str, place: &AccessPath) -> Option<Vec<Arc<Origin>>> {
        if !self.has_sources {
            return None;
        }
        let asked = (function.to_owned(), place.clone());
        if let Some(known) = self.known_incoming.borrow().get(&asked) {
            return known.clone();
        }
        if self.asking.borrow().contains(&asked) {
            // What comes round through a recursion came in from somewhere else first.
            return Some(Vec::new());
        }
        if self.asking.borrow().len() >= MOST_CALLERS {
            return None;
        }
        let callers = self.callers(function)?;
        if callers.is_empty() {
            return None;
        }
        self.asking.borrow_mut().push(asked.clone());
        let mut out = Some(Vec::new());
        for caller in callers {
            let here = self.by_caller(caller, function, place);
            out = out.zip(here).map(|(mut out, here)| {
                out.extend(here);
                out
            });
        }
        self.asking.borrow_mut().pop();
        // Inside of a round of questions an answer may lack what a cut recursion would have added.
        if self.asking.borrow().is_empty() {
            self.known_incoming.borrow_mut().insert(asked, out.clone());
        }
        out
    }
}

/// An origin as it looks from the function it was passed down to: the iterator stayed behind.
fn passed_down(origin: &Origin, upstream: Vec<TraceStep>) -> Origin {
    let kind = match &origin.kind {
        OriginKind::Iterator(iterator) => {
            OriginKind::Iterator(IteratorExpr { node: None, ..iterator.clone() })
        }
        kind => kind.clone(),
    };
    Origin { kind, upstream, ..origin.clone() }
}

/// The name that a function's item defines: what stands before its parameters.
fn function_name(file: &LexedFile, item: &Item) -> Option<TokenId> {
    let tokens: Vec<TokenId> = match item.kind {
        ItemKind::Function | ItemKind::MacroFunction => {
            file.tokens.significant(item.tokens).collect()
        }
        _ => return None,
    };
    let kind = |at: usize| file.tokens.kind(tokens[at]);
    let body = (0..tokens.len()).find(|&at| kind(at) == TokenKind::LBrace)?;
    if item.kind == ItemKind::MacroFunction {
        let open = (0..body).find(|&at| kind(at) == TokenKind::LParen)?;
        return tokens.get(open + 1).copied();
    }
    // The last pair of parentheses before the body, but for attributes behind the parameters.
    let mut depth = 0;
    let mut found = None;
    for at in 0..body {
        match kind(at) {
            TokenKind::LParen => {
                if depth == 0 && at > 0 && kind(at - 1) == TokenKind::Ident && found.is_none() {
                    let name = file.text(tokens[at - 1]);
                    found = (!name.starts_with(b"__") || at + 1 == body).then(|| tokens[at - 1]);
                }
                depth += 1;
            }
            TokenKind::RParen => depth -= 1,
            _ => {}
        }
    }
    found.or_else(|| {
        let open = (0..body).find(|&at| kind(at) == TokenKind::LParen)?;
        tokens.get(open.checked_sub(1)?).copied()
    })
}

fn mentions_source(file: &LexedFile, vocabulary: &Vocabulary) -> bool {
    let mut words = file.tokens.all().iter().filter(|&t| file.tokens.kind(t) == TokenKind::Ident);
    words.any(|token| file.text(token).to_str().is_ok_and(|name| vocabulary.is_source(name)))
}

fn is_static(file: &LexedFile, item: &Item) -> bool {
    let head = file.tokens.significant(item.tokens);
    head.take_while(|&token| file.tokens.kind(token) != TokenKind::LParen)
        .any(|token| file.is_word(token, "static"))
}
