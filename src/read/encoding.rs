//! The encoding that a Python file declares (PEP 263), the way from bytes to text, and the way back.

use encoding_rs::DecoderResult;

/// How the text of a file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Ascii,
    /// Every byte is the character of the same number; what the web calls latin-1 is Windows-1252.
    Latin1,
    /// Any other, as the Encoding Standard defines it.
    Table(&'static encoding_rs::Encoding),
}

/// Where bytes stop being text.
#[derive(Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The text as far as it could be read, with U+FFFD in place of what could not.
    pub text: String,
    /// Offset of the first such place in `text`.
    pub at: usize,
    /// The byte that it stands for.
    pub byte: u8,
}

impl Encoding {
    /// The encoding that Python knows under `name`, with whatever aliases it has.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        Some(match name.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf" | "utf8-ucs2" | "utf8-ucs4"
            | "cp65001" => Encoding::Utf8,
            // The way emacs and vim spell line ends: utf-8-unix, latin-1-dos.
            other if other.starts_with("utf-8-") => Encoding::Utf8,
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" | "iso646-us" => Encoding::Ascii,
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1" | "iso8859"
            | "8859" | "l1" | "latin" | "cp819" => Encoding::Latin1,
            other
                if ["latin-1-", "iso-8859-1-", "iso-latin-1-"]
                    .iter()
                    .any(|it| other.starts_with(it)) =>
            {
                Encoding::Latin1
            }
            other => Encoding::Table(table(other)?),
        })
    }

    /// The bytes of `text`; `None` when the encoding lacks one of its characters.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Utf8 => Some(text.as_bytes().to_vec()),
            Encoding::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Encoding::Latin1 => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            Encoding::Table(table) => {
                let (bytes, _, unmappable) = table.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }

    /// The text of `bytes`, which have no byte order mark.
    pub fn decode(self, bytes: Vec<u8>) -> Result<String, Undecodable> {
        match self {
            Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                Undecodable {
                    text: String::from_utf8_lossy(bytes).into_owned(),
                    at,
                    byte: bytes[at],
                }
            }),
            Encoding::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                // ASCII is UTF-8.
                None => Encoding::Utf8.decode(bytes),
                Some(at) => Err(Undecodable {
                    text: bytes
                        .iter()
                        .map(|byte| {
                            if byte.is_ascii() {
                                char::from(*byte)
                            } else {
                                char::REPLACEMENT_CHARACTER
                            }
                        })
                        .collect(),
                    at,
                    byte: bytes[at],
                }),
            },
            Encoding::Latin1 => Ok(bytes.into_iter().map(char::from).collect()),
            Encoding::Table(table) => decode_table(table, &bytes),
        }
    }
}

fn decode_table(
    table: &'static encoding_rs::Encoding,
    bytes: &[u8],
) -> Result<String, Undecodable> {
    let mut decoder = table.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len()));
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => {
                rest = rest.get(read..).unwrap_or_default();
                text.reserve(rest.len().max(16));
            }
            DecoderResult::Malformed(bad, after) => {
                let back = usize::from(bad) + usize::from(after);
                let byte = read.checked_sub(back).and_then(|at| rest.get(at));
                return Err(Undecodable {
                    at: text.len(),
                    byte: byte.copied().unwrap_or_default(),
                    text: table.decode_without_bom_handling(bytes).0.into_owned(),
                });
            }
        }
    }
}

/// Encodings beside the usual ones, under Python's names where the web has others.
fn table(name: &str) -> Option<&'static encoding_rs::Encoding> {
    let label = match name {
        "cp932" | "mskanji" | "ms-kanji" | "ms932" => "shift_jis",
        "cp936" | "ms936" => "gbk",
        "cp949" | "uhc" | "ms949" => "euc-kr",
        "cp950" | "ms950" => "big5",
        "mac-roman" | "macroman" => "macintosh",
        "mac-cyrillic" | "maccyrillic" => "x-mac-cyrillic",
        "latin-2" => "iso-8859-2",
        "latin-9" | "latin9" => "iso-8859-15",
        other => other,
    };
    let found = encoding_rs::Encoding::for_label(label.as_bytes())
        // `cp1251`, `iso8859_15`: the web has its own hyphens.
        .or_else(|| {
            encoding_rs::Encoding::for_label(name.replace("iso8859", "iso-8859").as_bytes())
        })?;
    // Python does not read source in these.
    let refused = [
        encoding_rs::UTF_16BE,
        encoding_rs::UTF_16LE,
        encoding_rs::REPLACEMENT,
    ];
    (!refused.contains(&found)).then_some(found)
}

