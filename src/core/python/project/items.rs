//! What getting one item of an object comes to do, by its class, wherever that is defined.

use ruff_python_ast::Expr;

use super::calls::{Following, Step, follows};
use super::origin::Origin;
use super::wants::{Leading, Wants};
use crate::python::facts::Facts;
use crate::python::libraries::Effects;

/// The method behind `object[key]`.
const METHOD: &str = "__getitem__";

impl<'a> Facts<'a> {
    /// How getting an item of an object of the project comes to do any of `effects`: where its class says how items are got, the calls
    /// on the way, and the last one that does it; `None` where it does not for certain, as far as is known.
    pub fn item_leads_to(&self, object: &'a Expr, effects: Effects) -> Option<Vec<Step>> {
        let origin = match self.origin(object) {
            Origin::Unknown => return None,
            object => Origin::Attribute(Box::new(object), METHOD.into()),
        };
        let leading = Leading {
            effects,
            following: Following::Certain,
            awaited: false,
        };
        let origin = self.ask_of(origin, || Wants::Effects(leading))?;
        let own = match origin.is_of_its_file() {
            true => self.outline(),
            false => self.outline_for(&origin),
        };
        let function = self.project.callee(&own, &origin)?;
        if !follows(&function, leading) {
            return None;
        }
        let step = self
            .project
            .step(&own.path, self.row_of(object), &function)?;
        let rest = self.project.follow(&function, effects, leading.following)?;
        Some(std::iter::once(step).chain(rest).collect())
    }
}
