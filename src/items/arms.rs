//! The tokens of an item that the grammar is to see: directives stepped over, dead arms left out.
//!
//! In: a token range. Out: its significant tokens, without those in arms that are never compiled, and for
//! [`Arms::First`] without those in any but the first arm of each conditional. Conditions are not
//! evaluated. The range may start or end inside a conditional: an `#else` without its `#if` ends the arm
//! that the range started in, an `#endif` without it ends nothing.

use super::Arms;
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// One conditional that the walk is inside of.
#[derive(Clone, Copy, Debug)]
struct Conditional {
    /// Whether what holds the conditional is seen.
    outer: bool,
    /// Whether the arm at hand is seen.
    seen: bool,
    /// Whether an arm of this conditional has been seen.
    any: bool,
    /// Whether the rest of its arms is never compiled.
    settled: bool,
}

/// The significant tokens of `range` as far as `arms` lets them be seen.
pub fn visible(file: &LexedFile, range: TokenRange, arms: Arms) -> Vec<TokenId> {
    let mut walk = ArmWalk::new(arms);
    let mut out = Vec::with_capacity((range.end.0.saturating_sub(range.start.0) / 2) as usize);
    for token in range.iter() {
        let kind = file.tokens.kind(token);
        if kind == TokenKind::Directive {
            walk.step(directive(file.text(token)).kind);
        } else if !kind.is_trivia() && walk.seen() {
            out.push(token);
        }
    }
    out
}

/// Follows directives and says whether the code behind them is seen.
#[derive(Debug)]
pub(super) struct ArmWalk {
    arms: Arms,
    stack: Vec<Conditional>,
}

impl ArmWalk {
    pub(super) fn new(arms: Arms) -> ArmWalk {
        ArmWalk { arms, stack: Vec::new() }
    }

    /// Whether the code at this place is seen.
    pub(super) fn seen(&self) -> bool {
        self.stack.last().is_none_or(|top| top.seen)
    }

    /// Goes past a directive.
    pub(super) fn step(&mut self, kind: DirectiveKind) {
        match kind {
            DirectiveKind::If | DirectiveKind::IfAlways => {
                let outer = self.seen();
                let settled = kind == DirectiveKind::IfAlways;
                self.stack.push(Conditional { outer, seen: outer, any: true, settled });
            }
            DirectiveKind::IfNever => {
                let outer = self.seen();
                self.stack.push(Conditional { outer, seen: false, any: false, settled: false });
            }
            DirectiveKind::Elif | DirectiveKind::Else => self.next_arm(),
            DirectiveKind::Endif => {
                self.stack.pop();
            }
            DirectiveKind::Include
            | DirectiveKind::Define
            | DirectiveKind::Undef
            | DirectiveKind::Pragma
            | DirectiveKind::Other => {}
        }
    }

    fn next_arm(&mut self) {
        if self.stack.is_empty() {
            // The `#if` lies before the range, and the arm the range starts in counts as its first.
            self.stack.push(Conditional { outer: true, seen: true, any: true, settled: false });
        }
        let top = self.stack.last_mut().expect("pushed above where it was empty");
        let hidden = top.settled || (self.arms == Arms::First && top.any);
        top.seen = top.outer && !hidden;
        top.any |= top.seen;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::TreePath;

    #[track_caller]
    fn check(text: &str, arms: Arms, want: &str) {
        let file = LexedFile::new(TreePath::new("x.c").expect("a path"), text.into());
        let tokens = visible(&file, file.tokens.all(), arms);
        let got: Vec<String> = tokens.iter().map(|&t| file.text(t).to_string()).collect();
        assert_eq!(got.join(" "), want);
    }

    #[test]
    fn dead_arms_are_never_seen() {
        check("a\n#if 0\nb\n#else\nc\n#endif\nd", Arms::All, "a c d");
        check("a\n#if 0\nb\n#else\nc\n#endif\nd", Arms::First, "a c d");
        check("#if 1\na\n#else\nb\n#endif\n", Arms::All, "a");
        check("#if 0\n#ifdef X\na\n#else\nb\n#endif\nc\n#endif\nd", Arms::All, "d");
    }

    #[test]
    fn first_takes_one_arm_of_each() {
        let text = "#ifdef A\na\n#elif B\nb\n#else\nc\n#endif\nd";
        check(text, Arms::First, "a d");
        check(text, Arms::All, "a b c d");
        check("#if 0\na\n#elif B\nb\n#else\nc\n#endif\n", Arms::First, "b");
    }

    #[test]
    fn a_range_may_start_inside_a_conditional() {
        check("a\n#else\nb\n#endif\nc", Arms::First, "a c");
        check("a\n#endif\nb", Arms::First, "a b");
    }
}
