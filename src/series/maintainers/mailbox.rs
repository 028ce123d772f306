//! Mail addresses as MAINTAINERS and `.mailmap` hold them.
//!
//! In: `Full Name <user@host>`, with or without quotes. Out: name and address apart; quoting and encoding
//! are for whoever writes a header.

use rustc_hash::FxHashMap;

/// A person or a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    /// Without outer quotes; empty for a bare address.
    pub name: String,
    /// `user@host`.
    pub address: String,
}

impl Mailbox {
    /// Reads `Name <a@b>`, `<a@b>` or `a@b`; `None` without an address.
    pub fn parse(text: &str) -> Option<Mailbox> {
        let text = text.trim();
        let (name, address) = match (text.find('<'), text.rfind('>')) {
            (Some(open), Some(close)) if open < close => (&text[..open], &text[open + 1..close]),
            (None, _) | (_, None) | (Some(_), Some(_)) => {
                ("", text.split_whitespace().next().unwrap_or_default())
            }
        };
        let name = name.trim();
        let name = name.strip_prefix('"').unwrap_or(name);
        let name = name.strip_suffix('"').unwrap_or(name);
        let address = address.trim();
        (address.contains('@'))
            .then(|| Mailbox { name: name.replace("\\\"", "\""), address: address.to_owned() })
    }

    /// Reads a comma-separated list where each part has an address of its own, else one mailbox whose name
    /// may hold a comma.
    pub fn parse_list(text: &str) -> Vec<Mailbox> {
        let parts: Vec<&str> = text.split(',').collect();
        if parts.len() > 1 && parts.iter().all(|part| part.contains('@')) {
            parts.into_iter().filter_map(Mailbox::parse).collect()
        } else {
            Mailbox::parse(text).into_iter().collect()
        }
    }
}

/// What `.mailmap` says about proper names and addresses.
#[derive(Clone, Debug, Default)]
pub struct Mailmap {
    by_address: FxHashMap<String, Replacement>,
    by_mailbox: FxHashMap<Mailbox, Replacement>,
}

#[derive(Clone, Debug, Default)]
struct Replacement {
    name: Option<String>,
    address: Option<String>,
}

impl Mailmap {
    /// Reads the text of a `.mailmap`; lines without an address are not entries.
    pub fn parse(text: &str) -> Mailmap {
        let mut map = Mailmap::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let mut parts = line.split_inclusive('>').filter_map(entry_part);
            match (parts.next(), parts.next()) {
                (Some((name, address)), None) => {
                    map.by_address.entry(address.to_owned()).or_default().name = owned(name);
                }
                (Some((name, address)), Some(("", wrong))) => {
                    let entry = map.by_address.entry(wrong.to_owned()).or_default();
                    entry.address = owned(address);
                    if !name.is_empty() {
                        entry.name = owned(name);
                    }
                }
                (Some((name, address)), Some((wrong_name, wrong))) => {
                    let wrong = Mailbox { name: wrong_name.to_owned(), address: wrong.to_owned() };
                    let entry = Replacement { name: owned(name), address: owned(address) };
                    map.by_mailbox.insert(wrong, entry);
                }
                (None, _) => {}
            }
        }
        map
    }

    /// The mailbox under its proper name and address.
    pub fn resolve(&self, mailbox: &Mailbox) -> Mailbox {
        let exact = self.by_mailbox.get(mailbox);
        let Some(found) = exact.or_else(|| self.by_address.get(&mailbox.address)) else {
            return mailbox.clone();
        };
        Mailbox {
            name: found.name.clone().unwrap_or_else(|| mailbox.name.clone()),
            address: found.address.clone().unwrap_or_else(|| mailbox.address.clone()),
        }
    }
}

fn entry_part(text: &str) -> Option<(&str, &str)> {
    let (name, address) = text.strip_suffix('>')?.split_once('<')?;
    Some((name.trim().trim_matches('"'), address.trim()))
}

fn owned(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_a_comma_and_lists_are_split() {
        let one = Mailbox::parse_list("A B, consult <a@b.org>");
        assert_eq!(one, [Mailbox { name: "A B, consult".into(), address: "a@b.org".into() }]);
        assert_eq!(Mailbox::parse_list("\"D, C\" <a@b>")[0].name, "D, C");
        assert_eq!(Mailbox::parse_list("x@y.z, A <a@b>").len(), 2);
        assert_eq!(Mailbox::parse("no address"), None);
    }

    #[test]
    fn mailmap_replaces_names_and_addresses() {
        let map = Mailmap::parse("New N <new@x> <old@x>\n<to@x> <from@x>\nA <a@x> B <b@x>\n");
        let resolve = |text| map.resolve(&Mailbox::parse(text).unwrap());
        assert_eq!(resolve("Old <old@x>"), Mailbox::parse("New N <new@x>").unwrap());
        assert_eq!(resolve("F <from@x>"), Mailbox::parse("F <to@x>").unwrap());
        assert_eq!(resolve("B <b@x>"), Mailbox::parse("A <a@x>").unwrap());
        assert_eq!(resolve("C <b@x>"), Mailbox::parse("C <b@x>").unwrap());
    }
}
