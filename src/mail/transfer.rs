//! How the bytes of a body travel.
//!
//! In: the body. Out: the headers that say so, and the bytes to write. What is plain ASCII needs nothing,
//! other bytes go as they are (8bit), and quoted-printable (RFC 2045) is for what would not arrive: carriage
//! returns, which `git am` takes off line ends, NUL, and lines that mail servers would cut.

/// RFC 5322: no line of a mail may be longer.
const LONGEST_LINE: usize = 998;
/// RFC 2045: no line of quoted-printable may be longer.
const QUOTED_LINE: usize = 76;

/// The three ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    Plain,
    EightBit,
    QuotedPrintable,
}

/// The least that keeps all bytes of `body`.
pub(super) fn choose(body: &[u8]) -> Transfer {
    let long = body.split(|b| *b == b'\n').any(|line| line.len() > LONGEST_LINE);
    if long || body.contains(&b'\r') || body.contains(&0) {
        Transfer::QuotedPrintable
    } else if body.is_ascii() {
        Transfer::Plain
    } else {
        Transfer::EightBit
    }
}

impl Transfer {
    pub(super) fn headers(self) -> &'static str {
        match self {
            Transfer::Plain => "",
            Transfer::EightBit => {
                "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\
                 Content-Transfer-Encoding: 8bit\n"
            }
            Transfer::QuotedPrintable => {
                "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\
                 Content-Transfer-Encoding: quoted-printable\n"
            }
        }
    }

    pub(super) fn encode(self, body: &[u8]) -> Vec<u8> {
        match self {
            Transfer::Plain | Transfer::EightBit => body.to_vec(),
            Transfer::QuotedPrintable => quoted_printable(body),
        }
    }
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() * 9 / 8);
    let mut column = 0;
    for (at, byte) in body.iter().enumerate() {
        if *byte == b'\n' {
            out.push(b'\n');
            column = 0;
            continue;
        }
        let at_end = body.get(at + 1).is_none_or(|next| *next == b'\n');
        let plain = match byte {
            // White space at the end of a line gets lost on the way.
            b' ' | b'\t' => !at_end,
            b'=' => false,
            // Keeps `From ` and a lone dot from being changed at the start of a line.
            b'F' | b'.' => column > 0,
            byte => byte.is_ascii_graphic(),
        };
        let len = if plain { 1 } else { 3 };
        if column + len > QUOTED_LINE - 1 {
            out.extend_from_slice(b"=\n");
            column = 0;
        }
        if plain {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
        column += len;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_not_arrive_is_encoded() {
        assert_eq!(choose(b"plain\n"), Transfer::Plain);
        assert_eq!(choose(b"latin \xe4\n"), Transfer::EightBit);
        assert_eq!(choose(b"dos\r\n"), Transfer::QuotedPrintable);
        assert_eq!(choose(&[b'a'; 999]), Transfer::QuotedPrintable);
    }

    #[test]
    fn lines_are_short_and_bytes_can_be_read_back() {
        assert_eq!(quoted_printable(b"a=\xe4 \r\nFrom \n"), b"a=3D=E4 =0D\n=46rom=20\n");
        let long = quoted_printable(&[b'a'; 200]);
        assert!(long.split(|b| *b == b'\n').all(|line| line.len() <= QUOTED_LINE));
    }
}
