//! The words without which a rule cannot match, so that most files need not even be lexed.
//!
//! In: the tokens of a rule's body. Out: [`Required`]: sets of words, of each of which one must be in the
//! file. It may ask for too little and never for too much: what an isomorphism may leave out, what a `when`
//! forbids, what `?` lets be missing and what is in a nest that may be empty counts for nothing.
//!
//! A rule that only does something in its nests, `f(...) { <... - a(); ...> }`, does nothing where they meet
//! nothing: [`narrow`] sees to that, once it is known what other rules take from it.

use std::collections::BTreeSet;

use super::body::{Body, BodyToken, Placement};
use super::metavar::{MetaId, MetaKind, Metavar};
use super::pattern::{DirectivePat, ItemPat, Pattern};
use super::scan::Mark;
use super::{Dependency, Rule, RuleName};
use crate::lex::{TokenKind, lex};

/// How many sets are kept of a choice.
const MOST: usize = 8;

/// Of each of these sets one word must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// The sets; none for a rule that may match anywhere. Beside words there are the operators that no
    /// isomorphism does away with.
    pub sets: Vec<Vec<String>>,
    /// The inherited metavariables whose value must be there, where it is one word.
    pub metas: Vec<MetaId>,
    /// Whether there must be a macro that is used like a loop.
    pub iterator: bool,
    /// Of each of these sets of operators one must be there. Bytes do not tell them apart, tokens do.
    pub operators: Vec<Vec<TokenKind>>,
    /// Whether a match is of interest only where a nest has met something.
    pub in_nests: bool,
}

impl Required {
    /// Whether a rule that requires this may match in `text`; words are looked for as they are, not whole.
    pub fn may_match(&self, text: &[u8]) -> bool {
        self.lacking(text).is_none()
    }

    /// The first set of which no word is in `text`.
    pub fn lacking(&self, text: &[u8]) -> Option<&[String]> {
        let is_there = |word: &String| memchr::memmem::find(text, word.as_bytes()).is_some();
        self.sets.iter().find(|set| !set.iter().any(is_there)).map(Vec::as_slice)
    }

    /// Both are required.
    pub fn and(mut self, other: &Required) -> Required {
        for set in &other.sets {
            if !self.sets.contains(set) {
                self.sets.push(set.clone());
            }
        }
        for meta in &other.metas {
            if !self.metas.contains(meta) {
                self.metas.push(*meta);
            }
        }
        for set in &other.operators {
            if !self.operators.contains(set) {
                self.operators.push(set.clone());
            }
        }
        self.iterator |= other.iterator;
        self.in_nests |= other.in_nests;
        self
    }

    /// One of them is required: of each one of its sets.
    pub fn any(all: impl IntoIterator<Item = Required>) -> Required {
        let mut all = all.into_iter();
        let Some(first) = all.next() else { return Required::default() };
        let both = |a: Required, b: Required| Required {
            sets: either(&a.sets, &b.sets),
            metas: Vec::new(),
            iterator: a.iterator && b.iterator,
            operators: either(&a.operators, &b.operators),
            in_nests: false,
        };
        all.fold(Required { metas: Vec::new(), in_nests: false, ..first }, both)
    }
}

/// What holds where all sets of `a` or all sets of `b` hold: one of each pair, without those that follow from
/// others, and the most telling first.
fn either<T: Ord + Clone>(a: &[Vec<T>], b: &[Vec<T>]) -> Vec<Vec<T>> {
    let mut all: Vec<Vec<T>> = Vec::new();
    for (a, b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
        let mut both = [&a[..], &b[..]].concat();
        both.sort();
        both.dedup();
        let follows = |from: &Vec<T>, set: &Vec<T>| from.iter().all(|word| set.contains(word));
        if !all.iter().any(|known| follows(known, &both)) {
            all.retain(|known| !follows(&both, known));
            all.push(both);
        }
    }
    all.sort_by_key(Vec::len);
    all.truncate(MOST);
    all
}

