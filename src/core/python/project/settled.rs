//! What a file tells of its own questions: members of its classes are followed as far as they lie in the file, its functions to what
//! they call elsewhere, and what that settles is asked of nobody.
//!
//! **Invariant**: a question that is dropped here has no answer, and one that is told in other words has an answer where the first had
//! one.

use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::calls::{Following, counts};
use super::meaning::{BASES, DEEPEST};
use super::origin::{Origin, Owned, is_of_library};
use super::outgoing::Outgoing;
use super::outline::{Callee, Running, attribute};
use super::wants::{Leading, Wants};
use crate::python::facts::Facts;
use crate::python::libraries::Effects;

/// What is left to ask of others.
#[derive(Default)]
pub(super) struct Left {
    pub questions: Vec<(Origin, Wants)>,
    /// Functions of the file that were followed to what they call, with what for.
    followed: FxHashSet<(u32, Effects, Following)>,
    outgoing: FxHashMap<u32, Vec<Outgoing>>,
}

impl<'a> Facts<'a> {
    /// What is left to ask of others, by what the file itself tells of its functions and classes: nothing at all where that settles a
    /// question; of a method that a class does not have, what is to be known of its bases; of a function of the file, what is to be
    /// known of those that it calls.
    pub(super) fn left_to_ask(&self, origin: Origin, wants: Wants, left: &mut Left) {
        let mut open = vec![(origin, wants, BASES)];
        while let Some((origin, wants, steps)) = open.pop() {
            // Of what is imported the file tells nothing.
            let is_told_here = origin.import().is_none();
            let mut origin = match is_told_here {
                true => self.told_here(origin, DEEPEST),
                false => origin,
            };
            if wants.is_of_function()
                && let Origin::Class(class) = origin
            {
                origin = self.making(class);
            }
            if steps > 0
                && let Some(bases) = self.bases_to_ask(&origin, &wants)
            {
                open.extend((bases.into_iter()).map(|base| (base, wants.clone(), steps - 1)));
                continue;
            }
            if self.is_settled(&origin, &wants) {
                continue;
            }
            if let Origin::Function(number) = origin
                && let Some(leading) = wants.leading()
            {
                self.follow_here(number, leading, left, |callee, wants| {
                    open.push((callee, wants, BASES));
                });
                continue;
            }
            // What is told to be of a library is known by that, but not to who asked in the words of the file.
            if origin.is_elsewhere() || is_told_here && origin.import().is_some() {
                left.questions.push((origin, wants));
            }
        }
    }

    /// What is to be known of the bases of a class of the file, where it does not have the method itself.
    fn bases_to_ask(&self, origin: &Origin, wants: &Wants) -> Option<SmallVec<[Origin; 2]>> {
        let (Origin::Attribute(base, name), true) = (origin, wants.is_of_function()) else {
            return None;
        };
        let Origin::Value(Owned::Own(class)) = **base else {
            return None;
        };
        let class = self.class_of_number(class)?;
        let bases: SmallVec<[Origin; 2]> =
            class.bases().iter().map(|base| self.origin(base)).collect();
        // What a library's base does counts on the way, behind what stands before it: that takes the class as a whole.
        let is_known = |base: &Origin| base.import().is_some_and(is_of_library);
        if matches!(wants, Wants::Outgoing(_)) && bases.iter().any(is_known) {
            return None;
        }
        let member = |base: &Origin| Origin::Attribute(instance_of(base), name.clone());
        Some(bases.iter().map(member).collect())
    }

    /// Asks of all that a function of the file calls what is to be known of the function.
    fn follow_here(
        &self,
        number: u32,
        leading: Leading,
        left: &mut Left,
        mut ask: impl FnMut(Origin, Wants),
    ) {
        let Leading {
            effects, following, ..
        } = leading;
        let Some(def) = self.function_of_number(number) else {
            return;
        };
        if !left.followed.insert((number, effects, following)) {
            return;
        }
        let calls = (left.outgoing.entry(number)).or_insert_with(|| self.outgoing(def, number));
        for Outgoing { callee, awaited } in &*calls {
            match callee {
                // There is the answer.
                Callee::Known(entry) if counts(entry, effects, following) => {
                    let found = (Origin::Function(number), Wants::Effects(leading));
                    left.questions.push(found);
                }
                Callee::Known(_) => {}
                Callee::Other(origin) => {
                    let awaited = *awaited;
                    ask(
                        origin.clone(),
                        Wants::Outgoing(Leading { awaited, ..leading }),
                    );
                }
            }
        }
    }

    /// The function of the file that is a method of a class of the file.
    pub(super) fn method_of(&self, class: u32, name: &str) -> Option<u32> {
        let class = self.class_of_number(class)?;
        let mut all = methods(class, name);
        self.number_of_function(all.find(|def| !self.is_property(def))?)
    }

    /// What making an instance of a class runs; that of a base is not followed.
    fn making(&self, class: u32) -> Origin {
        let init = self.method_of(class, "__init__");
        init.map_or(Origin::Unknown, Origin::Function)
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
        if let Some(def) = methods(class, &name).next() {
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
            Wants::Effects(leading) | Wants::Outgoing(leading) => {
                let running = Running::of(self, def);
                let is_followed =
                    running.runs_when_called && !running.is_cached && !self.is_generator(def);
                !is_followed || !leading.runs(def.is_async)
            }
            Wants::Hashing => !Running::of(self, def).hashes_arguments,
            Wants::Generator => {
                def.is_async || !def.decorator_list.is_empty() || !self.is_generator(def)
            }
            _ => false,
        }
    }
}

/// The methods by a name that the body of a class defines, the last one first.
fn methods<'a>(class: &'a StmtClassDef, name: &str) -> impl Iterator<Item = &'a StmtFunctionDef> {
    class.body.iter().rev().filter_map(move |stmt| match stmt {
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
