//! Whether an item shows what a rule's [`Clue`] asks for: a look at tokens, before anything is parsed.
//!
//! In: a clue and the clauses of an item. Out: whether the rule may match there. May say yes too often and
//! never no too often.

use bstr::BStr;
use smallvec::SmallVec;

use crate::items::{Clause, Clauses};
use crate::lex::{KindSet, LexedFile, TokenId, TokenKind};
use crate::smpl::MetaId;
use crate::smpl::clue::{Clue, Form, Traits};

/// Whether an item of `file` that has these `clauses` shows what `clue` asks for.
pub fn may_match(clue: &Clue, file: &LexedFile, clauses: &Clauses) -> bool {
    !clauses.is_sure || Look { file, clauses: &clauses.all }.holds(clue)
}

struct Look<'a> {
    file: &'a LexedFile,
    clauses: &'a [Clause],
}

/// What every expression has at least one of.
const LEAVES: [TokenKind; 4] =
    [TokenKind::Ident, TokenKind::Number, TokenKind::Char, TokenKind::String];

/// The words that a metavariable may stand for.
type Words<'a> = SmallVec<[&'a BStr; 4]>;

impl<'a> Look<'a> {
    fn holds(&self, clue: &Clue) -> bool {
        match clue {
            Clue::Nothing => true,
            Clue::All(all) => all.iter().all(|one| self.holds(one)) && self.agree(all),
            Clue::Any(any) => any.iter().any(|one| self.holds(one)),
            Clue::Clause(traits) => self.clauses.iter().any(|clause| self.has(clause, traits)),
            Clue::Row(row) => self.clauses.windows(row.len()).any(|clauses| {
                let pairs = || clauses.iter().zip(row);
                pairs().all(|(clause, traits)| self.has(clause, traits))
                    && agree(pairs().flat_map(|(clause, traits)| self.named(clause, traits)))
            }),
        }
    }

    /// Whether the forms among `all` can be about the same words.
    fn agree(&self, all: &[Clue]) -> bool {
        let of_form = |clue: &Clue| {
            let Clue::Clause(traits) = clue else { return Vec::new() };
            if traits.form.is_none() {
                return Vec::new();
            }
            let mut found: Vec<(MetaId, Words<'a>)> = Vec::new();
            for clause in self.clauses.iter().filter(|clause| self.has(clause, traits)) {
                for (meta, words) in self.named(clause, traits) {
                    match found.iter_mut().find(|(known, _)| *known == meta) {
                        Some((_, known)) => known.extend(words),
                        None => found.push((meta, words)),
                    }
                }
            }
            found
        };
        agree(all.iter().flat_map(of_form))
    }

    fn has(&self, clause: &Clause, traits: &Traits) -> bool {
        traits.kinds.iter().all(|kinds| kinds.meets(clause.kinds))
            && traits.words.iter().all(|words| self.has_one(clause, words))
            && (traits.form.is_none()
                || self.named(clause, traits).iter().all(|(_, words)| !words.is_empty()))
            && (!traits.repeats() || self.repeats(clause))
            && (!traits.sizes_type || self.sizes_type(clause))
            && (!traits.repeats_sized() || self.repeats_sized(clause))
    }

    fn has_one(&self, clause: &Clause, words: &[String]) -> bool {
        let mut names = self.words(clause);
        names.any(|word| words.iter().any(|wanted| word == wanted.as_bytes()))
    }

    fn words(&self, clause: &Clause) -> impl Iterator<Item = &'a BStr> {
        let file = self.file;
        let names = clause.tokens.iter().filter(|&id| file.tokens.kind(id) == TokenKind::Ident);
        names.map(|id| file.text(id))
    }

    /// Whether a word or literal stands in it twice.
    fn repeats(&self, clause: &Clause) -> bool {
        let leaves = KindSet::of(LEAVES);
        let kind = |id| KindSet::of([self.file.tokens.kind(id)]);
        let mut seen: SmallVec<[&BStr; 24]> = SmallVec::new();
        clause.tokens.iter().filter(|&id| leaves.meets(kind(id))).any(|id| {
            let text = self.file.text(id);
            let again = seen.contains(&text);
            seen.push(text);
            again
        })
    }

    /// The tokens of a clause, parentheses left out, and the places of each `sizeof` among them.
    fn sizes(&self, clause: &Clause) -> (Vec<TokenId>, Vec<usize>) {
        let is_paren = |&id: &TokenId| {
            matches!(self.file.tokens.kind(id), TokenKind::LParen | TokenKind::RParen)
        };
        let tokens = self.file.tokens.significant(clause.tokens);
        let tokens: Vec<TokenId> = tokens.filter(|id| !is_paren(id)).collect();
        let sizes = (0..tokens.len()).filter(|&at| self.file.is_word(tokens[at], "sizeof"));
        let sizes = sizes.collect();
        (tokens, sizes)
    }

