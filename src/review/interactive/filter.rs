//! The filter: `class:gup rule:sg_set path:drivers/ is:undecided word`, all of which must hold.

use super::super::decisions::Verdict;
use super::super::text::class_word;
use super::Item;

/// What is shown; the default shows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// As it was typed.
    pub text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Class(String),
    Rule(String),
    Path(String),
    Is(Status),
    Word(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Undecided,
    Accepted,
    Rejected,
    Skipped,
}

impl Filter {
    /// Reads a filter. The error says which term is not understood.
    pub fn parse(text: &str) -> Result<Filter, String> {
        let term = |word: &str| {
            let owned = |text: &str| text.to_lowercase();
            Ok(match word.split_once(':') {
                Some(("class", class)) => Term::Class(owned(class)),
                Some(("rule", rule)) => Term::Rule(owned(rule)),
                Some(("path", path)) => Term::Path(owned(path)),
                Some(("is", "undecided")) => Term::Is(Status::Undecided),
                Some(("is", "accepted")) => Term::Is(Status::Accepted),
                Some(("is", "rejected")) => Term::Is(Status::Rejected),
                Some(("is", "skipped")) => Term::Is(Status::Skipped),
                Some(("is", _)) => {
                    return Err(format!(
                        "{word}: write is:undecided, is:accepted, is:rejected or is:skipped"
                    ));
                }
                Some(_) | None => Term::Word(owned(word)),
            })
        };
        let terms = text.split_whitespace().map(term).collect::<Result<_, _>>()?;
        Ok(Filter { text: text.trim().to_owned(), terms })
    }

    /// Whether `item` with its decision is shown.
    pub fn shows(&self, item: &Item, verdict: Option<&Verdict>) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Class(class) => item.classes.iter().any(|own| class_word(*own) == class),
            Term::Rule(rule) => item.rules.iter().any(|own| own.to_lowercase().contains(rule)),
            Term::Path(path) => item.path.to_lowercase().contains(path),
            Term::Is(status) => *status == status_of(verdict),
            Term::Word(word) => item.matches(word),
        })
    }
}

fn status_of(verdict: Option<&Verdict>) -> Status {
    match verdict {
        None => Status::Undecided,
        Some(Verdict::Accept | Verdict::Edit(_)) => Status::Accepted,
        Some(Verdict::Reject(_)) => Status::Rejected,
        Some(Verdict::Skip) => Status::Skipped,
    }
}
