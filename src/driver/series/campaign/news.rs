//! What became of the last round of a campaign by the time of the next one, for the cover letter.
//!
//! In: both rounds, and the files of the new base. Out: what has landed, moved, gone, was left alone or is new, a line
//! each, and the patches of both versions side by side as `git range-diff` has them.

use std::collections::BTreeMap;

use super::{PatchEntry, Round, SiteEntry};
use crate::items::{ItemKind, split};
use crate::lex::{LexedFile, TokenKind};
use crate::review::fingerprint::Fingerprint;
use crate::source::TreePath;

/// Digits of a commit in a summary.
const DIGITS: usize = 12;
/// Columns of a summary.
const WIDTH: usize = 75;
/// Places that are named one by one.
const NAMED: usize = 8;

/// What became of the last round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Paragraphs and items for the cover letter.
    pub text: String,
}

impl Round {
    /// What became of this round by the time of `now`. `base` reads a file of the new base.
    pub fn news(&self, now: &Round, base: &dyn Fn(&str) -> Option<Vec<u8>>) -> News {
        let by_name = |sites: &'_ [SiteEntry]| -> BTreeMap<Fingerprint, SiteEntry> {
            sites.iter().map(|site| (site.fingerprint.clone(), site.clone())).collect()
        };
        let (current, declined) = (by_name(&now.sites), by_name(&now.left_alone));
        let before = by_name(&self.sites);
        let (mut landed, mut gone, mut moved, mut left) = (vec![], vec![], vec![], vec![]);
        for site in &self.sites {
            let place = format!("{} {}()", site.file, site.function);
            match (current.get(&site.fingerprint), declined.get(&site.fingerprint)) {
                (Some(found), _) if found.line == site.line => {}
                (Some(found), _) => {
                    moved.push(format!("{place} from line {} to {}", site.line, found.line));
                }
                (None, Some(found)) => left.push(format!("{place}: {}", found.reason)),
                (None, None) if is_converted(site, base) => landed.push(place),
                (None, None) => gone.push(place),
            }
        }
        let new = now.sites.iter().filter(|site| !before.contains_key(&site.fingerprint));
        let new: Vec<String> =
            new.map(|site| format!("{} {}()", site.file, site.function)).collect();
        let mut text = String::new();
        if self.base != now.base {
            text.push_str(&format!(
                "- Made on {} instead of {}.\n",
                short(&now.base),
                short(&self.base)
            ));
        }
        if self.rules != now.rules {
            text.push_str("- The rules have changed.\n");
        }
        for (what, places) in [
            ("Landed since", &landed),
            ("No longer there", &gone),
            ("Moved", &moved),
            ("Left alone now", &left),
            ("New", &new),
        ] {
            push_item(&mut text, what, places);
        }
        if text.is_empty() {
            text.push_str("- The same places as before.\n");
        }
        if !now.patches.is_empty() {
            text.push_str(&format!(
                "\nPatches of v{} and of v{} (= the same diff, ! another one):\n\n",
                self.series, now.series
            ));
            text.push_str(&range_diff(&self.patches, &now.patches));
        }
        News { text }
    }
}

/// Whether the site's function calls the conversion in the new base.
fn is_converted(site: &SiteEntry, base: &dyn Fn(&str) -> Option<Vec<u8>>) -> bool {
    let (Some(path), Some(text)) = (TreePath::new(&site.file), base(&site.file)) else {
        return false;
    };
    let file = LexedFile::new(path, text);
    let is_function = |kind: ItemKind| matches!(kind, ItemKind::Function | ItemKind::MacroFunction);
    split(&file).iter().filter(|item| is_function(item.kind)).any(|item| {
        let mut tokens = file.tokens.significant(item.tokens);
        let named = tokens
            .by_ref()
            .take_while(|&token| file.tokens.kind(token) != TokenKind::LBrace)
            .any(|token| file.is_word(token, &site.function));
        named && tokens.any(|token| file.is_word(token, &site.conversion))
    })
}

