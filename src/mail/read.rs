//! Mails read back: what `git format-patch`, `b4 am` or a mail program saved.
//!
//! In: the bytes of an mbox, or of one mail without a `From ` line. Out: each mail's subject and decoded
//! body, and what it says about its base. Only what patches need is understood: one plain text part, as it
//! is, in quoted-printable or in base64; bytes that are no UTF-8 stay as they are.

use std::sync::LazyLock;

use bstr::ByteSlice;
use regex::bytes::Regex;

/// A mail as far as it concerns patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Decoded, on one line.
    pub subject: String,
    /// Decoded.
    pub body: Vec<u8>,
    /// `base-commit:`, where it says so.
    pub base: Option<String>,
    /// The number in `[PATCH 3/17]`.
    pub number: Option<u32>,
}

/// Why a mail is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It consists of several parts.
    #[error("`{0}` has several parts\n  hint: save it as plain text, or get the series with b4 am")]
    Multipart(String),
    /// Its body cannot be decoded.
    #[error("`{0}` is encoded as {1}, which is none of 7bit, 8bit, quoted-printable and base64")]
    Encoding(String, String),
}

/// Reads all mails of `text`, in its order.
pub fn read_mbox(text: &[u8]) -> Result<Vec<ReceivedMail>, ReadError> {
    split(text).into_iter().map(read_mail).collect()
}

/// Cuts before each line that git's own mailsplit takes for the start of a mail.
fn split(text: &[u8]) -> Vec<&[u8]> {
    static START: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m-u)^From \S+ .*\d\d:\d\d:\d\d .*\d{4}\r?$")
            .expect("a fixed pattern compiles")
    });
    let is_start =
        |at: usize| at == 0 || text[..at].ends_with(b"\n\n") || text[..at].ends_with(b"\n\r\n");
    let mut starts: Vec<usize> =
        START.find_iter(text).map(|found| found.start()).filter(|at| is_start(*at)).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    starts.push(text.len());
    let mails = starts.windows(2).map(|pair| &text[pair[0]..pair[1]]);
    mails.filter(|mail| !mail.trim().is_empty()).collect()
}

fn read_mail(mail: &[u8]) -> Result<ReceivedMail, ReadError> {
    // What was saved with the line ends of mail gets those of files.
    let crlf = mail.lines_with_terminator().all(|line| line.ends_with(b"\r\n"));
    let unix;
    let mail = if crlf {
        unix = mail.replace("\r\n", "\n");
        unix.as_slice()
    } else {
        mail
    };
    let mail = match mail.starts_with(b"From ") {
        true => mail.find_byte(b'\n').map_or(&b""[..], |end| &mail[end + 1..]),
        false => mail,
    };
    let (head, body) = mail.split_once_str("\n\n").unwrap_or((mail, b""));
    let header = |name: &str| header(head, name);
    let subject = decoded_words(&header("Subject").unwrap_or_default());
    let kind = header("Content-Type").unwrap_or_default().to_lowercase();
    if kind.starts_with("multipart/") {
        return Err(ReadError::Multipart(subject));
    }
    let encoding = header("Content-Transfer-Encoding").unwrap_or_default().to_lowercase();
    let body = match encoding.trim() {
        "" | "7bit" | "8bit" | "binary" => body.to_vec(),
        "quoted-printable" => quoted_printable(body),
        "base64" => base64(body),
        other => return Err(ReadError::Encoding(subject, other.to_owned())),
    };
    let base = body.lines().find_map(|line| {
        let id = line.strip_prefix(b"base-commit: ")?.trim();
        let hex = id.len() >= 7 && id.iter().all(u8::is_ascii_hexdigit);
        hex.then(|| String::from_utf8_lossy(id).into_owned())
    });
    Ok(ReceivedMail { number: number(&subject), subject, body, base })
}

/// The value of a header, unfolded.
fn header(head: &[u8], name: &str) -> Option<String> {
    let mut lines = head.lines().skip_while(|line| {
        let own =
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
        !(own && line.get(name.len()) == Some(&b':'))
    });
    let mut value = lines.next()?[name.len() + 1..].trim().to_vec();
    for line in lines.take_while(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
        value.push(b' ');
        value.extend_from_slice(line.trim());
    }
    Some(String::from_utf8_lossy(&value).into_owned())
}

