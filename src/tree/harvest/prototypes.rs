//! How functions are declared in the tree at hand.
//!
//! In: wanted names and files. Out: for each name what declares or defines it, with its parameters, so
//! that what differs between kernel versions (which argument is the page, whether the function is there
//! at all) is looked up and not known by heart.
//!
//! Only file scope counts: a call in a function body is no declaration. Brace depth is lost where arms of
//! a conditional each open the same brace; the kernel's habit of closing functions in column 1 brings it
//! back.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::declarator::{Specifier, declared_name};
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::source::{Span, TreePath};
use crate::tree::walk::{Unseen, read_into};
use crate::tree::words::{WordSet, is_word_byte};

/// What a [`Prototype`] was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrototypeKind {
    /// A declaration without a body.
    Declaration,
    /// A definition.
    Definition,
    /// `#define name(a, b)`; its parameters have no types.
    Macro,
}

/// Who can call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Linkage {
    /// Every file.
    External,
    /// Its own file.
    Static,
    /// `static inline`: whoever includes its header.
    StaticInline,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As written, white space and comments made single blanks.
    pub text: String,
    /// The text without the name, canonical: `struct page **`. Empty for a macro's parameter.
    pub ty: String,
    /// Its name, where it is written.
    pub name: Option<String>,
}

/// One declaration, definition or macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// The file.
    pub file: TreePath,
    /// From the first word of the return type to the closing parenthesis; for a macro, the directive.
    pub span: Span,
    /// The name's own bytes.
    pub name_span: Span,
    /// What it was read from.
    pub kind: PrototypeKind,
    /// Who can call it; a macro is external.
    pub linkage: Linkage,
    /// What stands before the name without `static`, `extern` and `inline`, canonical: `struct page *`.
    /// Attributes are still in it. Empty for a macro.
    pub return_type: String,
    /// In order; `(void)` has none.
    pub parameters: Vec<Parameter>,
    /// Whether the list ends with `...`.
    pub variadic: bool,
}

impl Prototype {
    /// The position of the parameter called `name`, from 0.
    pub fn position_of(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name.as_deref() == Some(name))
    }

    /// The positions of the parameters whose type reads `ty`, such as `struct page **`.
    pub fn positions_of_type<'s>(&'s self, ty: &'s str) -> impl Iterator<Item = usize> + 's {
        let all = self.parameters.iter().enumerate();
        all.filter(move |(_, parameter)| parameter.ty == ty).map(|(at, _)| at)
    }
}

/// Prototypes by name; within a name in the order of the files, then of the text.
pub type Prototypes = BTreeMap<String, Vec<Prototype>>;

/// Collects what declares one of `wanted` in `files`. Runs on the current rayon pool.
pub fn harvest_prototypes(
    root: &Path,
    files: &[TreePath],
    wanted: &WordSet,
) -> (Prototypes, Vec<Unseen>) {
    let harvested: Vec<Result<Prototypes, Unseen>> = files
        .par_iter()
        .map(|path| {
            let mut bytes = Vec::new();
            read_into(root, path, &mut bytes)?;
            if wanted.mentions(&bytes).next().is_none() {
                return Ok(Prototypes::new());
            }
            Ok(prototypes_in(&LexedFile::new(path.clone(), bytes), wanted))
        })
        .collect();
    let mut all = Prototypes::new();
    let mut unseen = Vec::new();
    for result in harvested {
        match result {
            Ok(own) => {
                for (name, prototypes) in own {
                    all.entry(name).or_default().extend(prototypes);
                }
            }
            Err(error) => unseen.push(error),
        }
    }
    (all, unseen)
}

/// What declares one of `wanted` in one file.
pub fn prototypes_in(file: &LexedFile, wanted: &WordSet) -> Prototypes {
    let mut found = Prototypes::new();
    let mut scope = FileScope { depth: 0, start: TokenId(0) };
    for id in file.tokens.all().iter() {
        let kind = file.tokens.kind(id);
        if kind == TokenKind::Directive {
            if let Some((name, prototype)) = macro_at(file, id, wanted) {
                found.entry(name).or_default().push(prototype);
            }
            scope.start = id.next();
            continue;
        }
        if kind == TokenKind::Ident && scope.depth == 0 {
            let text = String::from_utf8_lossy(file.text(id));
            if wanted.id(&text).is_some()
                && let Some(prototype) = prototype_at(file, id, scope.start)
            {
                found.entry(text.into_owned()).or_default().push(prototype);
            }
        }
        scope.step(file, id, kind);
    }
    found
}

