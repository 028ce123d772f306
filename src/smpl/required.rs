//! The words without which a rule cannot match, so that most files need not even be lexed.
//!
//! In: the tokens of a rule's body. Out: [`Required`]: sets of words, of each of which one must be in the
//! file. It may ask for too little and never for too much: what an isomorphism may leave out, what a `when`
//! forbids, what `?` lets be missing and what is in a nest that may be empty counts for nothing.

use super::body::{Body, BodyToken, Placement};
use super::metavar::{MetaKind, Metavar};
use super::pattern::{ItemPat, Pattern};
use crate::lex::TokenKind;

/// Of each of these sets one word must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// The sets; none for a rule that may match anywhere.
    pub sets: Vec<Vec<String>>,
}

impl Required {
    /// Whether a rule that requires this may match in `text`; words are looked for as they are, not whole.
    pub fn may_match(&self, text: &[u8]) -> bool {
        self.sets
            .iter()
            .all(|set| set.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some()))
    }

    /// Both are required.
    pub fn and(mut self, other: &Required) -> Required {
        for set in &other.sets {
            if !self.sets.contains(set) {
                self.sets.push(set.clone());
            }
        }
        self
    }

    /// One of them is required: of each the set with the fewest and longest words.
    pub fn any(all: impl IntoIterator<Item = Required>) -> Required {
        let mut union: Vec<String> = Vec::new();
        for required in all {
            let best = required.sets.into_iter().min_by_key(|set| {
                let shortest = set.iter().map(String::len).min().unwrap_or_default();
                (set.len(), std::cmp::Reverse(shortest))
            });
            match best {
                Some(set) => union.extend(set),
                None => return Required::default(),
            }
        }
        union.sort();
        union.dedup();
        if union.is_empty() { Required::default() } else { Required { sets: vec![union] } }
    }
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
            ItemPat::Directive(_) | ItemPat::Dots(_) => Required::default(),
        })),
    }
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
                Placement::Code if self.is_required(token) => {
                    required = required.and(&Required { sets: vec![vec![token.text.clone()]] });
                }
                Placement::Code
                | Placement::Directive
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
fn arms(tokens: &[BodyToken], open: usize) -> (Vec<&[BodyToken]>, bool, usize) {
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
            &[&["a_long", "other"]],
        );
        check("@@ expression e; @@\n(\n- a(e);\n|\n- e;\n)\n", &[]);
    }

    #[test]
    fn what_may_be_missing_is_not_required() {
        check("@@ @@\n  a();\n  ... when != b()\n?- c();\n  d();\n", &[&["a"], &["d"]]);
        check("@@ expression e; @@\n  if (e == NULL) { <... a(); ...> }\n- b();\n", &[&["b"]]);
    }

    #[test]
    fn a_line_that_may_be_missing_can_begin_with_a_closing_brace() {
        // It is over: the reader once stayed where it was.
        drop(crate::smpl::parse(b"@@ @@\n- if (x) {\n  a();\n? }\n"));
    }
}