fn number(subject: &str) -> Option<u32> {
    let tag = subject.strip_prefix('[')?.split(']').next()?;
    tag.rsplit(' ').next()?.split_once('/')?.0.parse().ok()
}

/// A header with its encoded words (RFC 2047) as text. White space between two of them does not count.
fn decoded_words(text: &str) -> String {
    static WORD: LazyLock<regex::Regex> = LazyLock::new(|| {
        regex::Regex::new(r"=\?([^?\s]+)\?([qQbB])\?([^?\s]*)\?=")
            .expect("a fixed pattern compiles")
    });
    let mut out = String::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut end = 0;
    for found in WORD.captures_iter(text) {
        let whole = found.get(0).expect("group 0 is the match");
        let between = &text[end..whole.start()];
        if end == 0 || !between.trim().is_empty() {
            out.push_str(&String::from_utf8_lossy(&std::mem::take(&mut bytes)));
            out.push_str(between);
        }
        let mut content = Vec::new();
        match &found[2] {
            "q" | "Q" => unescape(found[3].replace('_', " ").as_bytes(), &mut content),
            _ => content = base64(found[3].as_bytes()),
        }
        if found[1].eq_ignore_ascii_case("iso-8859-1") {
            let text: String = content.iter().map(|byte| char::from(*byte)).collect();
            bytes.extend_from_slice(text.as_bytes());
        } else {
            bytes.extend_from_slice(&content);
        }
        end = whole.end();
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
    out.push_str(&text[end..]);
    out
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines_with_terminator() {
        let end = if line.ends_with(b"\n") { &b"\n"[..] } else { b"" };
        // White space at the end that is not encoded was added on the way.
        let line = line.trim_end_with(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        match line.strip_suffix(b"=") {
            Some(line) => unescape(line, &mut out),
            None => {
                unescape(line, &mut out);
                out.extend_from_slice(end);
            }
        }
    }
    out
}

/// `=E4` as the byte it stands for.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        let hex = (text[at] == b'=').then(|| text.get(at + 1..at + 3)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(hex.to_str().ok()?, 16).ok());
        out.push(byte.unwrap_or(text[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
}

fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            // Line ends, and the padding.
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_cut_at_its_mails_and_not_at_text_that_looks_like_one() {
        let text = b"From abc Mon Sep 17 00:00:00 2001\nSubject: [PATCH 1/2] a\n\nbody\n\
            From x Mon Sep 17 00:00:00 2001\nstays\n\n\
            From abc Mon Sep 17 00:00:00 2001\nsubject: [PATCH v2 2/2] b\n\nbase-commit: 0123abcd\n";
        let mails = read_mbox(text).unwrap();
        assert_eq!(mails.len(), 2, "{mails:?}");
        assert!(mails[0].body.ends_with(b"stays\n\n"));
        assert_eq!((mails[0].number, mails[1].number), (Some(1), Some(2)));
        assert_eq!(mails[1].base.as_deref(), Some("0123abcd"));
    }

    #[test]
    fn bodies_and_subjects_are_decoded() {
        let mail = |encoding: &str, body: &str| {
            let text = format!(
                "Subject: =?UTF-8?q?J=C3?=\r\n =?UTF-8?q?=B6rg=20x?=  y =?utf-8?B?w6Q=?=\r\n\
                 Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
            );
            read_mbox(text.as_bytes()).unwrap().remove(0)
        };
        assert_eq!(mail("8bit", "a").subject, "Jörg x  y ä");
        assert_eq!(mail("quoted-printable", "a=3Db=E4=0D  \r\nc=\r\nd").body, b"a=b\xe4\r\ncd\n");
        assert_eq!(mail("base64", "YQpi\r\nYw==").body, b"a\nbc");
        let several = b"Subject: x\nContent-Type: multipart/mixed; boundary=a\n\nb\n";
        assert_eq!(read_mbox(several), Err(ReadError::Multipart("x".into())));
    }
}
