//! The output formats that commands share, and the reports in each of them.

use clap::ValueEnum;

use super::options::{Opened, Terminal};
use crate::driver::dry_run::Subsystems;
use crate::driver::lines::SourceLines;
use crate::review::dry_run::DryRun;
use crate::review::guard::Judgement;
use crate::review::{Report, html, sarif, text};
use crate::source::TreePath;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON value, versioned; `gupatch schema` has its description.
    Json,
}

/// How a report of sites is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For editors: `file:line:column: severity: message`, a line a site.
    Lines,
    /// For programs: one JSON value, versioned; `gupatch schema` has its description.
    Json,
    /// For code scanning services: SARIF 2.1.0.
    Sarif,
    /// For reading in a browser: one file that needs nothing else.
    Html,
}

/// A report and what goes with it.
pub struct Shown<'s> {
    /// The scan.
    pub report: &'s Report,
    /// What the rules would change, where they ran.
    pub dry_run: Option<&'s DryRun>,
    /// What the guard said, where it was asked.
    pub judgement: Option<&'s Judgement>,
}

impl Shown<'_> {
    /// The report as SARIF.
    pub fn sarif(&self, opened: &Opened) -> Vec<u8> {
        let lines = SourceLines::new(&opened.workspace.tree.root);
        let read_line = |path: &TreePath, line| lines.line(path, line);
        let Shown { report, dry_run, judgement } = *self;
        sarif::log(&sarif::Input { report, dry_run, judgement, read_line: &read_line }).into_bytes()
    }

    /// The report as one page.
    pub fn html(&self, opened: &Opened) -> Vec<u8> {
        let lines = SourceLines::new(&opened.workspace.tree.root);
        let read_line = |path: &TreePath, line| lines.line(path, line);
        let subsystems = Subsystems::read(&opened.workspace);
        let subsystem_of = |file: &TreePath| subsystems.of(file);
        html::page(&html::Input {
            report: self.report,
            dry_run: self.dry_run,
            subsystem_of: &subsystem_of,
            read_line: &read_line,
        })
        .into_bytes()
    }

    /// A line for each site.
    pub fn lines(&self, terminal: &Terminal) -> Vec<u8> {
        text::lines(self.report, terminal.colours()).into_bytes()
    }
}

/// One JSON value, indented, with a final newline.
pub fn json(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
