//! What a file tells of its own questions: members of its classes are followed as far as they lie in the file, and what that settles
//! is asked of nobody.
//!
//! **Invariant**: a question that is dropped here has no answer, and one that is told in other words has an answer where the first had
//! one.

use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};
use smallvec::SmallVec;

use super::asked::Wants;
use super::meaning::{BASES, DEEPEST};
use super::origin::{Origin, Owned};
use super::outline::{Running, attribute};
use crate::python::facts::Facts;

impl<'a> Facts<'a> {
    /// What is left to ask of others, by what the file itself tells of its functions and classes: nothing at all where that settles a
    /// question, and of a method that a class does not have, what is to be known of its bases.
    pub(super) fn left_to_ask(
        &self,
        origin: Origin,
        wants: &Wants,
        left: &mut Vec<(Origin, Wants)>,
    ) {
        // Others ask for more than the function.
        let asks_of_function = matches!(
            wants,
            Wants::Effects { .. } | Wants::Hashing | Wants::Generator
        );
        let mut open = vec![(origin, BASES)];
        while let Some((origin, steps)) = open.pop() {
            let mut origin = self.told_here(origin, DEEPEST);
            if asks_of_function && let Origin::Class(class) = origin {
                origin = self.making(class);
            }
            if asks_of_function
                && let Origin::Attribute(base, name) = &origin
                && let Origin::Value(Owned::Own(class)) = **base
                && let Some(class) = self.class_of_number(class)
                && steps > 0
            {
                let bases = class.bases().iter().map(|base| self.origin(base));
                let asked = bases.map(|base| Origin::Attribute(instance_of(&base), name.clone()));
                open.extend(asked.map(|asked| (asked, steps - 1)));
                continue;
            }
            if origin.is_elsewhere() && !self.is_settled(&origin, wants) {
                left.push((origin, wants.clone()));
            }
        }
    }

    /// What making an instance of a class runs; that of a base is not followed.
    fn making(&self, class: u32) -> Origin {
        let class = self.class_of_number(class);
        let init = class.and_then(|class| method(class, "__init__"));
        let number = init.and_then(|init| self.number_of_function(init));
        number.map_or(Origin::Unknown, Origin::Function)
    }

    /// The same told by what the file itself says of the members of its classes; attributes may stand for attributes, and for
    /// themselves.
    fn told_here(&self, origin: Origin, depth: u8) -> Origin {
        let Some(depth) = depth.checked_sub(1) else {
            return origin;
        };
        let told = |inner: Box<Origin>| Box::new(self.told_here(*inner, depth));
        match origin {
            Origin::Attribute(base, name) => self.member_told_here(told(base), name, BASES, depth),
            Origin::Call(callee) => match self.told_here(*callee, depth) {
                Origin::Unknown => Origin::Unknown,
                Origin::Class(class) => Origin::Value(Owned::Own(class)),
                callee => Origin::Call(Box::new(callee)),
            },
            Origin::Instance(class) => match self.told_here(*class, depth) {
                Origin::Class(class) => Origin::Value(Owned::Own(class)),
                class => Origin::Instance(Box::new(class)),
            },
            Origin::Awaited(inner) => Origin::Awaited(told(inner)),
            Origin::Entered(inner) => Origin::Entered(told(inner)),
            Origin::AsyncEntered(inner) => Origin::AsyncEntered(told(inner)),
            Origin::Element(inner) => Origin::Element(told(inner)),
            other => other,
        }
    }

    fn member_told_here(
        &self,
        base: Box<Origin>,
        name: Box<str>,
        steps: usize,
        depth: u8,
    ) -> Origin {
        let class = match &*base {
            Origin::Value(Owned::Own(class)) | Origin::Class(class) => self.class_of_number(*class),
            Origin::Unknown => return Origin::Unknown,
            _ => None,
        };
        let Some(class) = class else {
            return Origin::Attribute(base, name);
        };
        if let Some(def) = method(class, &name) {
            return match self.number_of_function(def) {
                Some(number) if self.is_property(def) => {
                    Origin::Call(Box::new(Origin::Function(number)))
                }
                Some(number) => Origin::Function(number),
                None => Origin::Unknown,
            };
        }
        let attributes = self.attributes_of(class);
        let kept = attributes
            .get(&*name)
            .map(|assigned| attribute(self, assigned));
        if let Some(kept) = kept.filter(|kept| *kept != Origin::Unknown) {
            return self.told_here(kept, depth);
        }
        let bases: SmallVec<[Origin; 2]> =
            class.bases().iter().map(|base| self.origin(base)).collect();
        match (&*bases, steps.checked_sub(1)) {
            // Nobody knows what comes before what a base that is unknown has.
            (bases, _) if bases.is_empty() || bases.contains(&Origin::Unknown) => Origin::Unknown,
            ([only], Some(steps)) => self.member_told_here(instance_of(only), name, steps, depth),
            _ => Origin::Attribute(base, name),
        }
    }

    /// Whether the file itself tells that there is no answer.
    fn is_settled(&self, origin: &Origin, wants: &Wants) -> bool {
        let Origin::Function(number) = origin else {
            // A value is no function.
            let is_value = matches!(origin, Origin::Value(_));
            return is_value && !matches!(wants, Wants::Entry | Wants::Query | Wants::Relation(_));
        };
        let Some(def) = self.function_of_number(*number) else {
            return true;
        };
        match wants {
            Wants::Effects { .. } => {
                let running = Running::of(self, def);
                !running.runs_when_called || running.is_cached || self.is_generator(def)
            }
            Wants::Hashing => !Running::of(self, def).hashes_arguments,
            Wants::Generator => {
                def.is_async || !def.decorator_list.is_empty() || !self.is_generator(def)
            }
            _ => false,
        }
    }
}

/// The method by a name that the body of a class defines last.
fn method<'a>(class: &'a StmtClassDef, name: &str) -> Option<&'a StmtFunctionDef> {
    class.body.iter().rev().find_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == name => Some(def),
        _ => None,
    })
}

fn instance_of(class: &Origin) -> Box<Origin> {
    Box::new(match class {
        Origin::Class(number) => Origin::Value(Owned::Own(*number)),
        class => Origin::Instance(Box::new(class.clone())),
    })
}
