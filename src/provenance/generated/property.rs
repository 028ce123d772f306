//! What must hold of every program.
//!
//! `gup` is never said where a page from elsewhere arrived, `conditional` never where the condition told a
//! page wrongly, and no adder that a GUP page reached is said to have none. What the analysis says it
//! does not know is no loss as long as it was given one file of several.

use std::collections::BTreeMap;
use std::env;

use super::super::tests::tree;
use super::super::{Class, Site};
use super::dice::Dice;
use super::generate::generate;
use super::interpret::{Arrival, Arrivals, run};
use super::print::{HEADER, Printed, print};
use super::program::Program;
use super::shrink::shrink;
use crate::items::split;
use crate::lex::LexedFile;
use crate::source::TreePath;

/// Programs, where the environment does not say how many.
const PROGRAMS: u64 = 150;
/// Runs of each program.
const RUNS: usize = 60;

/// What the analysis says of a program's adders, by the statement's number.
type Said = BTreeMap<u32, Site>;

/// An analysis of a whole program.
#[derive(Clone, Copy)]
struct Analysis {
    says: fn(&Printed) -> Said,
    /// Whether it was given all of the program, so that not to know is to lose.
    knows_all: bool,
}

/// What is wrong with what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Complaint {
    /// Said to be from GUP, and it is not.
    Wrong,
    /// Said not to be from GUP, and it is.
    Lost,
}

/// The files of a program, the first ones of a tree that has `others` too.
fn said_of(printed: &Printed, files: &[usize], others: Vec<(TreePath, Vec<u8>)>) -> Said {
    let path = |at: usize| TreePath::new(&format!("gen/file{at}.c")).expect("a plain path");
    let mut all: Vec<(TreePath, Vec<u8>)> =
        files.iter().map(|&at| (path(at), printed.files[at].clone().into_bytes())).collect();
    all.extend(others);
    let tree = tree(all);
    let mut said = Said::new();
    for (number, &at) in files.iter().enumerate() {
        let lexed = LexedFile::new(path(at), printed.files[at].clone().into_bytes());
        let lines: BTreeMap<u32, u32> = (printed.lines.iter())
            .filter(|(_, place)| place.0 == at)
            .map(|(&id, place)| (place.1, id))
            .collect();
        let sites = (0..split(&lexed).len()).flat_map(|item| tree.sites(number as u32, item));
        said.extend(sites.filter_map(|site| Some((*lines.get(&site.location.line)?, site))));
    }
    said
}

/// Each file alone, with the header, and with calls from outside of which nothing is known.
fn by_file(printed: &Printed) -> Said {
    let others = || [header(printed), callers(printed)].concat();
    (0..printed.files.len()).flat_map(|at| said_of(printed, &[at], others())).collect()
}

/// A file that calls all functions of the header, with what it does not say.
fn callers(printed: &Printed) -> Vec<(TreePath, Vec<u8>)> {
    let mut text = String::new();
    let own = printed.header.strip_prefix(HEADER).expect("prototypes are behind it");
    for (number, prototype) in own.lines().enumerate() {
        let (head, parameters) = prototype.split_once('(').expect("a prototype");
        let name = head.rsplit([' ', '*']).next().expect("at least one part");
        let arguments: Vec<&str> = parameters.split(',').map(|_| "anything()").collect();
        text.push_str(&format!(
            "void call_{number}(void)\n{{\n\t{name}({});\n}}\n",
            arguments.join(", ")
        ));
    }
    vec![(TreePath::new("gen/elsewhere.c").expect("a plain path"), text.into_bytes())]
}

fn header(printed: &Printed) -> Vec<(TreePath, Vec<u8>)> {
    let path = TreePath::new("include/linux/gen.h").expect("a plain path");
    vec![(path, printed.header.clone().into_bytes())]
}

/// All files and the header as one tree.
fn by_tree(printed: &Printed) -> Said {
    let files: Vec<usize> = (0..printed.files.len()).collect();
    said_of(printed, &files, header(printed))
}

