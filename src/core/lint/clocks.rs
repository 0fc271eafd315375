//! Reading another clock wherever the time of day was read.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};

use super::{Cx, Edit};
use crate::python::{Clock, Times};

impl<'a> Cx<'a> {
    /// Title and edits of a fix that reads another clock of `time` wherever `times` reads the time of day: `seconds`, or the same in
    /// nanoseconds.
    pub fn other_clock(&self, times: &Times<'a>, seconds: &str) -> Option<(String, Vec<Edit>)> {
        let better = match times.clock {
            Clock::Seconds => seconds.to_owned(),
            Clock::Nanoseconds => format!("{seconds}_ns"),
            Clock::Date => return None,
        };
        let edits = self.read_clock(&times.readings, &better)?;
        Some((format!("Read `{better}` instead"), edits))
    }

    /// The edits that call `member` of the module `time` instead of each of `readings`, which all call another member of it.
    fn read_clock(&self, readings: &[&'a ExprCall], member: &str) -> Option<Vec<Edit>> {
        let mut edits: Vec<Edit> = Vec::new();
        for call in readings {
            match &*call.func {
                Expr::Attribute(attribute) => edits.push(Edit::replace(&attribute.attr, member)),
                function => {
                    let import = self.import(AnyNodeRef::from(*call), "time", member)?;
                    edits.push(Edit::replace(function, &*import.expression));
                    let insertion = import.edits().filter(|edit| !edits.contains(edit));
                    edits.extend(insertion);
                }
            }
        }
        Some(edits)
    }
}
