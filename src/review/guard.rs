//! The guard: which sites of a report make `gupatch check` fail.
//!
//! In: a report, the baseline, the exceptions, the lines of the source, the day, and which files are
//! judged. Out: a [`Judgement`] that accounts for every guarded site: a finding, or excused and by what; and
//! that names what no longer excuses anything. A site is excused by the baseline, by an exception whose
//! day has not passed, or by a comment with a reason.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use super::baseline::{Baseline, Known, is_guarded};
use super::exception::{Comment, Day, Exception, comment_at};
use super::fingerprint::{self, Fingerprint};
use super::story::ReadLine;
use super::text::sentence;
use super::visible::one_line;
use super::{Palette, Report, Site};
use crate::source::TreePath;

/// Which files are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Whole,
    /// Only these and what passes through them, as with `--since` or a patch.
    Files(BTreeSet<TreePath>),
}

impl Scope {
    fn has(&self, file: &str) -> bool {
        match self {
            Scope::Whole => true,
            Scope::Files(files) => files.iter().any(|path| path.as_str() == file),
        }
    }

    /// Whether the site or a place that its pages come through is in one of the files: a change there can
    /// have made the flow, wherever the adder is.
    fn concerns(&self, site: &Site) -> bool {
        let passed = site.trace.iter().map(|step| &step.file);
        let sources = site.sources.iter().map(|source| &source.file);
        let others = site.others.iter().map(|other| &other.file);
        let mut files = passed.chain(sources).chain(others).chain([&site.file]);
        match self {
            Scope::Whole => true,
            Scope::Files(changed) => files.any(|file| changed.contains(file)),
        }
    }
}

/// What the guard goes by.
pub struct Guard<'g> {
    /// What is known; empty where there is no baseline.
    pub baseline: &'g Baseline,
    /// The exceptions of `gupatch.toml`.
    pub exceptions: &'g [Exception],
    /// The lines of the tree, for comments.
    pub read_line: ReadLine<'g>,
    /// Today.
    pub today: Day,
    /// Which files are judged.
    pub scope: Scope,
}

/// What is wrong with a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Problem {
    /// Nothing excuses it.
    New,
    /// What excused it has run out.
    Expired {
        /// The exception's last day.
        since: Day,
    },
    /// A comment excuses it, but does not say why.
    CommentWithoutReason,
}

/// Why a site does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Excuse {
    /// It is in the baseline.
    Baseline,
    /// An exception of `gupatch.toml` covers it.
    Exception {
        /// What the exception says.
        reason: String,
    },
    /// A comment at the site does.
    Comment {
        /// What the comment says.
        reason: String,
    },
}

/// One site that makes the check fail.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The site.
    pub site: Site,
    /// Its name.
    pub fingerprint: Fingerprint,
    /// What is wrong with it.
    pub problem: Problem,
}

/// One site that does not.
#[derive(Clone, Debug, Serialize)]
pub struct Excused {
    /// The site.
    pub site: Site,
    /// Its name.
    pub fingerprint: Fingerprint,
    /// Why.
    pub excuse: Excuse,
}

/// What the guard found.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    /// The format's version: 1.
    pub version: u32,
    /// In the report's order.
    pub findings: Vec<Finding>,
    /// In the report's order.
    pub excused: Vec<Excused>,
    /// Exceptions that cover no site of the files that are judged.
    pub unused: Vec<Exception>,
    /// Known sites that are no longer there.
    pub stale: Vec<Known>,
}

