//! Declaration specifiers: which of the names before a declarator is what.
//!
//! `static __init foo_t bar __section(".x") = …` has four names where C has two, and only their order and
//! what is between them tells: a type keyword makes all other names attributes or the declared name; the
//! declared name stands last, or before a `(`; a call among them is an attribute, unless nothing else can
//! be the type. The survey looks ahead and decides, then the run is written in one go.

use smallvec::SmallVec;

use super::{Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::{Word, is_attribute_like, is_common_attribute};
use crate::lex::TokenKind;

/// Where a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At top level.
    External,
    /// In a function's body.
    Local,
    /// In a struct or union.
    Field,
    /// In a parameter list.
    Parameter,
    /// In a type name, where nothing is declared.
    TypeName,
}

/// What a run of specifiers turned out to be.
#[derive(Debug)]
pub(super) struct Specifiers {
    /// Where the run ends and the declarator goes on.
    pub(super) end: usize,
    /// The name that is the type, where no keyword is.
    type_at: Option<usize>,
    /// The declared name, where it stands among the specifiers.
    pub(super) name_at: Option<usize>,
    /// The macro call, or bare macro, that makes the whole declaration.
    pub(super) macro_at: Option<usize>,
    /// The macro call that is the type.
    macro_type: Option<usize>,
    /// Whether there is no type at all: `static x;`.
    implicit: bool,
}

/// The names of a run, gathered before any of them is judged.
#[derive(Default)]
struct Names {
    plain: SmallVec<[usize; 8]>,
    calls: SmallVec<[usize; 4]>,
    keyword_at: Option<usize>,
    body: bool,
    storage: bool,
    /// The name before the parameter list, where the run ends with one.
    function: Option<usize>,
    /// Whether the run ends before the `(` of a parenthesised declarator.
    grouped: bool,
    end: usize,
}