/// Where in the file's bracket structure a scan stands.
struct FileScope {
    depth: usize,
    /// The first token of the current declaration, where the depth is 0.
    start: TokenId,
}

impl FileScope {
    fn step(&mut self, file: &LexedFile, id: TokenId, kind: TokenKind) {
        match kind {
            TokenKind::RBrace if file.location(id).column == 1 => self.depth = 0,
            TokenKind::LBrace if self.depth == 0 && after_a_string(file, id) => {
                // `extern "C" {` opens no scope.
            }
            _ if kind.is_open() => self.depth += 1,
            _ if kind.is_close() => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth == 0 && matches!(kind, TokenKind::Semi | TokenKind::RBrace) {
            self.start = id.next();
        }
    }
}

fn after_a_string(file: &LexedFile, id: TokenId) -> bool {
    let before = file.tokens.significant_before(id);
    before.is_some_and(|before| file.tokens.kind(before) == TokenKind::String)
}

/// Tokens a return type may have; what is longer is a row of macro calls without a `;` between them, and
/// looking back over all of it from each would take quadratic time.
const LONGEST_HEAD: usize = 256;

/// Reads the prototype whose name is token `name`, if it is one; its declaration starts at `start`.
fn prototype_at(file: &LexedFile, name: TokenId, start: TokenId) -> Option<Prototype> {
    let open = file.tokens.significant_from(name.next())?;
    if file.tokens.kind(open) != TokenKind::LParen {
        return None;
    }
    let start = file.tokens.significant_from(start)?;
    if name.index().saturating_sub(start.index()) > LONGEST_HEAD {
        return None;
    }
    let head = TokenRange { start, end: name };
    if !can_be_type(file, head) {
        return None;
    }
    let close = matching(file, open)?;
    let kind = ending(file, close.next())?;
    let inner = TokenRange { start: open.next(), end: close };
    let (parameters, variadic) = parameters(file, inner);
    Some(Prototype {
        file: file.path.clone(),
        span: file.span(TokenRange { start, end: close.next() }),
        name_span: file.tokens.span(name),
        kind,
        linkage: linkage(file, head),
        return_type: canonical(file, head, |word| !is_storage(word)),
        parameters,
        variadic,
    })
}

/// Whether `head`, which stands before a name at file scope, can be a return type: a macro call has
/// nothing before it, an initialiser has a `=`. Attributes may hold anything: `__printf(1, 2) int f(…)`.
fn can_be_type(file: &LexedFile, head: TokenRange) -> bool {
    let mut depth = 0usize;
    let mut words = 0usize;
    for id in file.tokens.significant(head) {
        let kind = file.tokens.kind(id);
        match kind {
            _ if kind.is_open() => depth += 1,
            _ if kind.is_close() => depth = depth.saturating_sub(1),
            TokenKind::Eq | TokenKind::Comma if depth == 0 => return false,
            TokenKind::Ident => words += 1,
            _ => {}
        }
    }
    words > 0
}

/// Whether a `;` or a body follows a parameter list; attributes may stand between.
fn ending(file: &LexedFile, from: TokenId) -> Option<PrototypeKind> {
    let mut at = file.tokens.significant_from(from)?;
    loop {
        match file.tokens.kind(at) {
            TokenKind::Semi | TokenKind::Comma => return Some(PrototypeKind::Declaration),
            TokenKind::LBrace => return Some(PrototypeKind::Definition),
            TokenKind::Ident => {}
            TokenKind::LParen => at = matching(file, at)?,
            _ => return None,
        }
        at = file.tokens.significant_from(at.next())?;
    }
}

fn matching(file: &LexedFile, open: TokenId) -> Option<TokenId> {
    let mut depth = 0usize;
    let rest = TokenRange { start: open, end: file.tokens.all().end };
    for id in rest.iter() {
        let kind = file.tokens.kind(id);
        if kind.is_open() {
            depth += 1;
        } else if kind.is_close() {
            depth -= 1;
            if depth == 0 {
                return Some(id);
            }
        }
    }
    None
}

fn parameters(file: &LexedFile, inner: TokenRange) -> (Vec<Parameter>, bool) {
    let mut parameters = Vec::new();
    let mut variadic = false;
    for range in split_at_commas(file, inner) {
        let tokens: Vec<TokenId> = file.tokens.significant(range).collect();
        match tokens.as_slice() {
            [] => {}
            [only] if file.tokens.kind(*only) == TokenKind::Ellipsis => variadic = true,
            [only] if file.is_word(*only, "void") => {}
            _ => parameters.push(parameter(file, range)),
        }
    }
    (parameters, variadic)
}

fn parameter(file: &LexedFile, range: TokenRange) -> Parameter {
    let name = declared_name(file, range, Specifier::Own);
    let name_text = name.map(|id| file.text(id).to_string());
    let before = TokenRange { start: range.start, end: name.unwrap_or(range.end) };
    let after = TokenRange { start: name.map_or(range.end, TokenId::next), end: range.end };
    let ty = canonical(file, before, |_| true) + &canonical(file, after, |_| true);
    Parameter { text: canonical(file, range, |_| true), ty, name: name_text }
}

fn split_at_commas(file: &LexedFile, inner: TokenRange) -> Vec<TokenRange> {
    let mut ranges = Vec::new();
    let mut from = inner.start;
    let mut depth = 0usize;
    for id in inner.iter() {
        let kind = file.tokens.kind(id);
        if kind.is_open() {
            depth += 1;
        } else if kind.is_close() {
            depth = depth.saturating_sub(1);
        } else if kind == TokenKind::Comma && depth == 0 {
            ranges.push(TokenRange { start: from, end: id });
            from = id.next();
        }
    }
    ranges.push(TokenRange { start: from, end: inner.end });
    ranges
}

fn is_storage(word: &[u8]) -> bool {
    matches!(word, b"static" | b"extern") || is_inline(word)
}

fn is_inline(word: &[u8]) -> bool {
    matches!(word, b"inline" | b"__inline" | b"__inline__" | b"__always_inline")
}

fn linkage(file: &LexedFile, head: TokenRange) -> Linkage {
    let has = |wanted: fn(&[u8]) -> bool| head.iter().any(|id| wanted(file.text(id)));
    match (has(|word| word == b"static"), has(is_inline)) {
        (true, true) => Linkage::StaticInline,
        (true, false) => Linkage::Static,
        (false, _) => Linkage::External,
    }
}

/// The tokens of `range` whose text `keep`s, with one blank where C or the kernel's style wants one: after
/// a word, a comma or a `;`, but not before a bracket, a comma or between stars.
fn canonical(file: &LexedFile, range: TokenRange, keep: impl Fn(&[u8]) -> bool) -> String {
    let mut text = String::new();
    let mut last: Option<TokenKind> = None;
    for id in file.tokens.significant(range).filter(|&id| keep(file.text(id))) {
        let kind = file.tokens.kind(id);
        let wordlike = |kind| matches!(kind, TokenKind::Ident | TokenKind::Number);
        let blank = last.is_some_and(|last| match kind {
            TokenKind::Comma
            | TokenKind::Semi
            | TokenKind::RParen
            | TokenKind::LBracket
            | TokenKind::RBracket => false,
            TokenKind::LParen => {
                last == TokenKind::Comma || (wordlike(last) && starts_with_star(file, id))
            }
            TokenKind::Star => wordlike(last),
            _ => {
                wordlike(last)
                    || matches!(last, TokenKind::Comma | TokenKind::Semi | TokenKind::RBrace)
                    || (last == TokenKind::RParen && wordlike(kind))
            }
        });
        if blank {
            text.push(' ');
        }
        text.push_str(&String::from_utf8_lossy(file.text(id)));
        last = Some(kind);
    }
    text
}

/// Whether the parenthesis at `open` starts a pointer declarator: `(*`.
fn starts_with_star(file: &LexedFile, open: TokenId) -> bool {
    let next = file.tokens.significant_from(open.next());
    next.is_some_and(|next| file.tokens.kind(next) == TokenKind::Star)
}

/// Reads the function-like macro that directive `id` defines, if it is a wanted one.
fn macro_at(file: &LexedFile, id: TokenId, wanted: &WordSet) -> Option<(String, Prototype)> {
    let directive = directive(file.text(id));
    if directive.kind != DirectiveKind::Define {
        return None;
    }
    let length = directive.rest.iter().take_while(|&&byte| is_word_byte(byte)).count();
    let name = String::from_utf8_lossy(&directive.rest[..length]).into_owned();
    wanted.id(&name)?;
    let body = LexedFile::new(file.path.clone(), directive.rest.to_vec());
    // The parenthesis of a function-like macro follows its name at once.
    let open = TokenId(1);
    if open.index() >= body.tokens.len() || body.tokens.kind(open) != TokenKind::LParen {
        return None;
    }
    let close = matching(&body, open)?;
    let names: Vec<String> = split_at_commas(&body, TokenRange { start: open.next(), end: close })
        .into_iter()
        .map(|range| canonical(&body, range, |_| true))
        .filter(|name| !name.is_empty())
        .collect();
    let variadic = names.last().is_some_and(|name| name.ends_with("..."));
    let offset = file.tokens.span(id).start + directive.rest_at as u32;
    let parameters = names
        .into_iter()
        .filter(|name| !name.ends_with("..."))
        .map(|name| Parameter { text: name.clone(), ty: String::new(), name: Some(name) });
    let prototype = Prototype {
        file: file.path.clone(),
        span: file.tokens.span(id),
        name_span: Span::new(offset, offset + length as u32),
        kind: PrototypeKind::Macro,
        linkage: Linkage::External,
        return_type: String::new(),
        parameters: parameters.collect(),
        variadic,
    };
    Some((name, prototype))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, name: &str) -> Vec<Prototype> {
        let file = LexedFile::new(TreePath::new("x.h").unwrap(), text.as_bytes().to_vec());
        let wanted = WordSet::new([name]).unwrap();
        prototypes_in(&file, &wanted).remove(name).unwrap_or_default()
    }

