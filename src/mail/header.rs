//! Headers of a mail: folded, and encoded where they are not plain ASCII (RFC 2047, RFC 5322).
//!
//! In: text. Out: whole header lines, folded where git folds them.

use crate::series::maintainers::Mailbox;

/// Plain lines are no longer than this.
const LINE: usize = 78;
/// Lines with encoded words are no longer than this.
const ENCODED_LINE: usize = 76;
const OPEN: &str = "=?UTF-8?q?";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Subject,
    Name,
}

/// `Subject: [PATCH 1/2] text`.
pub(super) fn subject(prefix: &str, text: &str) -> String {
    let start = format!("Subject: {prefix}");
    if needs_encoding(text) {
        return format!("{}\n", encoded(&start, text, Place::Subject));
    }
    let mut out = start;
    let mut column = out.len();
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && column + 1 + word.len() > LINE {
            out.push_str("\n ");
            column = 1;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out.push('\n');
    out
}

/// `To: A <a@b>,` and so on, one a line; nothing for nobody.
pub(super) fn addresses(header: &str, mailboxes: &[Mailbox]) -> String {
    if mailboxes.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = mailboxes
        .iter()
        .enumerate()
        .map(|(at, mailbox)| {
            address(&if at == 0 { format!("{header}: ") } else { "    ".to_owned() }, mailbox)
        })
        .collect();
    format!("{}\n", lines.join(",\n"))
}

fn address(start: &str, Mailbox { name, address }: &Mailbox) -> String {
    if name.is_empty() {
        return format!("{start}{address}");
    }
    if needs_encoding(name) {
        let text = encoded(start, name, Place::Name);
        let last = text.rsplit('\n').next().unwrap_or_default().len();
        let gap = if last + 3 + address.len() > LINE { "\n " } else { " " };
        return format!("{text}{gap}<{address}>");
    }
    let special = |c: char| "()<>[]:;@\\,.\"".contains(c);
    if name.contains(special) {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("{start}\"{escaped}\" <{address}>");
    }
    format!("{start}{name} <{address}>")
}

fn needs_encoding(text: &str) -> bool {
    !text.bytes().all(|b| (0x20..0x7f).contains(&b)) || text.contains("=?")
}

/// Encoded words of whole characters behind `start`, a line each.
fn encoded(start: &str, text: &str, place: Place) -> String {
    let mut out = format!("{start}{OPEN}");
    let mut column = out.len();
    for c in text.chars() {
        let mut bytes = [0; 4];
        let bytes = c.encode_utf8(&mut bytes).as_bytes();
        let plain = c.is_ascii_graphic()
            && match place {
                Place::Subject => !"=?_".contains(c),
                Place::Name => c.is_ascii_alphanumeric() || "!*+-/".contains(c),
            };
        let len = if plain { 1 } else { 3 * bytes.len() };
        if column + len + 2 > ENCODED_LINE {
            out.push_str("?=\n ");
            out.push_str(OPEN);
            column = OPEN.len() + 1;
        }
        if plain {
            out.push(c);
        } else {
            bytes.iter().for_each(|byte| out.push_str(&format!("={byte:02X}")));
        }
        column += len;
    }
    out + "?="
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_or_encoded_where_they_must() {
        let mailbox = |name: &str| Mailbox { name: name.into(), address: "a@b.c".into() };
        let to = |name: &str| addresses("To", &[mailbox(name)]);
        assert_eq!(to(""), "To: a@b.c\n");
        assert_eq!(to("A B"), "To: A B <a@b.c>\n");
        assert_eq!(to("A. \"B\""), "To: \"A. \\\"B\\\"\" <a@b.c>\n");
        assert_eq!(to("Jörg X"), "To: =?UTF-8?q?J=C3=B6rg=20X?= <a@b.c>\n");
        assert_eq!(addresses("Cc", &[mailbox("A"), mailbox("")]), "Cc: A <a@b.c>,\n    a@b.c\n");
        assert_eq!(addresses("Cc", &[]), "");
    }

    #[test]
    fn long_subjects_are_folded_between_words() {
        let text = subject("[PATCH 01/10] ", "word ".repeat(15).trim_end());
        assert!(text.lines().all(|line| line.len() <= LINE));
        assert_eq!(text.lines().count(), 2);
        let text = subject("[PATCH] ", &"ö".repeat(40));
        assert!(text.lines().all(|line| line.len() <= ENCODED_LINE));
        assert!(text.lines().skip(1).all(|line| line.starts_with(" =?UTF-8?q?=C3=B6")));
    }
}
