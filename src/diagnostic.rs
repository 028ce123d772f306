//! What a stage has to say beside its value: severity, place, message and a hint.
//!
//! Odd C is normal, so stages return diagnostics instead of failing. A diagnostic names bytes; only the
//! command line turns them into `file:line:column`.

use std::fmt;

use crate::source::{LineIndex, Span, TreePath};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// Something was not seen or not understood, and the answer says so.
    Warning,
    /// The input cannot be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One message about a stretch of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Original bytes of the file the stage was given.
    pub span: Span,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// What the reader can do about it, where there is something.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, span, message: message.into(), help: None }
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, span, message: message.into(), help: None }
    }

    /// A note at `span`.
    pub fn note(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Note, span, message: message.into(), help: None }
    }

    /// The same with a hint.
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// `file:line:column: severity: message`, and the hint on a line of its own.
    pub fn render(&self, path: &TreePath, lines: &LineIndex) -> String {
        let place = lines.location(self.span.start);
        let mut text = format!("{path}:{place}: {}: {}", self.severity, self.message);
        if let Some(help) = &self.help {
            text.push_str("\n  hint: ");
            text.push_str(help);
        }
        text
    }
}
