//! Flags that tell at an adder whether a page is from GUP: variables that functions set once, and parameters.
//!
//! A condition that would be asked again and again in a loop is asked once, where the function starts. And a function of
//! one file may get a page as a parameter where the iterator that decides is one call up, or more: then a flag, as a
//! parameter of its own, can say so. Found by asking at each call of the function what the page is there. All calls must be
//! seen, and at each the answer must be one that can be written down.

use serde::{Deserialize, Serialize};

use super::super::ask::FunctionId;
use super::super::classify::Class;
use super::super::condition;
use super::super::site::Site;
use super::WholeTree;
use super::code::Code;
use super::keeping::Keeping;
use crate::ast::NodeId;
use crate::lex::TokenRange;

/// The flag's name.
pub(super) const FLAG: &str = "from_gup";

/// More functions are not given a parameter for one adder.
const MOST_FUNCTIONS: usize = 4;

/// A function with more calls is left to a person.
const MOST_CALLS: usize = 24;

/// A flag for an adder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threading {
    /// Its name.
    pub flag: String,
    /// The functions that get it as their last parameter, the adder's own first.
    pub functions: Vec<Threaded>,
    /// The functions that set it where they start, or beside a page.
    pub setters: Vec<Setter>,
    /// Flags beside pages in structs.
    pub kept: Option<KeptFlags>,
}

/// Flags that are kept beside pages in structs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFlags {
    /// The function of the adder.
    pub function: String,
    /// The adder's page, as it is written there.
    pub page: String,
    /// What is true there exactly for a page from GUP, where the page is kept in a struct.
    pub test: Option<String>,
    /// The members that hold the pages.
    pub members: Vec<String>,
    /// The lines that declare and set the flags.
    pub insertions: Vec<Insertion>,
}

/// A line that is put into a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Insertion {
    /// The line that it is put before, from 1.
    pub line: u32,
    /// Whether it belongs to that line, and not to the one above.
    pub is_before: bool,
    /// With its indentation.
    pub text: String,
}

/// A function that sets a flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setter {
    /// Its name, which is its file's alone.
    pub name: String,
    /// What it sets the flag to, where it starts.
    pub value: String,
    /// The variable whose pages the flag says, where it is set beside each store of that.
    pub page: Option<String>,
}

/// A function that gets a flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threaded {
    /// Its name, which is its file's alone.
    pub name: String,
    /// How many parameters it has.
    pub parameters: usize,
    /// Which of them is the page, from 0.
    pub page: usize,
    /// Its name.
    pub page_name: String,
    /// All its calls, each in the same file.
    pub calls: Vec<ThreadedCall>,
}

/// A call of a function that gets a flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadedCall {
    /// The page argument.
    pub page: TokenRange,
    /// What is true there exactly for a page from GUP.
    pub flag: String,
}

/// What a call hands down.
enum Handed {
    /// An expression.
    Flag(String),
    /// The flag, which the caller sets to this first.
    Set(String),
    /// The caller's own parameter, by its number.
    Own(usize),
}

impl WholeTree {
    /// The flag for `site`, which is in the function that `file` and `item` name; `None` where it needs none, and where none
    /// can tell.
    pub fn threading(&self, file: u32, item: usize, site: &Site) -> Option<Threading> {
        let id = FunctionId { file, item: item as u32 };
        if let Some(condition) = site.condition.as_ref().filter(|condition| condition.in_scope) {
            let setter = condition.repeats.then(|| self.setter(id, &condition.text))??;
            let setters = vec![setter];
            let (flag, functions) = (FLAG.to_owned(), Vec::new());
            return Some(Threading { flag, functions, setters, kept: None });
        }
        let code = self.code(id)?;
        let mut keeping = Keeping::default();
        let test = match code.parameter(&site.page_text) {
            Some(page) => {
                keeping.handed.push((id, page));
                None
            }
            None if site.class == Class::Mixed => {
                Some(self.kept(&code, site.page, &mut keeping)?)
            }
            None => return None,
        };
        self.thread(site, test, keeping)
    }

