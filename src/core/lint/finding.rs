//! What a rule reports: the slow operation, its cause, its cost, and the edit that mends it.

use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::Size;

/// One place in one file that is slower than it needs to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule that reports it, in kebab case. The dispatch fills it in.
    pub rule: &'static str,
    /// One sentence: lower case, no full stop, Python names in backticks.
    pub message: String,
    /// The slow operation itself.
    pub range: TextRange,
    /// A few words under the slow operation; empty where the message says it all.
    pub label: String,
    /// Other places that the reader needs to understand the cost: the loop, the line where the list is made.
    pub causes: Vec<Cause>,
    /// Calls that lead to it through other functions, in the order in which they are made.
    pub steps: Vec<Elsewhere>,
    /// What it costs and what is to be had, as in `O(n·m) -> O(n+m)`.
    pub cost: String,
    /// What has to be many for it to matter, where nothing shows that it is; empty where that is seen, or where it does not matter.
    /// One expression of the file, as it is written there.
    pub assumed: String,
    /// What to write instead, in words; empty where the fix says it all.
    pub help: String,
    /// The edit that mends it, where one is known.
    pub fix: Option<Fix>,
}

/// A place beside the finding itself, with the reason why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub range: TextRange,
    /// A few words: lower case, no full stop.
    pub text: String,
}

/// A line, of this file or of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// As reports call the file.
    pub path: String,
    /// From 1.
    pub row: usize,
    /// A few words: lower case, no full stop.
    pub text: String,
}

impl Finding {
    /// A finding on `place`; the message is one sentence, lower case, no full stop.
    pub fn new(place: impl Ranged, message: impl Into<String>) -> Self {
        Self {
            rule: "",
            message: message.into(),
            range: place.range(),
            label: String::new(),
            causes: Vec::new(),
            steps: Vec::new(),
            cost: String::new(),
            assumed: String::new(),
            help: String::new(),
            fix: None,
        }
    }

    /// A few words under the slow operation.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Another place that the reader needs in order to understand the cost.
    #[must_use]
    pub fn because(mut self, place: impl Ranged, text: impl Into<String>) -> Self {
        self.causes.push(Cause {
            range: place.range(),
            text: text.into(),
        });
        self
    }

    /// What it costs here, where this differs from the cost that the rule declares.
    #[must_use]
    pub fn cost(mut self, text: impl Into<String>) -> Self {
        self.cost = text.into();
        self
    }

    /// Says that nothing shows `what` to be many: the finding is for those who ask for the rule, or where a profile finds it hot.
    #[must_use]
    pub fn assuming(mut self, what: impl Into<String>) -> Self {
        self.assumed = what.into();
        self
    }

    /// Says what shows `what` to be many, or else that nothing does.
    #[must_use]
    pub fn sized(self, size: Size, what: impl Into<String>) -> Self {
        match size {
            Size::Seen(evidence) => self.because(evidence.range, evidence.text),
            Size::Few | Size::Unknown => self.assuming(what),
        }
    }

    /// What to write instead, in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }

    /// The edit that mends it; `None` changes nothing, so that a rule can pass on what a fact could not decide.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into().or(self.fix);
        self
    }
}

impl Ranged for Finding {
    fn range(&self) -> TextRange {
        self.range
    }
}

/// How far an edit may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixLevel {
    /// Shown to the reader, never applied by the program.
    Display,
    /// Applied with `--unsafe-fixes`; says what it may change.
    Unsafe,
    /// Changes no result, exception, evaluation order, side effect or comment.
    Safe,
}

/// A set of edits to one file that belong together: all are applied, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub level: FixLevel,
    /// What it does, as an editor's menu shows it: "Replace with `any(...)`".
    pub title: String,
    /// What it may change, for everything below [`FixLevel::Safe`]; empty for safe fixes.
    pub caveat: String,
    /// In ascending order, without overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that changes nothing but the time it takes.
    pub fn safe(title: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Self {
        Self::at(FixLevel::Safe, title.into(), String::new(), edits.into())
    }

    /// A fix that may change more than the time; `caveat` says what: "raises `ValueError` instead of `IndexError`".
    pub fn unsafe_(
        title: impl Into<String>,
        caveat: impl Into<String>,
        edits: impl Into<Vec<Edit>>,
    ) -> Self {
        Self::at(FixLevel::Unsafe, title.into(), caveat.into(), edits.into())
    }

    /// A sketch of the better code, which the program never applies.
    pub fn display(
        title: impl Into<String>,
        caveat: impl Into<String>,
        edits: impl Into<Vec<Edit>>,
    ) -> Self {
        Self::at(FixLevel::Display, title.into(), caveat.into(), edits.into())
    }

    pub(super) fn at(level: FixLevel, title: String, caveat: String, mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
        Self {
            level,
            title,
            caveat,
            edits,
        }
    }

    /// Takes a safe fix down to unsafe because of `caveat`; leaves the others as they are.
    #[must_use]
    pub fn unsafe_because(mut self, caveat: impl Into<String>) -> Self {
        if self.level == FixLevel::Safe {
            self.level = FixLevel::Unsafe;
            self.caveat = caveat.into();
        }
        self
    }
}

/// Replaces one range of the file with a text; an empty range inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub range: TextRange,
    pub text: String,
}

impl Edit {
    pub fn replace(place: impl Ranged, text: impl Into<String>) -> Self {
        Self {
            range: place.range(),
            text: text.into(),
        }
    }

    pub fn insert(at: TextSize, text: impl Into<String>) -> Self {
        Self::replace(TextRange::empty(at), text)
    }

    pub fn delete(place: impl Ranged) -> Self {
        Self::replace(place, "")
    }
}

/// How loudly a finding is told; the gate of `--fail-level` compares with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}