    #[test]
    fn a_declaration_tells_types_names_and_positions() {
        let text = "int f;\nextern long get_user_pages(unsigned long start, struct page **pages,\n\
                    \tstruct vm_area_struct **vmas) __must_check;\n";
        let found = find(text, "get_user_pages");
        assert_eq!(found.len(), 1);
        let found = &found[0];
        assert_eq!(found.kind, PrototypeKind::Declaration);
        assert_eq!(found.linkage, Linkage::External);
        assert_eq!(found.return_type, "long");
        assert_eq!(found.position_of("pages"), Some(1));
        assert_eq!(found.positions_of_type("struct page **").collect::<Vec<_>>(), [1]);
        assert_eq!(found.parameters[2].text, "struct vm_area_struct **vmas");
        assert!(text[found.span.range()].starts_with("extern long"));
        assert!(text[found.span.range()].ends_with("**vmas)"));
        assert_eq!(&text[found.name_span.range()], "get_user_pages");
    }

    #[test]
    fn parameters_without_names_have_types() {
        let found =
            &find("int f(struct bio *, struct page *, unsigned len, void (*)(int));", "f")[0];
        let types: Vec<&str> = found.parameters.iter().map(|p| p.ty.as_str()).collect();
        assert_eq!(types, ["struct bio *", "struct page *", "unsigned", "void (*)(int)"]);
        assert_eq!(found.position_of("len"), Some(2));
        assert_eq!(found.parameters[0].name, None);
    }

