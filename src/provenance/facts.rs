//! What a rule may ask: the provenance of an expression.
//!
//! In: the sites of a file. Out: [`Facts`], asked by the tokens of the page's expression, since the matcher
//! may hold another AST of the same item than the analysis did.

use std::collections::BTreeMap;

use super::classify::Class;
use super::condition::Condition;
use super::site::Site;
use crate::lex::TokenRange;

/// The provenance of one expression at one adder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The class.
    pub class: Class,
    /// When the page is from GUP, for [`Class::Conditional`].
    pub condition: Option<Condition>,
    /// Why it cannot be converted, or needs a person; empty where nothing stands against it.
    pub reason: String,
}

/// The provenance of the page expressions of one file.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    by_tokens: BTreeMap<TokenRange, Fact>,
}

impl Facts {
    /// Collects the facts of sites of one file.
    pub fn of<'s>(sites: impl IntoIterator<Item = &'s Site>) -> Facts {
        let fact = |site: &Site| Fact {
            class: site.class,
            condition: site.condition.clone(),
            reason: site.reason.clone(),
        };
        let sites = sites.into_iter();
        Facts { by_tokens: sites.map(|site| (site.page_tokens, fact(site))).collect() }
    }

    /// What is known of the page expression with these tokens; `None` if it is no adder's page.
    pub fn provenance(&self, expr: TokenRange) -> Option<&Fact> {
        self.by_tokens.get(&expr)
    }
}
