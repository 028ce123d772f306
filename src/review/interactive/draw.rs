//! Shows a state in a frame of any size. Nothing is remembered here, and nothing depends on colour alone.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as TextLine, Span, Text};
use ratatui::widgets::{Block, Borders, Clear, Paragraph, Wrap};

use super::super::decisions::Verdict;
use super::super::visible::visible;
use super::detail::Tone;
use super::keys::HELP;
use super::state::{Mode, Node, State};

/// From this width on, the text stands beside the tree and not below it.
const WIDE: u16 = 110;

/// Draws `state`; without colour only bold, dim and reverse are used.
pub fn draw(frame: &mut Frame<'_>, state: &State, colour: bool) {
    let looks = Looks { colour };
    let [body, status, prompt] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(1), Constraint::Length(1)])
            .areas(frame.area());
    let (tree, text) = split(body);
    draw_tree(frame, tree, state, looks);
    draw_detail(frame, text, state, looks);
    frame.render_widget(Paragraph::new(status_line(state)).style(looks.bar()), status);
    frame.render_widget(Paragraph::new(prompt_line(state, prompt.width)), prompt);
    if state.mode == Mode::Help {
        draw_help(frame);
    }
}

fn split(body: Rect) -> (Rect, Rect) {
    let areas: [Rect; 2] = if body.width >= WIDE {
        Layout::horizontal([Constraint::Percentage(38), Constraint::Min(0)]).areas(body)
    } else {
        Layout::vertical([Constraint::Percentage(35), Constraint::Min(0)]).areas(body)
    };
    (areas[0], areas[1])
}

#[derive(Clone, Copy)]
struct Looks {
    colour: bool,
}

impl Looks {
    fn tone(self, tone: Tone) -> Style {
        let style = Style::new();
        let colour = |colour| if self.colour { style.fg(colour) } else { style };
        match tone {
            Tone::Plain => style,
            Tone::Heading => style.add_modifier(Modifier::BOLD),
            Tone::Dim => style.add_modifier(Modifier::DIM),
            Tone::Hunk => colour(Color::Cyan),
            Tone::Added => colour(Color::Green),
            Tone::AddedWord => {
                colour(Color::Green).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
            }
            Tone::Removed => colour(Color::Red),
            Tone::RemovedWord => {
                colour(Color::Red).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
            }
            Tone::Care => colour(Color::Yellow).add_modifier(Modifier::BOLD),
        }
    }

    fn verdict(self, verdict: Option<&Verdict>) -> Style {
        match verdict {
            None => self.tone(Tone::Plain),
            Some(Verdict::Accept | Verdict::Edit(_)) => self.tone(Tone::Added),
            Some(Verdict::Reject(_)) => self.tone(Tone::Removed),
            Some(Verdict::Skip) => self.tone(Tone::Dim),
        }
    }

    fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

fn draw_tree(frame: &mut Frame<'_>, area: Rect, state: &State, looks: Looks) {
    let rows = state.rows();
    let at = rows.iter().position(|row| Some(*row) == state.cursor).unwrap_or(0);
    let height = usize::from(area.height);
    // The cursor stays in the middle where there is enough above and below it.
    let first = at.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    let lines = rows.iter().enumerate().skip(first).take(height).map(|(row, node)| {
        let line = tree_row(state, *node, looks);
        if row == at { line.patch_style(looks.bar()) } else { line }
    });
    let mut text: Vec<TextLine<'_>> = lines.collect();
    if rows.is_empty() {
        text.push(TextLine::from("nothing to show"));
    }
    frame.render_widget(Paragraph::new(text), area);
}

fn tree_row(state: &State, node: Node, looks: Looks) -> TextLine<'static> {
    let fold = if state.folded.contains(&node) { '▸' } else { '▾' };
    let counts = || {
        let units = state.units_of(node);
        let decided = units.iter().filter(|&&item| state.verdict(item).is_some()).count();
        format!("{decided}/{}", units.len())
    };
    let groups = &state.session.dry_run().groups;
    match node {
        Node::Group(group) => {
            let name = visible(&groups[group].subsystem);
            let text = format!("{fold} {name}  {}", counts());
            TextLine::styled(text, looks.tone(Tone::Heading))
        }
        Node::File(group, file) => {
            let path = &groups[group].files[file].change().path;
            let text = format!("  {fold} {}  {}", visible(path.as_str()), counts());
            TextLine::styled(text, looks.tone(Tone::Plain))
        }
        Node::Unit(item) => {
            let verdict = state.verdict(item);
            let mark = match verdict {
                None => "[ ]",
                Some(Verdict::Accept) => "[+]",
                Some(Verdict::Edit(_)) => "[e]",
                Some(Verdict::Reject(_)) => "[x]",
                Some(Verdict::Skip) => "[~]",
            };
            let text = format!("    {mark} {}", state.session.items()[item].label);
            TextLine::styled(text, looks.verdict(verdict))
        }
    }
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, state: &State, looks: Looks) {
    let title = match state.current() {
        Some(item) => format!(" {} ", state.session.items()[item].path),
        None => String::new(),
    };
    // In a narrow terminal every column is for the code.
    let borders = if frame.area().width >= WIDE { Borders::ALL } else { Borders::TOP };
    let block = Block::new().borders(borders).title(title);
    let text = match state.current() {
        Some(item) => unit_text(state, item, looks),
        None => Text::from("a accepts, r rejects, s skips all that is shown here; → goes into it"),
    };
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }).block(block), area);
}