impl Guard<'_> {
    /// Judges every site of `report`.
    pub fn judge(&self, report: &Report) -> Judgement {
        let names = fingerprint::of_sites(&report.sites);
        let mut used = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let (mut findings, mut excused) = (Vec::new(), Vec::new());
        for (site, fingerprint) in report.sites.iter().zip(names) {
            if !is_guarded(site.class) {
                continue;
            }
            seen.insert(fingerprint.clone());
            // An exception is used when it covers a site, even one that the baseline knows too.
            let covering =
                (0..self.exceptions.len()).filter(|&at| self.exceptions[at].covers(site));
            let covering: Vec<usize> = covering.collect();
            used.extend(covering.iter().copied());
            if !self.scope.concerns(site) {
                continue;
            }
            let site = site.clone();
            match self.judge_site(&site, &fingerprint, &covering) {
                Ok(excuse) => excused.push(Excused { site, fingerprint, excuse }),
                Err(problem) => findings.push(Finding { site, fingerprint, problem }),
            }
        }
        Judgement {
            version: 1,
            findings,
            excused,
            unused: self.unused(&used),
            stale: self.stale(&seen),
        }
    }

    fn judge_site(
        &self,
        site: &Site,
        fingerprint: &Fingerprint,
        covering: &[usize],
    ) -> Result<Excuse, Problem> {
        if self.baseline.contains(fingerprint) {
            return Ok(Excuse::Baseline);
        }
        let comment = comment_at(site, self.read_line);
        if let Some(Comment::Allowed(reason)) = comment {
            return Ok(Excuse::Comment { reason });
        }
        let covering = || covering.iter().map(|&at| &self.exceptions[at]);
        if let Some(exception) = covering().find(|exception| !exception.is_expired(self.today)) {
            return Ok(Excuse::Exception { reason: exception.reason.clone() });
        }
        if comment.is_some() {
            return Err(Problem::CommentWithoutReason);
        }
        let last = covering().filter_map(|exception| exception.expires).max();
        Err(last.map_or(Problem::New, |since| Problem::Expired { since }))
    }

    /// With a narrow scope the report may lack other files, so only what it was asked about counts.
    fn unused(&self, used: &BTreeSet<usize>) -> Vec<Exception> {
        let unused = self.exceptions.iter().enumerate().filter(|(at, exception)| {
            !used.contains(at)
                && match &self.scope {
                    Scope::Whole => true,
                    Scope::Files(_) => self.scope.has(&exception.path),
                }
        });
        unused.map(|(_, exception)| exception.clone()).collect()
    }

    fn stale(&self, seen: &BTreeSet<Fingerprint>) -> Vec<Known> {
        let gone =
            |known: &&Known| !seen.contains(&known.fingerprint) && self.scope.has(&known.file);
        let mut stale: Vec<Known> = self.baseline.iter().filter(gone).cloned().collect();
        stale.sort();
        stale
    }
}

impl Judgement {
    /// Whether the check passes.
    pub fn passes(&self) -> bool {
        self.findings.is_empty()
    }

    /// What would have excused all of it: what the baseline has and what is to look at.
    pub fn baseline(&self) -> Baseline {
        let known = self.excused.iter().filter(|excused| excused.excuse == Excuse::Baseline);
        let known = known.map(|excused| (&excused.site, &excused.fingerprint));
        let new = self.findings.iter().map(|finding| (&finding.site, &finding.fingerprint));
        Baseline::of_sites(known.chain(new))
    }

    /// `file:line:column: error: …` for each finding, warnings for what excuses nothing, and a summary.
    pub fn text(&self, colours: Palette) -> String {
        let mut out = String::new();
        let (place, bad, care) = (colours.place, colours.bad, colours.care);
        for finding in &self.findings {
            let site = &finding.site;
            writeln!(
                out,
                "{place}{}:{}:{}:{place:#} {bad}error:{bad:#} {}",
                site.file,
                site.line,
                site.column,
                one_line(&finding.message()),
            )
            .expect(INFALLIBLE);
        }
        for exception in &self.unused {
            let what = [&exception.function, &exception.adder, &exception.page];
            let what: Vec<&str> = what.into_iter().flatten().map(String::as_str).collect();
            let of =
                if what.is_empty() { String::new() } else { format!(" ({})", what.join(", ")) };
            writeln!(
                out,
                "{care}warning:{care:#} gupatch.toml: the exception for {}{of} covers no site",
                exception.path
            )
            .expect(INFALLIBLE);
        }
        for known in &self.stale {
            writeln!(
                out,
                "{care}warning:{care:#} baseline: {} {}: {}({}) is no longer there",
                known.file, known.function, known.adder, known.page
            )
            .expect(INFALLIBLE);
        }
        let by = |of: fn(&Excuse) -> bool| self.excused.iter().filter(|e| of(&e.excuse)).count();
        writeln!(
            out,
            "{} to look at; known: {} by the baseline, {} by exceptions, {} by comments",
            self.findings.len(),
            by(|excuse| matches!(excuse, Excuse::Baseline)),
            by(|excuse| matches!(excuse, Excuse::Exception { .. })),
            by(|excuse| matches!(excuse, Excuse::Comment { .. })),
        )
        .expect(INFALLIBLE);
        out
    }
}

const INFALLIBLE: &str = "writing to a String does not fail";