    #[test]
    fn definitions_and_linkage_are_told_apart() {
        let text = "static inline struct page *f(void)\n{\n\treturn f();\n}\n\
                    static bool g(int a, ...) { g(1); }\nint f(int);\n";
        let f = find(text, "f");
        assert_eq!(f.len(), 2, "the call in the body is none");
        assert_eq!(f[0].linkage, Linkage::StaticInline);
        assert_eq!(f[0].kind, PrototypeKind::Definition);
        assert_eq!(f[0].return_type, "struct page *");
        assert!(f[0].parameters.is_empty());
        assert_eq!(find("__printf(1, 2) int f(int a);", "f")[0].return_type, "__printf(1, 2) int");
        let g = &find(text, "g")[0];
        assert_eq!(g.linkage, Linkage::Static);
        assert!(g.variadic);
        assert_eq!(g.parameters.len(), 1);
    }

    #[test]
    fn macros_count_too() {
        let text = "#ifdef X\n#  define alloc_page(gfp_mask) alloc_pages(gfp_mask, 0)\n#endif\n\
                    #define alloc_page 3\n#define log(fmt, ...) f(fmt)\n";
        let found = find(text, "alloc_page");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, PrototypeKind::Macro);
        assert_eq!(found[0].position_of("gfp_mask"), Some(0));
        assert_eq!(&text[found[0].name_span.range()], "alloc_page");
        assert!(find(text, "log")[0].variadic);
    }

    #[test]
    fn calls_initialisers_and_macro_calls_at_file_scope_are_no_prototypes() {
        assert!(
            find("f(a);\nint x = f(1);\nstruct s t = { f(2) };\nEXPORT_SYMBOL(f);\n", "f")
                .is_empty()
        );
    }

    #[test]
    fn a_brace_opened_in_both_arms_costs_one_function() {
        let text = "#ifdef A\nint g(int a)\n{\n#else\nint g(void)\n{\n#endif\n\treturn 0;\n}\n\
                    int f(int a);\n";
        assert_eq!(find(text, "f").len(), 1);
        assert_eq!(find("extern \"C\" {\nint f(int a);\n}\n", "f").len(), 1);
    }
}
