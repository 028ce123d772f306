//! Preprocessor conditionals between statements, as branches.
//!
//! The AST holds the statements of all arms one after the other, but only one arm is compiled. Without a
//! branch here the `#else` arm would seem to overwrite what the `#if` arm did. Conditionals inside of a
//! statement are left alone: their arms are one expression.

use super::build::Frontier;
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// The conditionals that are open at a place in a compound statement.
#[derive(Default)]
pub(super) struct Arms {
    open: Vec<Conditional>,
}

struct Conditional {
    before: Frontier,
    ends: Frontier,
    /// Whether one of the arms is compiled in any case.
    complete: bool,
    /// Whether the arm being walked is never compiled.
    never: bool,
}

impl Arms {
    /// Steps over the directives between two statements; gives the frontier for the second one.
    pub(super) fn step(
        &mut self,
        file: &LexedFile,
        from: TokenId,
        to: TokenId,
        mut frontier: Frontier,
    ) -> Frontier {
        let gap = TokenRange { start: from, end: to };
        for token in gap.iter().filter(|&token| file.tokens.kind(token) == TokenKind::Directive) {
            frontier = self.directive(directive(file.text(token)).kind, frontier);
        }
        frontier
    }

    fn directive(&mut self, kind: DirectiveKind, frontier: Frontier) -> Frontier {
        match kind {
            DirectiveKind::If | DirectiveKind::IfNever | DirectiveKind::IfAlways => {
                self.open.push(Conditional {
                    before: frontier.clone(),
                    ends: Frontier::new(),
                    complete: kind == DirectiveKind::IfAlways,
                    never: kind == DirectiveKind::IfNever,
                });
                frontier
            }
            DirectiveKind::Elif | DirectiveKind::Else => match self.open.last_mut() {
                Some(conditional) => {
                    conditional.complete |= kind == DirectiveKind::Else;
                    conditional.end_arm(frontier);
                    conditional.before.clone()
                }
                None => frontier,
            },
            DirectiveKind::Endif => match self.open.pop() {
                Some(mut conditional) => {
                    conditional.end_arm(frontier);
                    if !conditional.complete {
                        conditional.ends.extend(conditional.before);
                    }
                    conditional.ends.sort();
                    conditional.ends.dedup();
                    conditional.ends
                }
                None => frontier,
            },
            DirectiveKind::Include
            | DirectiveKind::Define
            | DirectiveKind::Undef
            | DirectiveKind::Pragma
            | DirectiveKind::Other => frontier,
        }
    }
}

impl Conditional {
    fn end_arm(&mut self, frontier: Frontier) {
        if !std::mem::replace(&mut self.never, false) {
            self.ends.extend(frontier);
        }
    }
}