/// The name of the encoding that `bytes` declare in one of their first two lines, with the offset of the name.
pub fn declared(bytes: &[u8]) -> Option<(usize, &str)> {
    let mut start = 0;
    for _ in 0..2 {
        let rest = bytes.get(start..)?;
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let line = &rest[..end];
        let blank = line
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c'))
            .count();
        let comment = match line.get(blank) {
            Some(b'#') => &line[blank..],
            // Only comments and blank lines may stand before the declaration.
            None => &[],
            Some(_) => return None,
        };
        if let Some((at, name)) = name_in(comment) {
            return Some((start + blank + at, name));
        }
        start += end
            + if rest[end..].starts_with(b"\r\n") {
                2
            } else {
                1
            };
    }
    None
}

/// `coding[:=]\s*([-\w.]+)` in a comment.
fn name_in(comment: &[u8]) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(found) = comment[from..]
        .windows(6)
        .position(|window| window == b"coding")
    {
        let after = from + found + 6;
        from = after;
        if !matches!(comment.get(after), Some(b':' | b'=')) {
            continue;
        }
        let blank = comment[after + 1..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let start = after + 1 + blank;
        let is_name =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let length = comment[start..].iter().take_while(is_name).count();
        if length > 0 {
            let name = std::str::from_utf8(&comment[start..start + length]).ok()?;
            return Some((start, name));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_stand_in_the_first_two_lines() {
        let name = |text: &'static str| declared(text.as_bytes()).map(|(_, name)| name);
        assert_eq!(name("# -*- coding: latin-1 -*-\n"), Some("latin-1"));
        assert_eq!(
            name("#!/usr/bin/python\r\n# vim: set fileencoding=cp1252 :\r\n"),
            Some("cp1252")
        );
        assert_eq!(name("\n \x0c#coding=utf-8"), Some("utf-8"));
        assert_eq!(name("# coding is hard; coding: koi8-r"), Some("koi8-r"));
        assert_eq!(name("\n\n# coding: latin-1"), None);
        assert_eq!(name("x = 1\n# coding: latin-1"), None);
        assert_eq!(name("x = 1  # coding: latin-1"), None);
        assert_eq!(name("# coding : latin-1"), None);
        assert_eq!(name(""), None);
        assert_eq!(declared(b"# coding: ascii").unwrap().0, 10);
    }

    #[test]
    fn names_as_python_knows_them() {
        for (name, wanted) in [
            ("UTF_8", Encoding::Utf8),
            ("utf-8-unix", Encoding::Utf8),
            ("utf-8-sig", Encoding::Utf8),
            ("iso8859-15", Encoding::Table(encoding_rs::ISO_8859_15)),
            ("ISO_8859_15", Encoding::Table(encoding_rs::ISO_8859_15)),
            ("cp1252", Encoding::Table(encoding_rs::WINDOWS_1252)),
            ("windows-1251", Encoding::Table(encoding_rs::WINDOWS_1251)),
            ("euc_jp", Encoding::Table(encoding_rs::EUC_JP)),
            ("cp932", Encoding::Table(encoding_rs::SHIFT_JIS)),
            ("Latin-1", Encoding::Latin1),
            ("us-ascii", Encoding::Ascii),
        ] {
            assert_eq!(Encoding::named(name), Some(wanted), "{name}");
        }
        for unknown in ["utf-16", "utf-7", "rot13", "nonesuch", ""] {
            assert_eq!(Encoding::named(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn latin_1_is_not_what_the_web_takes_it_for() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = Encoding::Latin1.decode(bytes.clone()).unwrap();
        assert_eq!(text.chars().nth(0x80), Some('\u{80}'));
        assert_eq!(Encoding::Latin1.encode(&text), Some(bytes));
        assert_eq!(Encoding::Latin1.encode("€"), None);
        let western = Encoding::named("cp1252").unwrap();
        assert_eq!(western.decode(vec![0x80]).unwrap(), "€");
        assert_eq!(western.encode("€"), Some(vec![0x80]));
    }

    #[test]
    fn the_first_bad_byte_is_told() {
        let wrong = |encoding: Encoding, bytes: &[u8]| {
            let wrong = encoding.decode(bytes.to_vec()).unwrap_err();
            (wrong.at, wrong.byte, wrong.text)
        };
        let text = "aé\u{fffd}b".to_owned();
        assert_eq!(wrong(Encoding::Utf8, b"a\xc3\xa9\xffb"), (3, 0xff, text));
        let text = "a\u{fffd}b".to_owned();
        assert_eq!(wrong(Encoding::Ascii, b"a\xe9b"), (1, 0xe9, text));
        let japanese = Encoding::named("euc-jp").unwrap();
        let (at, byte, _) = wrong(japanese, b"\xa4\xa2a\xffb");
        assert_eq!((at, byte), (4, 0xff));
    }
}