/// What the code of a rule requires.
pub(super) fn required(body: &Body, pattern: &Pattern, metavars: &[Metavar]) -> Required {
    let reader = Reader { metavars };
    match pattern {
        Pattern::Empty => Required::default(),
        Pattern::Expression(_) | Pattern::Type(_) | Pattern::Statements(_) => {
            reader.all(&body.tokens)
        }
        // Items are looked for each on its own.
        Pattern::Items(items) => Required::any(items.iter().map(|item| match item {
            ItemPat::Code(pat) => match pat.tokens {
                Some((first, last)) => reader.all(&body.tokens[first.index()..=last.index()]),
                None => Required::default(),
            },
            ItemPat::Directive(pat) => reader.directive(pat),
            ItemPat::Dots(_) => Required::default(),
        })),
    }
}

/// Narrows what the rules of a whole patch require by what they would do.
///
/// A rule all of whose changes are in nests that may be empty, and whose metavariables and match are of
/// interest to no other rule outside of them, need not be run where the nests find nothing.
pub(super) fn narrow(rules: &mut [Rule]) {
    let depends = rules.iter().filter_map(|rule| rule.depends.as_ref());
    let asked: BTreeSet<&RuleName> = depends.flat_map(Dependency::rules).collect();
    let narrowed: Vec<Option<Required>> = rules
        .iter()
        .map(|rule| {
            let taken = |metavar: &Metavar| {
                let others = rules.iter().flat_map(|other| &other.metavars);
                let mut inherited =
                    others.filter(|other| other.origin.as_ref() == Some(&rule.name));
                inherited.any(|other| other.name.rsplit('.').next() == Some(&metavar.name))
            };
            if asked.contains(&rule.name) { None } else { in_nests(rule, taken) }
        })
        .collect();
    for (rule, narrowed) in rules.iter_mut().zip(narrowed) {
        if let Some(narrowed) = narrowed {
            rule.required = rule.required.clone().and(&narrowed);
        }
    }
}

/// What one of the nests of `rule` requires; `None` where something happens outside of them too.
fn in_nests(rule: &Rule, taken: impl Fn(&Metavar) -> bool) -> Option<Required> {
    let reader = Reader { metavars: &rule.metavars };
    let tokens = rule.body.written();
    let mut nests = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.placement == (Placement::NestOpen { at_least_once: false }) && !token.in_when {
            let end = closing(tokens, at);
            nests.push(reader.all(&tokens[at + 1..end]));
            at = end;
        } else {
            let mut metas = token.meta.iter().chain(&token.attached);
            let acts = token.mark != Mark::Context
                || !token.before.is_empty()
                || !token.after.is_empty()
                || metas.any(|meta| taken(rule.metavar(*meta)));
            if acts {
                return None;
            }
        }
        at += 1;
    }
    (!nests.is_empty()).then(|| Required { in_nests: true, ..Required::any(nests) })
}

struct Reader<'a> {
    metavars: &'a [Metavar],
}

