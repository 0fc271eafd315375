//! What is wrong with a configuration, with the place in the file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

/// A text that settings are read from: a file, or an argument of the command line.
#[derive(Clone, Debug)]
pub struct Text(Arc<NamedSource<String>>);

impl Text {
    pub fn new(name: impl AsRef<str>, text: impl Into<String>) -> Self {
        Self(Arc::new(NamedSource::new(name, text.into())))
    }

    pub fn name(&self) -> &str {
        self.0.name()
    }

    pub fn as_str(&self) -> &str {
        self.0.inner()
    }
}

/// One complaint about the configuration.
#[derive(Clone, Debug)]
pub struct Issue {
    pub message: String,
    /// What the reader can do about it; may be empty.
    pub help: String,
    /// Warnings do not stop the run.
    pub is_warning: bool,
    place: Option<(Text, Range<usize>)>,
}

impl Issue {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: String::new(),
            is_warning: false,
            place: None,
        }
    }

    /// What to sort by: the text, the place in it, the words.
    pub fn order(&self) -> (String, usize, String) {
        let (name, start) = match &self.place {
            Some((text, span)) => (text.name(), span.start),
            None => ("", 0),
        };
        (name.to_owned(), start, self.message.clone())
    }

    /// The name of the text that it is about, and the line in it, from 1.
    pub fn place(&self) -> Option<(&str, usize)> {
        let (text, span) = self.place.as_ref()?;
        let before = text.as_str().as_bytes().get(..span.start);
        let line = before.map_or(1, |before| memchr::memchr_iter(b'\n', before).count() + 1);
        Some((text.name(), line))
    }

    #[must_use]
    pub fn at(mut self, text: &Text, span: Range<usize>) -> Self {
        self.place = Some((text.clone(), span));
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    #[must_use]
    pub fn warning(mut self) -> Self {
        self.is_warning = true;
        self
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Issue {}

impl Diagnostic for Issue {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.is_warning {
            true => miette::Severity::Warning,
            false => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let (text, _) = self.place.as_ref()?;
        Some(&*text.0 as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.place.as_ref()?;
        let label = LabeledSpan::underline(span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// "did you mean `x`?" for the name in `known` that is closest to `name`; empty when none is near.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = |known: &&str| strsim::normalized_damerau_levenshtein(name, known);
    let closest = (known.into_iter())
        .max_by(|one, other| near(one).total_cmp(&near(other)))
        .filter(|closest| near(closest) >= 0.5);
    closest.map_or_else(String::new, |closest| format!("did you mean `{closest}`?"))
}
