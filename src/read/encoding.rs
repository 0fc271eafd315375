//! The encoding that a Python file declares, and the way back to bytes.

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

impl Encoding {
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
}