impl Reader<'_> {
    /// What all of `tokens` require together.
    fn all(&self, tokens: &[BodyToken]) -> Required {
        let mut required = Required::default();
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            if token.in_when {
                at += 1;
                continue;
            }
            if token.optional {
                // A `?` line of a rule that is wrong may begin with what ends a statement.
                at = end_of_statement(tokens, at).max(at + 1);
                continue;
            }
            match token.placement {
                Placement::ChoiceOpen => {
                    let (arms, all, end) = arms(tokens, at);
                    let arms: Vec<Required> = arms.into_iter().map(|arm| self.all(arm)).collect();
                    required = match all {
                        true => arms.iter().fold(required, Required::and),
                        false => required.and(&Required::any(arms)),
                    };
                    at = end;
                }
                Placement::NestOpen { at_least_once: false } => {
                    at = closing(tokens, at);
                }
                Placement::Code => required = required.and(&self.token(tokens, at)),
                Placement::Directive
                | Placement::ChoiceOr
                | Placement::ChoiceAnd
                | Placement::ChoiceClose
                | Placement::Dots
                | Placement::NestOpen { at_least_once: true }
                | Placement::NestClose => {}
            }
            at += 1;
        }
        required
    }

    /// What the token at `at` requires.
    fn token(&self, tokens: &[BodyToken], at: usize) -> Required {
        let token = &tokens[at];
        let word = || vec![vec![token.text.clone()]];
        if let Some(meta) = token.meta {
            let metavar = &self.metavars[meta.index()];
            let is_name = matches!(
                metavar.kind,
                MetaKind::Identifier
                    | MetaKind::Function
                    | MetaKind::Declarer { .. }
                    | MetaKind::Iterator { .. }
                    | MetaKind::Idexpression { .. }
            );
            let metas = (is_name && metavar.origin.is_some()).then_some(meta);
            let iterator = matches!(metavar.kind, MetaKind::Iterator { .. });
            let operators = metavar.listed_operators().into_iter().collect();
            let metas = metas.into_iter().collect();
            return Required { metas, iterator, operators, ..Required::default() };
        }
        // `drop_else` leaves out nothing but a statement of which the rule says nothing.
        let is_statement = |next: &BodyToken| {
            let kind = next.meta.map(|meta| &self.metavars[meta.index()].kind);
            kind == Some(&MetaKind::Statement)
        };
        if token.text == "else" && !tokens.get(at + 1).is_some_and(is_statement) {
            return Required { sets: word(), ..Required::default() };
        }
        // Falling off the end is what `return;` says.
        let is_end = |next: &BodyToken| next.kind == TokenKind::Semi;
        if token.text == "return" && tokens.get(at + 1).is_some_and(|next| !is_end(next)) {
            return Required { sets: word(), ..Required::default() };
        }
        // `a || ...` is also `a` alone.
        let is_dots =
            |at: usize| tokens.get(at).is_some_and(|next| next.placement == Placement::Dots);
        let beside_dots = is_dots(at + 1) || is_dots(at.wrapping_sub(1));
        let is_lasting = matches!(
            token.kind,
            TokenKind::Question
                | TokenKind::Slash
                | TokenKind::Percent
                | TokenKind::AmpAmp
                | TokenKind::PipePipe
                | TokenKind::Shl
                | TokenKind::Shr
        );
        if self.is_required(token) || is_lasting && !beside_dots {
            return Required { sets: word(), ..Required::default() };
        }
        Required::default()
    }

    /// The words of a preprocessor line, but for the one that says which line it is.
    fn directive(&self, pat: &DirectivePat) -> Required {
        if pat.text.contains("...") {
            return Required::default();
        }
        let tokens = lex(pat.text.trim_start().trim_start_matches('#').as_bytes());
        let text = pat.text.trim_start().trim_start_matches('#');
        let words = tokens.all().iter().filter(|&id| tokens.kind(id) == TokenKind::Ident);
        let words = words.map(|id| &text[tokens.span(id).range()]).skip(1);
        let fixed = words.filter(|&word| self.metavars.iter().all(|metavar| metavar.name != word));
        let sets = fixed.map(|word| vec![word.to_owned()]).collect();
        Required { sets, ..Required::default() }
    }

    /// Whether the word itself must be in the file: a name, and none that an isomorphism may leave out.
    fn is_required(&self, token: &BodyToken) -> bool {
        let declared = self.metavars.iter().find(|metavar| metavar.name == token.text);
        token.kind == TokenKind::Ident
            && token.meta.is_none()
            && !is_optional_word(&token.text)
            && declared.is_none_or(|metavar| {
                !matches!(metavar.kind, MetaKind::AttributeName | MetaKind::Typedef)
            })
    }
}

/// Keywords, and the names that the standard isomorphisms add and leave out.
fn is_optional_word(word: &str) -> bool {
    matches!(
        word,
        "NULL"
            | "true"
            | "false"
            | "likely"
            | "unlikely"
            | "bool"
            | "_Bool"
            | "static"
            | "extern"
            | "inline"
            | "__inline"
            | "__inline__"
            | "register"
            | "auto"
            | "const"
            | "volatile"
            | "restrict"
            | "unsigned"
            | "signed"
            | "int"
            | "char"
            | "short"
            | "long"
            | "float"
            | "double"
            | "void"
            | "struct"
            | "union"
            | "enum"
            | "typedef"
            | "if"
            | "else"
            | "while"
            | "for"
            | "do"
            | "switch"
            | "case"
            | "default"
            | "break"
            | "continue"
            | "return"
            | "goto"
            | "typeof"
            | "__typeof__"
            | "asm"
            | "__asm__"
            | "__attribute__"
            | "when"
    )
}