impl Finding {
    /// One sentence: what is there, where it comes from, and what to do.
    pub fn message(&self) -> String {
        let site = &self.site;
        let todo = match (&self.problem, &site.conversion) {
            (Problem::CommentWithoutReason, _) => {
                "the comment that allows it has no reason: write `gupatch: allow: why`".to_owned()
            }
            (Problem::Expired { since }, _) => format!("its exception ran out on {since}"),
            (Problem::New, Some(conversion)) => format!("use {conversion}"),
            (Problem::New, None) => site.reason.clone(),
        };
        sentence(site, &todo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{Class, exception, fixture};

    const TODAY: Day = Day { year: 2026, month: 11, day: 23 };

    fn guard<'g>(baseline: &'g Baseline, exceptions: &'g [Exception]) -> Guard<'g> {
        Guard {
            baseline,
            exceptions,
            read_line: &|path, line| fixture::read_line(path, line),
            today: TODAY,
            scope: Scope::Whole,
        }
    }

    #[test]
    fn without_a_baseline_every_guarded_site_is_a_finding() {
        let judgement = guard(&Baseline::default(), &[]).judge(&fixture::report());
        assert!(!judgement.passes());
        assert!(judgement.findings.iter().all(|finding| finding.site.class != Class::Carried));
        fixture::snapshot("check", &judgement.text(Palette::plain()));
    }

    #[test]
    fn the_baseline_knows_its_own_report_and_nothing_else() {
        let mut report = fixture::report();
        let baseline = guard(&Baseline::default(), &[]).judge(&report).baseline();
        let guard = guard(&baseline, &[]);
        assert!(guard.judge(&report).passes());

        // The same call once more in the same function is new, however alike.
        let mut twin = report.sites[0].clone();
        twin.line += 1;
        report.sites.insert(1, twin);
        let judgement = guard.judge(&report);
        assert_eq!(judgement.findings.len(), 1);

        // Lines that move are not.
        report.sites.remove(1);
        report.sites.iter_mut().for_each(|site| site.line += 100);
        assert!(guard.judge(&report).passes());
    }

    #[test]
    fn what_is_gone_is_stale_and_an_exception_for_nothing_is_unused() {
        let mut report = fixture::report();
        let baseline = guard(&Baseline::default(), &[]).judge(&report).baseline();
        let exceptions = exception::parse(
            "[[exception]]\npath = 'fs/none.c'\nadder = 'bio_add_page'\nreason = 'x'\n",
        )
        .unwrap();
        report.sites.remove(0);
        let judgement = guard(&baseline, &exceptions).judge(&report);
        assert!(judgement.passes());
        fixture::snapshot("check_stale", &judgement.text(Palette::plain()));
    }

    #[test]
    fn an_exception_counts_until_its_last_day() {
        let report = fixture::report();
        let exceptions = exception::parse(
            "[[exception]]\npath = 'drivers/'\nreason = 'x'\nexpires = 2026-11-22\n\
             [[exception]]\npath = 'block/'\nreason = 'y'\nexpires = 2026-11-23\n",
        )
        .unwrap();
        let judgement = guard(&Baseline::default(), &exceptions).judge(&report);
        let expired = judgement.findings.iter().filter(|finding| {
            finding.problem == Problem::Expired { since: Day { day: 22, ..TODAY } }
        });
        assert_eq!(expired.count(), 3);
        assert_eq!(judgement.excused.len(), 1);
        assert!(judgement.unused.is_empty());
    }

    #[test]
    fn a_comment_excuses_with_a_reason_only() {
        let report = fixture::report();
        let comment = |text: &'static str| {
            move |path: &TreePath, line: u32| {
                Some(match path.as_str() {
                    "block/blk-map.c" => text.to_owned(),
                    _ => fixture::read_line(path, line)?,
                })
            }
        };
        let judge = |read_line: ReadLine<'_>| {
            Guard { read_line, ..guard(&Baseline::default(), &[]) }.judge(&report)
        };
        let judgement = judge(&comment("add(); // gupatch: allow: ours"));
        assert_eq!(judgement.excused[0].excuse, Excuse::Comment { reason: "ours".into() });
        let judgement = judge(&comment("add(); // gupatch: allow"));
        assert_eq!(judgement.findings[0].problem, Problem::CommentWithoutReason);
    }

    #[test]
    fn only_the_files_of_the_scope_are_judged() {
        let report = fixture::report();
        let scope = Scope::Files([fixture::path("drivers/dma/udma.c")].into());
        let baseline = Baseline::default();
        let judgement = Guard { scope, ..guard(&baseline, &[]) }.judge(&report);
        assert_eq!(judgement.findings.len(), 2);
    }

    #[test]
    fn a_change_on_the_way_of_a_page_is_the_scope_of_its_site() {
        let mut report = fixture::report();
        report.sites.truncate(1);
        report.sites[0].trace[0].file = fixture::path("mm/lib.c");
        let baseline = Baseline::default();
        let judged = |file: &str| {
            let scope = Scope::Files([fixture::path(file)].into());
            let guard = Guard { scope, ..guard(&baseline, &[]) };
            guard.judge(&report).findings.len()
        };
        assert_eq!((judged("mm/lib.c"), judged("mm/other.c")), (1, 0));
    }
}