    /// Keeps flags where pages are kept, and hands them down to the functions that pages are handed to. `test` is what the
    /// adder asks, where its page is kept in a struct.
    fn thread(&self, site: &Site, test: Option<String>, mut keeping: Keeping) -> Option<Threading> {
        let mut functions: Vec<Threaded> = Vec::new();
        let mut setters: Vec<Setter> = Vec::new();
        let mut at = 0;
        loop {
            self.keep_members(&mut keeping)?;
            let Some(&(id, page)) = keeping.handed.get(at) else { break };
            at += 1;
            let code = self.code(id)?;
            let is_header = code.file.lexed.path.as_str().ends_with(".h");
            let is_own = !is_header && code.file.is_static(id.item);
            if !is_own || !self.can_change(&code) || at > MOST_FUNCTIONS {
                return None;
            }
            let callers = self.callers(id);
            let is_clear = callers.unresolved.is_empty() && callers.kept.is_empty();
            if !is_clear || callers.sites.is_empty() || callers.sites.len() > MOST_CALLS {
                return None;
            }
            let mut calls = Vec::new();
            for &(caller, call) in &callers.sites {
                if caller.file != id.file {
                    return None;
                }
                let above = self.code(caller)?;
                let (_, args) = above.call(call)?;
                let arg = *args.get(page)?;
                if args.len() != code.parameters() {
                    return None;
                }
                let handed = match self.handed_down(&above, caller, call, page) {
                    Some(handed) => handed,
                    None if site.class == Class::Mixed => {
                        Handed::Flag(self.said_to_be(&above, caller, arg, &mut keeping)?)
                    }
                    None => return None,
                };
                let flag = match handed {
                    Handed::Flag(flag) => flag,
                    Handed::Set(value) => match self.setter(caller, &value) {
                        None => value,
                        Some(setter) => {
                            if !setters.contains(&setter) {
                                setters.push(setter);
                            }
                            FLAG.to_owned()
                        }
                    },
                    Handed::Own(own) => {
                        // One flag says of one page.
                        match keeping.handed.iter().find(|(known, _)| *known == caller) {
                            Some((_, known)) if *known != own => return None,
                            Some(_) => {}
                            None => keeping.handed.push((caller, own)),
                        }
                        FLAG.to_owned()
                    }
                };
                calls.push(ThreadedCall { page: above.function.ast().tokens(arg), flag });
            }
            let name = code.function.scope().name.clone();
            let page_name = code.parameter_name(page)?;
            let parameters = code.parameters();
            functions.push(Threaded { name, parameters, page, page_name, calls });
        }
        for (&function, variable) in &keeping.captured {
            let page = Some(variable.clone());
            setters.push(Setter { page, ..self.setter(function, "")? });
        }
        // A function has one flag.
        let is_both = |setter: &Setter| {
            let same = setters.iter().filter(|other| other.name == setter.name).count() > 1;
            same || functions.iter().any(|function| function.name == setter.name)
        };
        if setters.iter().any(is_both) {
            return None;
        }
        let kept = (!keeping.insertions.is_empty()).then(|| KeptFlags {
            function: site.function.clone(),
            page: site.page_text.clone(),
            test,
            members: keeping.members.iter().map(|hop| hop.member.to_string()).collect(),
            insertions: keeping.insertions.into_iter().collect(),
        });
        Some(Threading { flag: FLAG.to_owned(), functions, setters, kept })
    }

    /// The function as one that sets the flag, if it can.
    fn setter(&self, id: FunctionId, value: &str) -> Option<Setter> {
        let code = self.code(id)?;
        let name = code.function.scope().name.clone();
        self.can_change(&code).then(|| Setter { name, value: value.to_owned(), page: None })
    }

    /// What a call would hand down beside argument `page`.
    fn handed_down(
        &self,
        above: &Code,
        caller: FunctionId,
        call: NodeId,
        page: usize,
    ) -> Option<Handed> {
        let (class, told) = self.solved(caller, |engine, _, _| {
            let events = engine.calls.clone();
            let event = events.iter().find(|event| event.node == call)?;
            let arrivals = engine.arrivals(event.values.get(page)?);
            let condition = arrivals
                .one_iterator()
                .map(|iterator| condition::of_iterator(engine.context, iterator, call));
            Some((arrivals.class(), condition))
        })??;
        let flag = match class {
            Class::Gup => Some("true".to_owned()),
            Class::Other => Some("false".to_owned()),
            Class::Conditional => match told.filter(|told| told.in_scope) {
                Some(told) if told.repeats => return Some(Handed::Set(told.text)),
                told => told.map(|told| told.text),
            },
            Class::Mixed => None,
            Class::Carried | Class::Unknown => return None,
        };
        match flag {
            Some(flag) => Some(Handed::Flag(flag)),
            None => {
                let (_, args) = above.call(call)?;
                let arg = above.text(*args.get(page)?);
                above.parameter(&arg).map(Handed::Own)
            }
        }
    }

    /// Whether a flag can be put into a function: its name means nothing in the file, and the function's is its alone.
    pub(super) fn can_change(&self, code: &Code) -> bool {
        let name = &code.function.scope().name;
        self.mentions_of(&code.file, FLAG).is_empty()
            && self.functions_of(&code.file, name).len() == 1
    }
}
