//! How a finding tells by which calls something is reached that lies in another function or file.

use super::{Elsewhere, Finding};
use crate::python::{Field, Step};

impl Finding {
    /// Names a line of another file that the reader needs in order to understand the cost.
    #[must_use]
    pub fn because_of(mut self, path: &str, row: usize, text: &str) -> Self {
        self.steps.push(Elsewhere {
            path: path.to_owned(),
            row,
            text: text.to_owned(),
        });
        self
    }

    /// Names the line that declares a relation, in this file or another.
    #[must_use]
    pub fn declared_at(self, field: &Field<'_>, text: &str) -> Self {
        match field {
            Field::Here(field) => self.because(field, text),
            Field::There(path, row) => self.because_of(path, *row, text),
        }
    }

    /// Adds the calls on the way; `what` is said of the last one, as in "runs a query".
    #[must_use]
    pub fn through(mut self, steps: &[Step], what: &str) -> Self {
        self.steps = steps
            .iter()
            .map(|step| Elsewhere {
                path: step.path.clone(),
                row: step.row,
                text: match &step.defined {
                    Some(_) => format!("calls `{}`", step.name),
                    None => format!("{what}: `{}`", step.name),
                },
            })
            .collect();
        self
    }
}

/// The way in one sentence: "calls `load_user` (users.py:40), which runs a query (db.py:12)".
pub fn way(steps: &[Step], what: &str) -> String {
    let told = steps.iter().map(|step| match &step.defined {
        Some((path, row)) => format!("calls `{}` ({}:{row})", step.name, file(path)),
        None => format!("{what} ({}:{})", file(&step.path), step.row),
    });
    told.collect::<Vec<_>>().join(", which ")
}

fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