    /// Whether a `sizeof` in it is followed by what may be the name of a type.
    fn sizes_type(&self, clause: &Clause) -> bool {
        let (tokens, sizes) = self.sizes(clause);
        let kind = |at: usize| tokens.get(at).map(|&id| self.file.tokens.kind(id));
        sizes.into_iter().any(|at| kind(at + 1) == Some(TokenKind::Ident))
    }

    /// Whether that of which a size is taken in it stands somewhere else in it, too.
    fn repeats_sized(&self, clause: &Clause) -> bool {
        let (tokens, sizes) = self.sizes(clause);
        let text = |at: usize| self.file.text(tokens[at]);
        sizes.into_iter().any(|at| {
            // Up to and with the first word is enough: what comes before it are operators.
            let is_word = |&at: &usize| LEAVES.contains(&self.file.tokens.kind(tokens[at]));
            let Some(last) = (at + 1..tokens.len()).find(is_word) else { return true };
            let length = last - at;
            (0..tokens.len().saturating_sub(length - 1)).any(|other| {
                other != at + 1 && (0..length).all(|i| text(other + i) == text(at + 1 + i))
            })
        })
    }

    /// The words that the metavariables in the form of `traits` may stand for in `clause`.
    fn named(&self, clause: &Clause, traits: &Traits) -> SmallVec<[(MetaId, Words<'a>); 2]> {
        let kind = |id: TokenId| self.file.tokens.kind(id);
        let tokens: SmallVec<[TokenId; 32]> = self.file.tokens.significant(clause.tokens).collect();
        let text = |id: TokenId| self.file.text(id);
        let assigned = || (0..tokens.len()).filter(|&at| kind(tokens[at]) == TokenKind::Eq);
        let name_at = |at: usize| {
            tokens.get(at).copied().filter(|&id| kind(id) == TokenKind::Ident).map(text)
        };
        // What stands alone between `from` and the end, parentheses left out.
        let lone = |from: usize| {
            let is_paren =
                |&&id: &&TokenId| !matches!(kind(id), TokenKind::LParen | TokenKind::RParen);
            let mut rest = tokens[from..].iter().filter(is_paren);
            let only = *rest.next()?;
            (kind(only) == TokenKind::Ident && rest.next().is_none()).then(|| text(only))
        };
        let mut found = SmallVec::new();
        match traits.form {
            None => {}
            Some(Form::Assign { to, from }) => {
                if let Some(meta) = to {
                    let left_of = |at: usize| {
                        let is_paren = |&at: &usize| kind(tokens[at]) != TokenKind::RParen;
                        name_at((0..at).rev().find(is_paren)?)
                    };
                    found.push((meta, assigned().filter_map(left_of).collect()));
                }
                if let Some(meta) = from {
                    found.push((meta, assigned().filter_map(|at| lone(at + 1)).collect()));
                }
            }
            Some(Form::Declare { name, constant }) => {
                let mut words = Words::new();
                for at in assigned() {
                    if constant && !self.may_be_constant(&tokens[at + 1..]) {
                        continue;
                    }
                    let from = tokens[..at].iter().rposition(|&id| kind(id) == TokenKind::Comma);
                    words.extend((from.map_or(0, |from| from + 1)..at).filter_map(name_at));
                }
                found.push((name, words));
            }
            Some(Form::Return(meta)) => {
                let returns =
                    (0..tokens.len()).filter(|&at| self.file.is_word(tokens[at], "return"));
                found.push((meta, returns.filter_map(|at| lone(at + 1)).collect()));
            }
        }
        found
    }

    /// Whether a constant may begin with these tokens: a literal, a size, a name in capitals.
    fn may_be_constant(&self, tokens: &[TokenId]) -> bool {
        let kind = |id: TokenId| self.file.tokens.kind(id);
        let first = tokens.iter().find(|&&id| {
            !matches!(kind(id), TokenKind::LParen | TokenKind::Minus | TokenKind::Plus)
        });
        first.is_some_and(|&id| match kind(id) {
            TokenKind::Number | TokenKind::Char | TokenKind::String => true,
            TokenKind::Ident => {
                let text = self.file.text(id);
                text == "sizeof" || !text.iter().any(u8::is_ascii_lowercase)
            }
            _ => false,
        })
    }
}

/// Whether each metavariable may stand for one word everywhere.
fn agree<'a>(all: impl Iterator<Item = (MetaId, Words<'a>)>) -> bool {
    let mut common: Vec<(MetaId, Words<'a>)> = Vec::new();
    for (meta, words) in all {
        match common.iter_mut().find(|(known, _)| *known == meta) {
            Some((_, known)) => known.retain(|word| words.contains(word)),
            None => common.push((meta, words)),
        }
    }
    common.iter().all(|(_, words)| !words.is_empty())
}
