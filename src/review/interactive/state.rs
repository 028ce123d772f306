//! The states of a review, and [`update`], which goes from one to the next.
//!
//! Invariant: the cursor is on a row that is shown, or nothing is shown; undoing as often as something was
//! decided gives back the decisions the review began with.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::decisions::{Decisions, Verdict};
use super::edit;
use super::filter::Filter;
use super::keys::Key;
use super::session::Session;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The editor came back with this text for a unit.
    Edited(usize, String),
    /// Something outside went wrong, and the person should know.
    Failed(String),
}

/// What the owner of the terminal is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing but draw.
    None,
    /// Save the decisions.
    Save,
    /// Open this text in the editor, for this unit.
    Edit(usize, String),
    /// Leave.
    Quit,
}

/// A row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A subsystem.
    Group(usize),
    /// A file of a subsystem.
    File(usize, usize),
    /// A unit, by its index among the session's items.
    Unit(usize),
}

/// What the keys mean at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Keys are commands.
    Browse,
    /// A reason is typed for rejecting these units.
    Reason(String, Vec<usize>),
    /// A word to search for is typed.
    Search(String),
    /// A filter is typed.
    Filter(String),
    /// The help is shown; any key ends it.
    Help,
}

/// How far the review is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Accepted, edited or rejected.
    pub decided: usize,
    /// Put off.
    pub skipped: usize,
    /// All.
    pub total: usize,
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) session: Rc<Session>,
    pub(super) decisions: Decisions,
    pub(super) mode: Mode,
    pub(super) filter: Filter,
    pub(super) cursor: Option<Node>,
    pub(super) folded: BTreeSet<Node>,
    /// The first line of the text that is shown.
    pub(super) scroll: usize,
    pub(super) size: (u16, u16),
    pub(super) message: String,
    search: String,
    undo: Vec<Vec<(usize, Option<Verdict>)>>,
}

impl State {
    /// The start of a review: on the first unit that is not decided.
    pub fn new(session: Session, decisions: Decisions, size: (u16, u16)) -> State {
        let mut state = State {
            session: Rc::new(session),
            decisions,
            mode: Mode::Browse,
            filter: Filter::default(),
            cursor: None,
            folded: BTreeSet::new(),
            scroll: 0,
            size,
            message: String::new(),
            search: String::new(),
            undo: Vec::new(),
        };
        state.cursor = state.rows().first().copied();
        state.go_undecided(1);
        state
    }

    /// What was decided so far.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// What is reviewed.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the keys mean.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// What is said to the person, if anything.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The unit under the cursor.
    pub fn current(&self) -> Option<usize> {
        match self.cursor {
            Some(Node::Unit(item)) => Some(item),
            Some(Node::Group(_) | Node::File(..)) | None => None,
        }
    }

    /// How far the review is; the filter makes no difference.
    pub fn progress(&self) -> Progress {
        let total = self.session.items().len();
        let mut progress = Progress { decided: 0, skipped: 0, total };
        for item in 0..total {
            match self.verdict(item) {
                Some(Verdict::Accept | Verdict::Edit(_) | Verdict::Reject(_)) => {
                    progress.decided += 1;
                }
                Some(Verdict::Skip) => progress.skipped += 1,
                None => {}
            }
        }
        progress
    }

    /// What was said about a unit.
    pub fn verdict(&self, item: usize) -> Option<&Verdict> {
        self.decisions.get(&self.session.unit(item).fingerprint)
    }

    /// The rows of the tree: what the filter shows and no fold hides.
    pub fn rows(&self) -> Vec<Node> {
        let mut rows = Vec::new();
        let (mut group, mut file) = (None, None);
        for (at, item) in self.session.items().iter().enumerate() {
            if !self.filter.shows(item, self.verdict(at)) {
                continue;
            }
            let (group_node, file_node) =
                (Node::Group(item.group), Node::File(item.group, item.file));
            if group.replace(item.group) != Some(item.group) {
                rows.push(group_node);
                file = None;
            }
            if self.folded.contains(&group_node) {
                continue;
            }
            if file.replace(item.file) != Some(item.file) {
                rows.push(file_node);
            }
            if !self.folded.contains(&file_node) {
                rows.push(Node::Unit(at));
            }
        }
        rows
    }

