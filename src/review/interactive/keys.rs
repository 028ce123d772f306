//! Keys as the review knows them, and what `?` says about them.

/// A key, whatever library read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character that was typed.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Takes a character back.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// Control-C.
    Interrupt,
}

/// Each key with what it does, in the order of use.
pub(super) const HELP: [(&str, &str); 18] = [
    ("a", "accept; on a file or subsystem: all of it that is shown"),
    ("A", "accept all alike: the same edit and the same shape of flow"),
    ("r", "reject, and say why"),
    ("s", "skip: decide later, not applied until then"),
    ("e", "edit the hunk in $EDITOR, and accept what you wrote"),
    ("c", "clear the decision"),
    ("u", "undo"),
    ("n / N", "next / previous undecided"),
    ("j k ↓ ↑", "move"),
    ("h l ← →", "fold and unfold"),
    ("space b", "scroll the text a page down / up"),
    ("J K", "scroll the text a line down / up"),
    ("g G", "first and last"),
    ("/", "search; an empty search finds the next"),
    ("f", "filter: class:gup rule:NAME path:fs/ is:undecided WORD"),
    ("F", "no filter"),
    ("?", "this help"),
    ("q", "quit; every decision is saved already"),
];