fn complaint(site: Option<&Site>, arrived: &[Arrival], knows_all: bool) -> Option<Complaint> {
    let gup = arrived.iter().any(|page| page.is_gup && !page.is_carried);
    let elsewhere = arrived.iter().any(|page| !page.is_gup);
    let lost = gup.then_some(Complaint::Lost);
    let Some(site) = site else { return lost };
    match site.class {
        Class::Gup => elsewhere.then_some(Complaint::Wrong),
        Class::Conditional => {
            let told_wrongly =
                |page: &Arrival| page.condition.is_some_and(|holds| holds != page.is_gup);
            arrived.iter().any(told_wrongly).then_some(Complaint::Wrong)
        }
        Class::Mixed => None,
        // A file alone does not see who calls it.
        Class::Carried | Class::Other => lost.filter(|_| knows_all),
        Class::Unknown => lost.filter(|_| knows_all),
    }
}

/// The first thing that is wrong with what is said of `program`.
fn failure(program: &Program, seed: u64, analysis: Analysis) -> Option<(u32, Complaint, String)> {
    let printed = print(program);
    let said = (analysis.says)(&printed);
    let conditions: BTreeMap<u32, String> = (said.iter())
        .filter_map(|(&id, site)| {
            let condition = site.condition.as_ref()?;
            condition.in_scope.then(|| (id, condition.text.clone()))
        })
        .collect();
    let mut arrivals = Arrivals::new();
    let mut dice = Dice::new(seed);
    for _ in 0..RUNS {
        run(program, &conditions, &mut dice, &mut arrivals);
    }
    arrivals.into_iter().find_map(|(id, arrived)| {
        let arrived: Vec<Arrival> = arrived.into_iter().collect();
        let site = said.get(&id);
        let what = complaint(site, &arrived, analysis.knows_all)?;
        let (file, line) = printed.lines[&id];
        let text = match site {
            Some(site) => format!("{:?} {:?} {}", site.class, site.condition, site.reason),
            None => "no site".to_owned(),
        };
        let text = format!("file {file} line {line}: {what:?}: said {text}\n{arrived:?}");
        Some((id, what, text))
    })
}

/// The program, and what is wrong with it, as small as it gets.
fn tell(program: Program, seed: u64, what: Complaint, analysis: Analysis) -> String {
    let fails = |program: &Program| {
        failure(program, seed, analysis).is_some_and(|(_, other, _)| other == what)
    };
    let small = shrink(program, &fails);
    let (_, _, text) = failure(&small, seed, analysis).expect("a shrunk program fails");
    let printed = print(&small);
    let mut out = format!("seed {seed}: {text}\n");
    for (at, file) in printed.files.iter().enumerate() {
        out.push_str(&format!("==== file {at}\n{file}"));
    }
    out
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[allow(clippy::print_stdout, reason = "the test harness keeps it for a test that fails")]
fn say(text: &str) {
    println!("{text}");
}

fn check(files: usize, analysis: Analysis) {
    let programs = number("GENERATED_PROGRAMS").unwrap_or(PROGRAMS);
    let seeds = match number("GENERATED_SEED") {
        Some(seed) => seed..seed + 1,
        None => {
            let from = number("GENERATED_FROM").unwrap_or(0);
            from..from + programs
        }
    };
    let mut classes: BTreeMap<Class, usize> = BTreeMap::new();
    let mut complaints: Vec<String> = Vec::new();
    for seed in seeds {
        let program = generate(&mut Dice::new(seed), files);
        if let Some((_, what, _)) = failure(&program, seed, analysis) {
            let complaint = tell(program, seed, what, analysis);
            say(&complaint);
            complaints.push(complaint);
            if complaints.len() as u64 >= number("GENERATED_MOST").unwrap_or(3) {
                break;
            }
            continue;
        }
        for site in (analysis.says)(&print(&program)).into_values() {
            *classes.entry(site.class).or_default() += 1;
        }
    }
    say(&format!("{classes:?}"));
    // Saying `mixed` of everything would pass the rest.
    let converted = classes.get(&Class::Gup).copied().unwrap_or(0);
    assert!(number("GENERATED_SEED").is_some() || converted as u64 > programs / 2, "{classes:?}");
    assert!(complaints.is_empty(), "{} of the programs fail: see above", complaints.len());
}

#[test]
fn files_alone_are_never_converted_wrongly() {
    check(3, Analysis { says: by_file, knows_all: false });
}

#[test]
fn whole_programs_are_never_converted_wrongly_and_never_lost() {
    check(3, Analysis { says: by_tree, knows_all: true });
}