fn push_item(text: &mut String, what: &str, places: &[String]) {
    if places.is_empty() {
        return;
    }
    let mut named: Vec<String> = places.iter().take(NAMED).cloned().collect();
    if places.len() > NAMED {
        named.push(format!("and {} more", places.len() - NAMED));
    }
    text.push_str(&format!("- {what} ({}): {}.\n", places.len(), named.join("; ")));
}

/// As `git range-diff --no-patch` prints it: `=` the same diff, `!` another one, `<` dropped, `>` new.
fn range_diff(old: &[PatchEntry], new: &[PatchEntry]) -> String {
    let mut lines = Vec::new();
    let mut met = vec![false; old.len()];
    for (at, patch) in new.iter().enumerate() {
        let same = |other: &PatchEntry| other.subject == patch.subject;
        let twin = old.iter().position(|other| other.patch_id == patch.patch_id);
        let twin = twin.or_else(|| old.iter().position(same)).filter(|&twin| !met[twin]);
        lines.push(match twin {
            Some(twin) => {
                met[twin] = true;
                let sign = if old[twin].patch_id == patch.patch_id { '=' } else { '!' };
                pair(Some((twin, &old[twin])), sign, Some((at, patch)))
            }
            None => pair(None, '>', Some((at, patch))),
        });
    }
    let dropped = old.iter().enumerate().filter(|(at, _)| !met[*at]);
    lines.extend(dropped.map(|(at, patch)| pair(Some((at, patch)), '<', None)));
    lines.concat()
}

fn pair(
    old: Option<(usize, &PatchEntry)>,
    sign: char,
    new: Option<(usize, &PatchEntry)>,
) -> String {
    let side = |patch: Option<(usize, &PatchEntry)>| match patch {
        Some((at, patch)) => format!("{:2}:  {}", at + 1, short(&patch.commit)),
        None => format!(" -:  {}", "-".repeat(DIGITS)),
    };
    let subject = new.or(old).map_or("", |(_, patch)| patch.subject.as_str());
    let line = format!("    {} {sign} {} {subject}", side(old), side(new));
    let cut: String = line.chars().take(WIDTH).collect();
    format!("{}\n", cut.trim_end())
}

fn short(id: &str) -> &str {
    id.get(..DIGITS).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{made, patch, site};
    use super::*;

    #[test]
    fn the_news_tell_what_became_of_each_place() {
        let old = made(
            1,
            vec![
                site("landed.c", 1),
                site("gone.c", 2),
                site("moved.c", 3),
                site("left.c", 4),
                site("same.c", 5),
            ],
            vec![patch("a: x", "1"), patch("b: x", "2"), patch("c: x", "3")],
        );
        let mut now = made(
            2,
            vec![site("moved.c", 33), site("same.c", 5), site("new.c", 6)],
            vec![patch("a: x", "1"), patch("b: x", "9"), patch("d: x", "4")],
        );
        now.left_alone = vec![SiteEntry { reason: "rejected".into(), ..site("left.c", 4) }];
        let base = |file: &str| match file {
            "landed.c" => Some(b"void f(void)\n{\n\tadd_from_gup(p);\n}\n".to_vec()),
            "gone.c" => Some(b"void g(void)\n{\n\tadd_from_gup(p);\n}\n".to_vec()),
            _ => None,
        };
        assert_eq!(
            old.news(&now, &base).text,
            "- Made on base2 instead of base1.\n\
             - Landed since (1): landed.c f().\n\
             - No longer there (1): gone.c f().\n\
             - Moved (1): moved.c f() from line 3 to 33.\n\
             - Left alone now (1): left.c f(): rejected.\n\
             - New (1): new.c f().\n\
             \n\
             Patches of v1 and of v2 (= the same diff, ! another one):\n\
             \n    \
             \x20 1:  0123456789ab =  1:  0123456789ab a: x\n    \
             \x20 2:  0123456789ab !  2:  0123456789ab b: x\n    \
             \x20-:  ------------ >  3:  0123456789ab d: x\n    \
             \x20 3:  0123456789ab <  -:  ------------ c: x\n"
                .replace("      ", "     ")
        );
    }
}