fn unit_text(state: &State, item: usize, looks: Looks) -> Text<'static> {
    let mut lines = Vec::new();
    if let Some(said) = said(state.verdict(item)) {
        lines.push(TextLine::styled(said, looks.tone(Tone::Care)));
    }
    let detail = state.session.items()[item].detail.iter().skip(state.scroll);
    lines.extend(detail.map(|line| {
        let mut column = 0;
        let span = |(tone, text): &(Tone, String)| {
            Span::styled(without_tabs(text, &mut column), looks.tone(*tone))
        };
        TextLine::from(line.iter().map(span).collect::<Vec<_>>())
    }));
    Text::from(lines)
}

fn said(verdict: Option<&Verdict>) -> Option<String> {
    Some(match verdict? {
        Verdict::Accept => "accepted".to_owned(),
        Verdict::Edit(_) => "accepted as edited".to_owned(),
        Verdict::Reject(reason) => format!("rejected: {}", visible(reason)),
        Verdict::Skip => "skipped".to_owned(),
    })
}

/// A terminal library counts a tab as nothing, so it becomes blanks up to the next eighth column.
fn without_tabs(text: &str, column: &mut usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            let blanks = 8 - *column % 8;
            out.extend(std::iter::repeat_n(' ', blanks));
            *column += blanks;
        } else {
            out.push(c);
            *column += 1;
        }
    }
    out
}

fn status_line(state: &State) -> String {
    let progress = state.progress();
    let mut text = format!(" {} of {} decided", progress.decided, progress.total);
    if progress.skipped > 0 {
        text.push_str(&format!(", {} skipped", progress.skipped));
    }
    if !state.filter.text.is_empty() {
        text.push_str(&format!(" | filter {}", visible(&state.filter.text)));
    }
    if !state.message.is_empty() {
        text.push_str(&format!(" | {}", visible(&state.message)));
    }
    text
}

fn prompt_line(state: &State, width: u16) -> String {
    let typed = |question: &str, text: &str| {
        // The end of what is typed stays in sight.
        let room = usize::from(width).saturating_sub(question.chars().count() + 2);
        let skip = text.chars().count().saturating_sub(room);
        let shown: String = text.chars().skip(skip).collect();
        format!("{question} {}_", visible(&shown))
    };
    match &state.mode {
        Mode::Browse | Mode::Help => {
            "a accept r reject s skip e edit u undo n next f filter / search ? help q quit"
                .to_owned()
        }
        Mode::Reason(text, units) if units.len() > 1 => {
            typed(&format!("Why reject these {}?", units.len()), text)
        }
        Mode::Reason(text, _) => typed("Why reject this?", text),
        Mode::Search(text) => typed("Search:", text),
        Mode::Filter(text) => typed("Filter:", text),
    }
}

fn draw_help(frame: &mut Frame<'_>) {
    let area = frame.area();
    let (width, height) = (76.min(area.width), (HELP.len() as u16 + 2).min(area.height));
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    let area = Rect { x, y, width, height };
    let lines: Vec<TextLine<'_>> =
        HELP.iter().map(|(keys, what)| TextLine::from(format!("{keys:>9}  {what}"))).collect();
    frame.render_widget(Clear, area);
    let block = Block::bordered().title(" Keys; any key goes back ");
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
