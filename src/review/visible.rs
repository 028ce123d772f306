//! Source text made safe to look at: control bytes and text-direction marks as visible characters.
//!
//! In: a line of source, which may hold anything. Out: text in which an escape sequence cannot reach the
//! terminal and a bidirectional override cannot show other code than the compiler reads. Tabs stay. The
//! patch itself never goes through here: its bytes are the tree's.

use std::borrow::Cow;

/// `text` with every character that would act on a terminal or a browser replaced by one that shows it.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\u{7f}' => out.push('\u{2421}'),
            c if c < ' ' && c != '\t' => {
                // The block "Control Pictures" mirrors the first 32 code points.
                out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'));
            }
            c if acts(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// An expression or a reason on one line: white space of any length becomes one blank, the rest visible.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" ")).into_owned()
}

/// Bytes of source as visible text, without the newline at the end; what is no UTF-8 becomes U+FFFD.
pub fn visible_line(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    visible(&String::from_utf8_lossy(line)).into_owned()
}

fn acts(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_do_not_act() {
        assert_eq!(visible("a\tb\x1b[31m\x00\x7f"), "a\tb\u{241b}[31m\u{2400}\u{2421}");
        assert_eq!(visible("/*\u{202e}*/ \u{85}"), "/*<U+202E>*/ <U+0085>");
    }

    #[test]
    fn an_expression_over_several_lines_becomes_one() {
        assert_eq!(one_line("f(a,\n\t\tb)\n"), "f(a, b)");
    }

    #[test]
    fn latin_1_and_crlf_are_shown() {
        assert_eq!(visible_line(b"\xe4b\r\n"), "\u{fffd}b\u{240d}");
        assert!(matches!(visible("pages[i]"), Cow::Borrowed(_)));
    }
}
