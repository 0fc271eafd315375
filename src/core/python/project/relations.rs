//! Relations of models that other files declare.

use std::sync::Arc;

use super::meaning::{BASES, DEEPEST, Meaning, ProjectClass};
use super::{Outline, View};
use crate::python::facts::Facts;
use crate::python::models::{Field, Relation, is_query_type};
use crate::python::typeshed::Table;

/// A [`Relation`] without its file.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineRelation {
    pub name: Box<str>,
    /// The line of its declaration, from 1.
    pub row: usize,
    pub has_key: bool,
    pub is_primary: bool,
    pub is_eager: bool,
}

impl View<'_> {
    /// The relation of that name of a class, or of the nearest base that has one, with its file.
    pub(super) fn relation(
        &self,
        class: &ProjectClass,
        name: &str,
    ) -> Option<(Arc<Outline>, OutlineRelation)> {
        let mut left = vec![class.clone()];
        for _ in 0..BASES {
            let level = left.pop()?;
            let class = level.get()?;
            if let Some(found) = class.relations.iter().find(|known| &*known.name == name) {
                return Some((Arc::clone(&level.outline), found.clone()));
            }
            // Something else by that name.
            let functions = [&class.methods, &class.properties];
            let is_function =
                (functions.into_iter()).any(|all| level.outline.among(all, name).is_some());
            if is_function || class.attributes.has(name) {
                return None;
            }
            for base in class.bases.iter().rev() {
                if let Meaning::Class(base) = self.meaning(&level.outline, base, DEEPEST) {
                    left.push(base);
                }
            }
        }
        None
    }
}

impl View<'_> {
    /// Whether a class of the project is a manager or a query of a mapper, by its bases.
    pub(in crate::python) fn is_query_class(&self, class: &ProjectClass) -> bool {
        let mut left = vec![class.clone()];
        for _ in 0..BASES {
            let Some(level) = left.pop() else {
                return false;
            };
            let bases = level.get().map_or(&[][..], |class| &class.bases);
            for base in bases {
                match self.meaning(&level.outline, base, DEEPEST) {
                    Meaning::Class(base) => left.push(base),
                    Meaning::Library(name) => {
                        let known = Table::get().class(&name);
                        let base = known.map(|class| Table::get().instance_alone(class));
                        if base.is_some_and(|base| is_query_type(&base)) {
                            return true;
                        }
                    }
                    _ => {}
                }
            }
        }
        false
    }
}

impl<'a> Facts<'a> {
    pub(in crate::python) fn relation_elsewhere(
        &self,
        class: &ProjectClass,
        name: &str,
    ) -> Option<Relation<'a>> {
        let (outline, found) = self.project.relation(class, name)?;
        Some(Relation {
            name: found.name,
            field: Field::There(outline.path.to_string(), found.row),
            has_key: found.has_key,
            is_primary: found.is_primary,
            is_eager: found.is_eager,
        })
    }
}