impl Pass<'_> {
    /// Looks at the specifiers from here on and decides what each name is.
    pub(super) fn survey(&self, place: Place) -> Specifiers {
        let names = self.gather(place);
        let keyword = names.keyword_at.is_some();
        let mut out = Specifiers {
            end: names.end,
            type_at: None,
            name_at: None,
            macro_at: None,
            macro_type: None,
            implicit: false,
        };
        if let Some(name) = names.function {
            let typed = keyword || !names.plain.is_empty();
            let group = name + 1;
            let parameters = self.may_be_parameters(group);
            let body = self.kind(self.cursor.skip(group)) == TokenKind::LBrace;
            if !typed
                && place == Place::External
                && (self.is_old_style(group) || self.is_untyped_prototype(name))
            {
                out.implicit = true;
                return out;
            }
            if (!typed && names.calls.is_empty()) || (!parameters && !keyword && (body || !typed)) {
                out.macro_at = Some(name);
                return out;
            }
            self.choose_type(&mut out, &names, None);
            return out;
        }
        let ends_in_type = names.grouped || self.kind(names.end) == TokenKind::Star;
        if !ends_in_type {
            self.choose_name(&mut out, &names, place);
        }
        if out.macro_at.is_none() {
            let name = out.name_at;
            self.choose_type(&mut out, &names, name);
        }
        out
    }

    fn gather(&self, place: Place) -> Names {
        let mut names = Names::default();
        let mut at = self.pos;
        while at < self.limit {
            at = match self.word(at) {
                Word::Type | Word::ForeignType => {
                    names.keyword_at = Some(at);
                    at + 1
                }
                Word::Struct | Word::Enum => {
                    names.keyword_at = Some(at);
                    names.body |= self.tag(at).body.is_some();
                    self.skip_aggregate(at)
                }
                Word::Typeof => {
                    names.keyword_at = Some(at);
                    self.cursor.skip(at + 1)
                }
                Word::Storage | Word::Qualifier | Word::FunctionSpecifier => {
                    names.storage = true;
                    at + 1
                }
                Word::Extension => at + 1,
                Word::Attribute | Word::Alignas => self.cursor.skip_attribute(at),
                Word::Name if self.kind(at + 1) != TokenKind::LParen || at + 1 >= self.limit => {
                    names.plain.push(at);
                    at + 1
                }
                Word::Name if self.groups_declarator(at, &names) => {
                    names.plain.push(at);
                    names.grouped = true;
                    names.end = at + 1;
                    return names;
                }
                Word::Name if self.is_declared_function(at, &names, place) => {
                    names.function = Some(at);
                    names.end = at;
                    return names;
                }
                Word::Name => {
                    names.calls.push(at);
                    self.cursor.skip(at + 1)
                }
                _ if self.kind(at) == TokenKind::String && place == Place::External => at + 1,
                _ => break,
            };
        }
        names.end = at;
        names
    }

    /// Whether the `(` behind the name at `at` opens a declarator, so that the name is a type or attribute.
    fn groups_declarator(&self, at: usize, names: &Names) -> bool {
        let open = at + 1;
        let close = self.cursor.close(open);
        if self.opens_pointer(open) {
            return true;
        }
        let typed = names.keyword_at.is_some() || !names.plain.is_empty();
        let lone = close == open + 2 && self.cursor.is_name(open + 1);
        (self.kind(open + 1) == TokenKind::Star
            && !typed
            && close + 1 < self.limit
            && self.cursor.is_name(close - 1))
            || (lone
                && !typed
                && self.kind(close + 1) == TokenKind::LParen
                && close + 1 < self.limit)
    }

    /// Whether the name at `at`, with a group behind it, is what is declared and not an attribute or a
    /// macro that makes a type.
    fn is_declared_function(&self, at: usize, names: &Names, place: Place) -> bool {
        let open = at + 1;
        let after = self.cursor.skip(open);
        let goes_on = after < self.limit
            && (self.kind(after) == TokenKind::Star || self.kind(after) == TokenKind::Ident);
        if !goes_on {
            return !self.is_closing_attribute(at, names);
        }
        if place == Place::External && self.is_old_style(open) {
            return true;
        }
        let typed = names.keyword_at.is_some() || !names.plain.is_empty();
        if !typed || self.kind(after) == TokenKind::Star || self.word(after) == Word::Typeof {
            return false;
        }
        let attribute = is_attribute_like(self.cursor.text(at));
        if self.word(after).is_specifier() || self.word(after) == Word::Name {
            let next_is_attribute =
                self.word(after) == Word::Name && is_attribute_like(self.cursor.text(after));
            let old_style = place == Place::External && self.names_only(open);
            return self.parameters_follow(open)
                || (!attribute && (next_is_attribute || old_style));
        }
        !attribute || self.parameters_follow(open)
    }

    /// Whether the name at `at` is a function without a type, declared and not defined: `f(int a, char *b);`.
    /// A macro hardly has a declaration of a name in each of its arguments, and is written in capitals.
    fn is_untyped_prototype(&self, at: usize) -> bool {
        let close = self.cursor.close(at + 1);
        let declares = |from: usize, to: usize| {
            self.word(from).is_specifier() && from + 1 < to && self.cursor.is_name(to - 1)
        };
        let mut from = at + 2;
        while from < close {
            let to = self.cursor.find(from, close, |kind| kind == TokenKind::Comma);
            if !declares(from, to) {
                return false;
            }
            from = to + 1;
        }
        close > at + 2
            && self.kind(close + 1) == TokenKind::Semi
            && !self.cursor.text(at).iter().any(u8::is_ascii_uppercase)
    }

    /// Whether the name at `at`, whose arguments end the run, is an attribute of what stands before it:
    /// `struct s { … } __aligned(8);`, `u8 map[] __section("x")`, `DEFINE_X(y) __aligned(8);`.
    fn is_closing_attribute(&self, at: usize, names: &Names) -> bool {
        let text = self.cursor.text(at);
        if !is_attribute_like(text) || self.parameters_follow(at + 1) {
            return false;
        }
        let plain = |name: &&usize| !is_attribute_like(self.cursor.text(**name));
        let underscored = |name: &usize| self.cursor.text(*name).starts_with(b"__");
        match names.keyword_at {
            Some(keyword) => {
                let declared =
                    names.plain.iter().filter(|&&name| name > keyword).any(|n| plain(&n));
                declared || (names.body && underscored(&at))
            }
            None if names.plain.is_empty() => {
                underscored(&at) && names.calls.iter().any(|call| !underscored(call))
            }
            None => names.plain.iter().filter(plain).count() >= 2,
        }
    }

    /// Whether a pair holds a list of bare names, as an old-style parameter list does.
    pub(super) fn names_only(&self, open: usize) -> bool {
        let inside = open + 1..self.cursor.close(open);
        !inside.is_empty()
            && inside.clone().enumerate().all(|(index, at)| match index % 2 {
                0 => self.cursor.is_name(at),
                _ => self.kind(at) == TokenKind::Comma,
            })
    }

    /// Picks the declared name of a run that ends before `;`, `=`, `,`, `[`, `:`, `{` or the end.
    fn choose_name(&self, out: &mut Specifiers, names: &Names, place: Place) {
        if place == Place::TypeName {
            return;
        }
        let plain = &names.plain;
        if let Some(keyword) = names.keyword_at {
            let after: SmallVec<[usize; 8]> =
                plain.iter().copied().filter(|&at| at > keyword).collect();
            let only_attribute = names.body
                && self.kind(names.end) == TokenKind::Semi
                && after.iter().all(|&at| is_attribute_like(self.cursor.text(at)));
            if !only_attribute {
                out.name_at = self.pick_name(&after);
            }
            return;
        }
        let underscored = |call: &&usize| self.cursor.text(**call).starts_with(b"__");
        let call = names.calls.iter().rfind(|call| !underscored(call)).or(names.calls.last());
        match (plain.len(), call) {
            (0, Some(&call)) if place != Place::Parameter => out.macro_at = Some(call),
            (0, _) => {}
            (1, None) => {
                let unnamed = self.kind(names.end) == TokenKind::Colon;
                match place {
                    Place::Parameter => {}
                    Place::Field if unnamed => {}
                    _ if names.storage => out.name_at = Some(plain[0]),
                    _ => out.macro_at = Some(plain[0]),
                }
            }
            // `DEFINE_X(y) __read_mostly;`
            (1, Some(&call))
                if plain[0] > call && self.cursor.text(plain[0]).starts_with(b"__") =>
            {
                out.macro_at = Some(call);
            }
            (1, Some(_)) => out.name_at = (place != Place::Parameter).then_some(plain[0]),
            (count, _) => {
                // What stands before a known type is an attribute, even where it looks like a name.
                let types = plain[..count - 1].iter().position(|&at| self.is_known_type(at));
                out.name_at = self.pick_name(&plain[types.unwrap_or(0) + 1..]);
            }
        }
    }

    /// The last name that is not spelled as an attribute; where all are, the first one that is not among
    /// the common attributes.
    fn pick_name(&self, among: &[usize]) -> Option<usize> {
        let text = |at: &&usize| self.cursor.text(**at);
        among
            .iter()
            .rfind(|at| !is_attribute_like(text(at)))
            .or_else(|| among.iter().rfind(|at| !text(at).starts_with(b"__")))
            .or_else(|| among.iter().find(|at| !is_common_attribute(text(at))))
            .or(among.last())
            .copied()
    }

    fn choose_type(&self, out: &mut Specifiers, names: &Names, name: Option<usize>) {
        if names.keyword_at.is_some() {
            return;
        }
        let among = || names.plain.iter().copied().filter(|&at| Some(at) != name);
        out.type_at = among()
            .find(|&at| self.is_known_type(at))
            .or_else(|| among().rfind(|&at| !is_attribute_like(self.cursor.text(at))))
            .or_else(|| among().next_back());
        if out.type_at.is_none() {
            out.macro_type = names.calls.last().copied();
            out.implicit = out.macro_type.is_none();
        }
    }

    /// Writes the specifiers up to where the survey ended, the declared name among them included.
    pub(super) fn specifiers(&mut self, survey: &Specifiers) -> Outcome {
        while self.pos < survey.end {
            let at = self.pos;
            match self.word(at) {
                Word::Name if survey.name_at == Some(at) => {
                    if survey.implicit {
                        self.insert("int", None);
                    }
                    self.declared_name();
                }
                Word::Name if survey.type_at == Some(at) => self.type_word(),
                Word::Name if survey.macro_type == Some(at) => {
                    let end = self.cursor.skip(at + 1);
                    self.replace(EditKind::MacroType, end, super::TYPE_NAME);
                }
                Word::Name if self.is_complex(at, survey.end) => self.spell("_Complex"),
                // The group of a declarator behind the run is not an attribute's.
                Word::Name if at + 1 == survey.end => self.drop(EditKind::Attribute, at + 1),
                Word::Name => self.drop_name(),
                _ => self.specifier()?,
            }
        }
        if survey.implicit && survey.name_at.is_none() {
            self.insert("int", None);
        }
        Ok(())
    }

    /// Whether the name at `at` is the `complex` of `double complex`, which a header defines.
    fn is_complex(&self, at: usize, end: usize) -> bool {
        let halves: [&[u8]; 2] = [b"float", b"double"];
        let is_half = |at: usize| halves.contains(&self.cursor.text(at));
        self.cursor.text(at) == b"complex"
            && (at > 0 && is_half(at - 1) || at + 1 < end && is_half(at + 1))
    }

    /// Steps over a name that is an attribute, with its arguments.
    pub(super) fn drop_name(&mut self) {
        let next = self.pos + 1;
        let call = self.kind(next) == TokenKind::LParen && next < self.limit;
        let end = if call { self.cursor.skip(next) } else { next };
        self.drop(EditKind::Attribute, end);
    }

    /// Writes one specifier that is a keyword.
    pub(super) fn specifier(&mut self) -> Outcome {
        match self.word(self.pos) {
            Word::Storage if self.cursor.text(self.pos) == b"__thread" => {
                self.spell("_Thread_local")
            }
            Word::FunctionSpecifier => match self.cursor.text(self.pos) {
                b"_Noreturn" => self.copy(),
                _ => self.spell("inline"),
            },
            Word::Qualifier => self.qualifier(),
            Word::Type => match self.cursor.text(self.pos) {
                b"__signed" | b"__signed__" => self.spell("signed"),
                b"__complex__" => self.spell("_Complex"),
                _ => self.copy(),
            },
            Word::ForeignType => self.spell("int"),
            Word::Struct => self.structure()?,
            Word::Enum => self.enumeration()?,
            Word::Typeof => self.type_of()?,
            Word::Attribute | Word::Alignas => self.drop_attribute(),
            Word::Extension => self.drop(EditKind::Dropped, self.pos + 1),
            _ if self.kind(self.pos) == TokenKind::String => {
                self.drop(EditKind::Dropped, self.pos + 1);
            }
            _ => self.copy(),
        }
        Ok(())
    }

    pub(super) fn qualifier(&mut self) {
        match self.cursor.text(self.pos) {
            b"__const" | b"__const__" => self.spell("const"),
            b"__volatile" | b"__volatile__" => self.spell("volatile"),
            b"__restrict" | b"__restrict__" => self.spell("restrict"),
            b"_Atomic" => self.drop_attribute(),
            _ => self.copy(),
        }
    }

    /// `typeof(…)`
    fn type_of(&mut self) -> Outcome {
        self.spell("__typeof__");
        if self.here() != TokenKind::LParen {
            return Err(self.stuck("`typeof` without its operand"));
        }
        let close = self.cursor.close(self.pos);
        self.copy();
        if self.is_type_operand(self.pos, close) {
            self.type_name(close)?;
        } else {
            self.expression()?;
        }
        self.expect(TokenKind::RParen, "the operand of `typeof` ends here")
    }
}

impl Specifiers {
    /// The name or macro call that is the type, where nothing is declared.
    pub(super) fn without_name(&self) -> Option<usize> {
        self.type_at.or(self.macro_type)
    }

    /// Whether no type is named at all.
    pub(super) fn is_implicit(&self) -> bool {
        self.implicit
    }
}
