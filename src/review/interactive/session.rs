//! What is reviewed, laid out once: subsystems, files, and a flat list of units with all that is shown.
//!
//! It does not change while a person reviews; the decisions do, and they are in the state.

use super::super::Class;
use super::super::dry_run::{DryRun, FileReview, Unit};
use super::super::story::ReadLine;
use super::super::visible::{one_line, visible};
use super::detail::{self, Line};

/// One unit to decide.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its subsystem, as an index into the dry run's groups.
    pub group: usize,
    /// Its file, as an index into the group's files.
    pub file: usize,
    /// Itself, as an index into the file's units.
    pub unit: usize,
    /// The file's path.
    pub path: String,
    /// One line that names it.
    pub label: String,
    /// The classes of its sites.
    pub classes: Vec<Class>,
    /// The rules that make it.
    pub rules: Vec<String>,
    /// Everything that is shown of it.
    pub detail: Vec<Line>,
    /// The same in lower case, for search.
    text: String,
}

impl Item {
    /// Whether `word`, which is in lower case, is in what is shown of it.
    pub fn matches(&self, word: &str) -> bool {
        self.text.contains(word)
    }
}

/// All that is to be decided.
#[derive(Clone, Debug)]
pub struct Session {
    dry_run: DryRun,
    items: Vec<Item>,
}

impl Session {
    /// Lays out `dry_run`, with the source around each step.
    pub fn new(dry_run: DryRun, read_line: ReadLine<'_>) -> Session {
        let mut items = Vec::new();
        for (group_at, group) in dry_run.groups.iter().enumerate() {
            for (file_at, file) in group.files.iter().enumerate() {
                for (unit_at, unit) in file.units().iter().enumerate() {
                    let mut item = item(file, unit, read_line);
                    (item.group, item.file, item.unit) = (group_at, file_at, unit_at);
                    items.push(item);
                }
            }
        }
        Session { dry_run, items }
    }

    /// The dry run it was made from.
    pub fn dry_run(&self) -> &DryRun {
        &self.dry_run
    }

    /// Every unit, in the order in which they are shown.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The file of a unit.
    pub fn file(&self, item: usize) -> &FileReview {
        let item = &self.items[item];
        &self.dry_run.groups[item.group].files[item.file]
    }

    /// The unit itself.
    pub fn unit(&self, item: usize) -> &Unit {
        &self.file(item).units()[self.items[item].unit]
    }
}

fn item(file: &FileReview, unit: &Unit, read_line: ReadLine<'_>) -> Item {
    let evidence = || unit.evidence.iter().map(|&at| &file.evidence()[at]);
    let line = file.hunks()[unit.hunks[0]].first_change();
    let what: Vec<String> = evidence()
        .map(|evidence| {
            let site = &evidence.site;
            format!("{}({}) in {}", site.adder, site.page, site.function)
        })
        .collect();
    let what = if what.is_empty() { "helper or declaration".to_owned() } else { what.join(", ") };
    let mut classes: Vec<Class> = evidence().map(|evidence| evidence.site.class).collect();
    classes.sort();
    classes.dedup();
    let mut rules: Vec<String> = evidence().map(|evidence| evidence.rule.clone()).collect();
    rules.sort();
    rules.dedup();
    let detail = detail::of_unit(file, unit, read_line);
    let path = visible(file.change().path.as_str()).into_owned();
    let mut text = format!("{path}\n");
    for line in &detail {
        text.extend(line.iter().map(|(_, piece)| piece.as_str()));
        text.push('\n');
    }
    Item {
        group: 0,
        file: 0,
        unit: 0,
        label: format!("{line}: {}", one_line(&what)),
        path,
        classes,
        rules,
        detail,
        text: text.to_lowercase(),
    }
}