    /// The units at or below a row that the filter shows.
    pub(super) fn units_of(&self, node: Node) -> Vec<usize> {
        let items = self.session.items().iter().enumerate();
        let shown = items.filter(|(at, item)| self.filter.shows(item, self.verdict(*at)));
        let below = shown.filter(|(at, item)| match node {
            Node::Group(group) => item.group == group,
            Node::File(group, file) => (item.group, item.file) == (group, file),
            Node::Unit(unit) => *at == unit,
        });
        below.map(|(at, _)| at).collect()
    }
}

/// The next state, and what is to be done outside.
pub fn update(mut state: State, event: Event) -> (State, Effect) {
    let effect = match event {
        Event::Resize(columns, rows) => {
            state.size = (columns, rows);
            Effect::None
        }
        Event::Failed(message) => {
            state.message = message;
            Effect::None
        }
        Event::Edited(item, text) => state.edited(item, &text),
        Event::Key(Key::Interrupt) => Effect::Quit,
        Event::Key(key) => {
            state.message.clear();
            match std::mem::replace(&mut state.mode, Mode::Browse) {
                Mode::Browse => state.command(key),
                Mode::Help => Effect::None,
                typing => state.typed(typing, key),
            }
        }
    };
    state.keep_cursor();
    (state, effect)
}

impl State {
    fn command(&mut self, key: Key) -> Effect {
        let page = usize::from(self.size.1 / 2).max(1) as isize;
        match key {
            Key::Char('q') => return Effect::Quit,
            Key::Char('?') => self.mode = Mode::Help,
            Key::Char('j') | Key::Down => self.move_by(1),
            Key::Char('k') | Key::Up => self.move_by(-1),
            Key::Char('g') | Key::Home => self.move_by(isize::MIN),
            Key::Char('G') | Key::End => self.move_by(isize::MAX),
            Key::Char(' ') | Key::PageDown => self.scroll_by(page),
            Key::Char('b') | Key::PageUp => self.scroll_by(-page),
            Key::Char('J') => self.scroll_by(1),
            Key::Char('K') => self.scroll_by(-1),
            Key::Char('h') | Key::Left => self.fold(),
            Key::Char('l') | Key::Right => self.unfold(),
            Key::Enter => self.toggle_fold(),
            Key::Char('n') => self.go_undecided(1),
            Key::Char('N') => self.go_undecided(-1),
            Key::Char('/') => self.mode = Mode::Search(String::new()),
            Key::Char('f') => self.mode = Mode::Filter(self.filter.text.clone()),
            Key::Char('F') => self.filter = Filter::default(),
            Key::Char('a') => return self.decide_here(|_| Some(Verdict::Accept)),
            Key::Char('s') => return self.decide_here(|_| Some(Verdict::Skip)),
            Key::Char('c') => return self.decide_here(|_| None),
            Key::Char('A') => return self.accept_alike(),
            Key::Char('r') => {
                let units = self.cursor.map(|node| self.units_of(node)).unwrap_or_default();
                if !units.is_empty() {
                    self.mode = Mode::Reason(String::new(), units);
                }
            }
            Key::Char('u') => return self.take_back(),
            Key::Char('e') => return self.edit(),
            Key::Char(other) => {
                self.message = format!("{other} does nothing here; ? shows the keys")
            }
            Key::Esc | Key::Backspace | Key::Interrupt => {}
        }
        Effect::None
    }

    /// A key while text is typed.
    fn typed(&mut self, mut mode: Mode, key: Key) -> Effect {
        let text = match &mut mode {
            Mode::Reason(text, _) | Mode::Search(text) | Mode::Filter(text) => text,
            Mode::Browse | Mode::Help => return Effect::None,
        };
        match key {
            Key::Esc => return Effect::None,
            Key::Enter => return self.entered(mode),
            Key::Char(c) => text.push(c),
            Key::Backspace => {
                text.pop();
            }
            Key::Up | Key::Down | Key::Left | Key::Right | Key::PageUp | Key::PageDown => {}
            Key::Home | Key::End | Key::Interrupt => {}
        }
        self.mode = mode;
        Effect::None
    }