/// The index behind the statement that starts at `at`.
fn end_of_statement(tokens: &[BodyToken], mut at: usize) -> usize {
    let mut depth = 0i32;
    while at < tokens.len() {
        let kind = tokens[at].kind;
        depth += i32::from(kind.is_open()) - i32::from(kind.is_close());
        if depth < 0 || tokens[at].placement == Placement::ChoiceOr {
            return at;
        }
        at += 1;
        if depth == 0 && matches!(kind, TokenKind::Semi | TokenKind::RBrace) {
            break;
        }
    }
    at
}

/// The arms of the choice at `open`, whether all must match, and where it is closed.
pub(super) fn arms(tokens: &[BodyToken], open: usize) -> (Vec<&[BodyToken]>, bool, usize) {
    let mut found = Vec::new();
    let (mut depth, mut start, mut all) = (0i32, open + 1, false);
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.placement {
            Placement::ChoiceOpen => depth += 1,
            Placement::ChoiceClose => {
                depth -= 1;
                if depth == 0 {
                    found.push(&tokens[start..at]);
                    return (found, all, at);
                }
            }
            Placement::ChoiceOr | Placement::ChoiceAnd if depth == 1 => {
                all |= token.placement == Placement::ChoiceAnd;
                found.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    (found, all, tokens.len())
}

/// Where the nest at `open` is closed.
fn closing(tokens: &[BodyToken], open: usize) -> usize {
    let mut depth = 0i32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.placement {
            Placement::NestOpen { .. } => depth += 1,
            Placement::NestClose => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use crate::lex::TokenKind;

    #[track_caller]
    fn check(rule: &str, want: &[&[&str]]) {
        let (patch, _) = crate::smpl::parse(rule.as_bytes()).expect("the rule is sound");
        assert_eq!(patch.rules[0].required.sets, want);
    }

    #[test]
    fn names_count_and_metavariables_do_not() {
        check("@@ expression e; @@\n- kfree(e);\n+ put(e);\n", &[&["kfree"]]);
    }

    #[test]
    fn a_choice_requires_one_of_its_arms() {
        check(
            "@@ expression e; @@\n(\n- a_long(e, b);\n|\n- other(e);\n)\n",
            &[&["a_long", "other"], &["b", "other"]],
        );
        check("@@ expression e; @@\n(\n- a(e);\n|\n- e;\n)\n", &[]);
    }

    #[test]
    fn what_may_be_missing_is_not_required() {
        check("@@ @@\n  a();\n  ... when != b()\n?- c();\n  d();\n", &[&["a"], &["d"]]);
        check("@@ expression e; @@\n  if (e == NULL) { <... a(); ...> }\n- b();\n", &[&["b"]]);
    }

    #[test]
    fn operators_that_are_listed_are_required() {
        let rule = b"@@ binary operator b = {<, <=}; expression x, y; @@\n- x b y\n";
        let (patch, _) = crate::smpl::parse(rule).expect("the rule is sound");
        assert_eq!(patch.rules[0].required.operators, [[TokenKind::Lt, TokenKind::Le]]);
    }

    #[test]
    fn an_else_is_required_unless_an_isomorphism_leaves_it_out() {
        check("@@ expression x; @@\n  if (x)\n- a = 1;\n  else\n- a = 2;\n", &[&["a"], &["else"]]);
        check("@@ expression x; statement S; @@\n  if (x)\n- a = 1;\n  else S\n", &[&["a"]]);
    }

    #[test]
    fn a_line_that_may_be_missing_can_begin_with_a_closing_brace() {
        // It is over: the reader once stayed where it was.
        drop(crate::smpl::parse(b"@@ @@\n- if (x) {\n  a();\n? }\n"));
    }
}
