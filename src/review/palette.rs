//! The colours of text output, as a value: plain where there are none.

use anstyle::{AnsiColor, Style};

/// What each kind of word looks like. [`Palette::plain`] styles nothing, so its output has no escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Headings and file names.
    pub heading: Style,
    /// Places: `file:line`.
    pub place: Style,
    /// What is converted, and added lines.
    pub good: Style,
    /// What needs a person.
    pub care: Style,
    /// What is refused, and removed lines.
    pub bad: Style,
    /// Evidence and other text beside the point.
    pub dim: Style,
    /// Hunk headers.
    pub hunk: Style,
    /// The words of an added line that are new.
    pub good_word: Style,
    /// The words of a removed line that go.
    pub bad_word: Style,
}

impl Palette {
    /// No colour at all.
    pub const fn plain() -> Palette {
        let plain = Style::new();
        Palette {
            heading: plain,
            place: plain,
            good: plain,
            care: plain,
            bad: plain,
            dim: plain,
            hunk: plain,
            good_word: plain,
            bad_word: plain,
        }
    }

    /// Whether this is [`Palette::plain`].
    pub fn is_plain(&self) -> bool {
        *self == Palette::plain()
    }

    /// The sixteen colours every terminal has.
    pub fn ansi() -> Palette {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        Palette {
            heading: Style::new().bold(),
            place: colour(AnsiColor::Cyan),
            good: colour(AnsiColor::Green),
            care: colour(AnsiColor::Yellow),
            bad: colour(AnsiColor::Red),
            dim: Style::new().dimmed(),
            hunk: colour(AnsiColor::Cyan),
            good_word: colour(AnsiColor::Green).bold().invert(),
            bad_word: colour(AnsiColor::Red).bold().invert(),
        }
    }
}