    fn entered(&mut self, mode: Mode) -> Effect {
        match mode {
            Mode::Reason(text, units) => {
                let reason = text.trim().to_owned();
                if reason.is_empty() {
                    self.message = "not rejected: a rejection needs a reason".into();
                    return Effect::None;
                }
                return self.decide(&units, |_| Some(Verdict::Reject(reason.clone())));
            }
            Mode::Search(text) => {
                if !text.trim().is_empty() {
                    self.search = text.trim().to_lowercase();
                }
                self.find();
            }
            Mode::Filter(text) => match Filter::parse(&text) {
                Ok(filter) => self.filter = filter,
                Err(message) => self.message = message,
            },
            Mode::Browse | Mode::Help => {}
        }
        Effect::None
    }

    fn decide_here(&mut self, verdict: impl Fn(usize) -> Option<Verdict>) -> Effect {
        let units = self.cursor.map(|node| self.units_of(node)).unwrap_or_default();
        self.decide(&units, verdict)
    }

    /// Decides units, remembers what was said before, and goes on to the next undecided.
    fn decide(&mut self, units: &[usize], verdict: impl Fn(usize) -> Option<Verdict>) -> Effect {
        let mut before = Vec::new();
        for &item in units {
            let (old, new) = (self.verdict(item).cloned(), verdict(item));
            if old != new {
                self.put(item, new);
                before.push((item, old));
            }
        }
        if before.is_empty() {
            return Effect::None;
        }
        let cleared = before.iter().all(|(item, _)| self.verdict(*item).is_none());
        if before.len() > 1 {
            self.message = format!("{} decided; u takes them back", before.len());
        }
        self.undo.push(before);
        if !cleared {
            self.go_undecided(1);
        }
        Effect::Save
    }

    fn put(&mut self, item: usize, verdict: Option<Verdict>) {
        let session = Rc::clone(&self.session);
        let unit = session.unit(item);
        match verdict {
            Some(verdict) => self.decisions.set(session.file(item), unit, verdict),
            None => self.decisions.clear(&unit.fingerprint),
        }
    }

    fn accept_alike(&mut self) -> Effect {
        let Some(current) = self.current() else {
            self.message = "put the cursor on a hunk first".into();
            return Effect::None;
        };
        let shape = &self.session.unit(current).shape;
        let alike: Vec<usize> = (0..self.session.items().len())
            .filter(|&item| self.session.unit(item).shape == *shape)
            // What was decided about one of them before is not overruled.
            .filter(|&item| item == current || self.verdict(item).is_none())
            .collect();
        self.decide(&alike, |_| Some(Verdict::Accept))
    }

    fn take_back(&mut self) -> Effect {
        let Some(before) = self.undo.pop() else {
            self.message = "nothing to undo".into();
            return Effect::None;
        };
        let first = before.first().map(|(item, _)| *item);
        for (item, verdict) in before {
            self.put(item, verdict);
        }
        if let Some(item) = first {
            self.show(item);
        }
        Effect::Save
    }

    fn edit(&mut self) -> Effect {
        let Some(item) = self.current() else {
            self.message = "put the cursor on a hunk first".into();
            return Effect::None;
        };
        match edit::text_of(self.session.file(item), self.session.unit(item)) {
            Some(text) => Effect::Edit(item, text),
            None => {
                self.message = "this hunk is not UTF-8 and cannot be edited here".into();
                Effect::None
            }
        }
    }

    fn edited(&mut self, item: usize, text: &str) -> Effect {
        if item >= self.session.items().len() {
            return Effect::None;
        }
        let session = Rc::clone(&self.session);
        match edit::read_back(session.file(item), session.unit(item), text) {
            Ok(Some(bodies)) => self.decide(&[item], |_| Some(Verdict::Edit(bodies.clone()))),
            Ok(None) => {
                self.message = "nothing was changed".into();
                Effect::None
            }
            Err(message) => {
                self.message = format!("not taken: {message}");
                Effect::None
            }
        }
    }

    fn move_by(&mut self, by: isize) {
        let rows = self.rows();
        let Some(last) = rows.len().checked_sub(1) else { return };
        let at = rows.iter().position(|row| Some(*row) == self.cursor).unwrap_or(0);
        self.put_cursor(rows[at.saturating_add_signed(by).min(last)]);
    }

    fn put_cursor(&mut self, node: Node) {
        if self.cursor != Some(node) {
            self.cursor = Some(node);
            self.scroll = 0;
        }
    }

    fn scroll_by(&mut self, by: isize) {
        let last = self.current().map_or(0, |item| self.session.items()[item].detail.len());
        self.scroll = self.scroll.saturating_add_signed(by).min(last.saturating_sub(1));
    }

    fn parent(&self, node: Node) -> Option<Node> {
        match node {
            Node::Group(_) => None,
            Node::File(group, _) => Some(Node::Group(group)),
            Node::Unit(item) => {
                let item = &self.session.items()[item];
                Some(Node::File(item.group, item.file))
            }
        }
    }

    /// Folds the row, or goes to the one it is in.
    fn fold(&mut self) {
        let Some(node) = self.cursor else { return };
        let can_fold = !matches!(node, Node::Unit(_)) && !self.folded.contains(&node);
        if can_fold {
            self.folded.insert(node);
        } else if let Some(parent) = self.parent(node) {
            self.put_cursor(parent);
        }
    }

    /// Unfolds the row, or goes into it.
    fn unfold(&mut self) {
        let Some(node) = self.cursor else { return };
        if !self.folded.remove(&node) && !matches!(node, Node::Unit(_)) {
            self.move_by(1);
        }
    }

    fn toggle_fold(&mut self) {
        let Some(node) = self.cursor else { return };
        if !matches!(node, Node::Unit(_)) && !self.folded.remove(&node) {
            self.folded.insert(node);
        }
    }

    /// Unfolds what hides a unit and puts the cursor on it.
    fn show(&mut self, item: usize) {
        let mut node = Node::Unit(item);
        while let Some(parent) = self.parent(node) {
            self.folded.remove(&parent);
            node = parent;
        }
        self.put_cursor(Node::Unit(item));
    }

    /// The shown units in the order in which a search goes through them: from the cursor around.
    fn around(&self, direction: isize) -> Vec<usize> {
        let items = self.session.items();
        let total = items.len();
        let start = self.cursor.map_or(0, |node| match node {
            Node::Unit(item) => item,
            Node::Group(_) | Node::File(..) => {
                // Before the first unit of the row, so that the search begins with it.
                let first = self.units_of(node).first().copied().unwrap_or(0);
                if direction > 0 { (first + total).saturating_sub(1) } else { first }
            }
        });
        let step = |by: usize| {
            if direction > 0 { (start + by) % total } else { (start + total - by % total) % total }
        };
        let order = (1..=total).map(step);
        order.filter(|&at| self.filter.shows(&items[at], self.verdict(at))).collect()
    }

    fn go_undecided(&mut self, direction: isize) {
        let found = self.around(direction).into_iter().find(|&item| self.verdict(item).is_none());
        match found {
            Some(item) => self.show(item),
            None => {
                let progress = self.progress();
                if progress.decided + progress.skipped == progress.total {
                    self.message = "everything is decided".into();
                } else {
                    self.message = "nothing undecided is shown; F takes the filter away".into();
                }
            }
        }
    }

    fn find(&mut self) {
        let items = self.session.items();
        let found = self.around(1).into_iter().find(|&item| items[item].matches(&self.search));
        match found {
            Some(item) => self.show(item),
            None => self.message = format!("nothing has `{}`", self.search),
        }
    }

    /// Puts the cursor on a row that is shown: what it was on, what that is in, or what is nearest.
    fn keep_cursor(&mut self) {
        let rows = self.rows();
        let Some(mut node) = self.cursor else {
            self.cursor = rows.first().copied();
            return;
        };
        if rows.contains(&node) {
            return;
        }
        while let Some(parent) = self.parent(node) {
            if rows.contains(&parent) {
                self.put_cursor(parent);
                return;
            }
            node = parent;
        }
        let near = rows.iter().find(|row| **row >= node).or(rows.last()).copied();
        self.cursor = near;
        self.scroll = 0;
    }
}
