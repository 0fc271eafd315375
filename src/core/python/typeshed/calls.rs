//! What calling something of the library gives: which overload takes the arguments, and what its type variables stand for then.

use ruff_python_ast::{self as ast, Expr, Number, UnaryOp};
use smallvec::{SmallVec, smallvec};

use super::format::{FIRST_OWN_VARIABLE, PARAMETERS_ANY, Section, parameter, tag};
use super::lowered::{Arguments, Bound};
use super::{ClassId, FunctionId, Member, Table, TypeId};
use crate::python::facts::Facts;
use crate::python::types::{Type, known};

/// The arguments of a call, or the operand of an operator.
#[derive(Clone, Copy)]
pub(in crate::python) struct Given<'a> {
    positional: &'a [Expr],
    keywords: &'a [ast::Keyword],
}

impl<'a> From<&'a ast::Arguments> for Given<'a> {
    fn from(arguments: &'a ast::Arguments) -> Self {
        Self {
            positional: &arguments.args,
            keywords: &arguments.keywords,
        }
    }
}

impl<'a> Given<'a> {
    pub(in crate::python) fn operands(positional: &'a [Expr]) -> Self {
        Self {
            positional,
            keywords: &[],
        }
    }
}

/// How an argument suits a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Maybe,
    Sure,
}

/// The types of the parameters that took the arguments, in the order of the arguments.
#[derive(Default)]
struct Taken {
    types: SmallVec<[TypeId; 8]>,
    /// Those of which it is not sure that they fit.
    unsure: SmallVec<[usize; 4]>,
    /// `*args` or `**kwargs` are among the arguments.
    spread: bool,
}

impl Taken {
    fn add(&mut self, ty: TypeId, fit: Fit) {
        if fit == Fit::Maybe {
            self.unsure.push(self.types.len());
        }
        self.types.push(ty);
    }

    fn shadows(&self, later: &Taken) -> bool {
        let same = |i: &usize| self.types.get(*i) == later.types.get(*i);
        !self.spread && !self.unsure.is_empty() && self.unsure.iter().all(same)
    }
}

/// Stubs nest a few levels; a protocol that mentions itself would nest for ever.
const DEEPEST: u8 = 6;

impl Table {
    /// What a function returns whatever the arguments are: the same for all overloads, without variables of its own.
    pub(super) fn plain_result(&self, function: FunctionId) -> Option<TypeId> {
        let at = usize::from(self.word(Section::FunctionStarts, usize::from(function.0)));
        let word = |i: usize| self.word(Section::FunctionWords, at + i);
        (word(0) == 0 && word(1) == 1).then(|| TypeId(word(2)))
    }

    /// What the first overload of a function without variables of its own returns.
    fn first_result(&self, function: FunctionId) -> Option<TypeId> {
        let at = usize::from(self.word(Section::FunctionStarts, usize::from(function.0)));
        let word = |i: usize| self.word(Section::FunctionWords, at + i);
        (word(0) == 0 && word(1) > 0).then(|| TypeId(word(2)))
    }

    /// The type variables of a type, each of them possibly anything.
    fn poison(&self, ty: TypeId, bound: &mut Bound<'_, '_>) {
        let at = self.type_start(ty);
        let word = |i: usize| self.word(Section::TypeWords, at + i);
        let all = |from: usize, count: u16, bound: &mut Bound<'_, '_>| {
            for i in 0..usize::from(count) {
                self.poison(TypeId(word(from + i)), bound);
            }
        };
        match word(0) {
            tag::VARIABLE => bind(word(1), Type::Unknown, bound),
            tag::LIST
            | tag::SET
            | tag::FROZENSET
            | tag::DEQUE
            | tag::ITERATOR
            | tag::VIEW
            | tag::TUPLE
            | tag::CALLABLE
            | tag::CLASS_OBJECT => all(1, 1, bound),
            tag::DICT => all(1, 2, bound),
            tag::UNION | tag::POSITIONS => all(2, word(1), bound),
            tag::CLASS => all(3, word(2), bound),
            _ => {}
        }
    }
}

/// Adds to what a variable stands for; one whose value is given stays.
fn bind<'a>(variable: u16, ty: Type<'a>, bound: &mut Bound<'_, 'a>) {
    let own = variable.checked_sub(FIRST_OWN_VARIABLE);
    let constrained = own.and_then(|own| bound.unbound.get(usize::from(own)));
    if ty.is_unknown() && constrained.is_some_and(|constraints| constraints.0 != 0) {
        // It is one of its constraints whatever it is.
        return;
    }
    let slot = match variable.checked_sub(FIRST_OWN_VARIABLE) {
        Some(own) => bound.own.get_mut(usize::from(own)),
        None if bound.open => bound.class.get_mut(usize::from(variable)),
        None => None,
    };
    if let Some(slot) = slot {
        let before = std::mem::replace(slot, Type::Never);
        *slot = before.join(ty);
    }
}

impl<'a> Facts<'a> {
    /// What calling a class of the library gives.
    pub(in crate::python) fn construct(&self, class: ClassId, given: Given<'a>) -> Type<'a> {
        let table = Table::get();
        let parameters = table.class_parameters(class);
        match table.constructor(class) {
            Some(function) => {
                let mut bound = Bound::new(smallvec![Type::Never; parameters], None);
                bound.open = true;
                self.call_overloads(function, bound, given)
            }
            None => table.instance(class, smallvec![Type::Unknown; parameters]),
        }
    }

    /// What calling a function of the library gives.
    pub(in crate::python) fn call_function(
        &self,
        function: FunctionId,
        class: Option<ClassId>,
        given: Given<'a>,
    ) -> Type<'a> {
        // A method by the name of its class: a class method, or one that is given its receiver.
        let receiver = class.map(|class| Table::get().instance_alone(class));
        let bound = Bound::new(SmallVec::new(), receiver.as_ref());
        self.call_overloads(function, bound, given)
    }

    /// What calling a method of the library gives, or of what a class of the library is called with; `None` if it has none.
    pub(in crate::python) fn call_method(
        &self,
        receiver: &Type<'a>,
        method: &str,
        given: Given<'a>,
    ) -> Option<Type<'a>> {
        if let Type::Union(parts) = receiver {
            // `None` has no methods: who gets as far as a result has not called one of it.
            let parts = parts.iter().filter(|part| **part != Type::None);
            let mut all = Type::Never;
            for part in parts {
                all = all.join(self.call_method(part, method, given)?);
            }
            return Some(all);
        }
        self.call_inherited(receiver, receiver, method, given)
    }

    /// What calling a method gives that `own`, of a class outside of the library, has from the class of `base`.
    pub(in crate::python) fn call_inherited(
        &self,
        base: &Type<'a>,
        own: &Type<'a>,
        method: &str,
        given: Given<'a>,
    ) -> Option<Type<'a>> {
        let (entry, arguments) = Table::get().member_of(base, method)?;
        match entry.member {
            Member::Function(function) => {
                let bound = Bound::new(arguments, Some(own));
                Some(self.call_overloads(function, bound, given))
            }
            _ => None,
        }
    }

    fn call_overloads(
        &self,
        function: FunctionId,
        mut bound: Bound<'_, 'a>,
        given: Given<'a>,
    ) -> Type<'a> {
        let table = Table::get();
        let start = usize::from(table.word(Section::FunctionStarts, usize::from(function.0)));
        let word = |i: usize| table.word(Section::FunctionWords, start + i);
        let variables = usize::from(word(0));
        bound.unbound = (0..variables).map(|i| TypeId(word(1 + i))).collect();
        let class = bound.class.clone();
        let overloads = word(1 + variables);
        let mut at = 2 + variables;
        let mut result = Type::Never;
        let mut before: SmallVec<[Taken; 2]> = SmallVec::new();
        for _ in 0..overloads {
            let (returned, count) = (TypeId(word(at)), word(at + 1));
            at += 2;
            if count == PARAMETERS_ANY {
                return known(table.ty(returned, &bound));
            }
            bound.own = smallvec![Type::Never; variables];
            if bound.open {
                bound.class.clone_from(&class);
            }
            let parameters = (start + at, usize::from(count));
            at += usize::from(count) * 3;
            let mut taken = Taken::default();
            let fit = self.fit_call(parameters, &mut bound, given, &mut taken);
            // What an earlier overload was unsure of is the same here: if this one takes it, the earlier one did.
            if fit == Fit::No || before.iter().any(|earlier| earlier.shadows(&taken)) {
                continue;
            }
            before.push(taken);
            result = result.join(table.ty(returned, &bound));
            if fit == Fit::Sure || result == Type::Unknown {
                break;
            }
        }
        known(result)
    }

    /// Whether the arguments suit the parameters, which start at a word of the table; binds type variables on the way.
    fn fit_call(
        &self,
        (start, count): (usize, usize),
        bound: &mut Bound<'_, 'a>,
        given: Given<'a>,
        taken: &mut Taken,
    ) -> Fit {
        let table = Table::get();
        let field = |i: usize, of: usize| table.word(Section::FunctionWords, start + i * 3 + of);
        let kind = |i: usize| field(i, 0) & parameter::MASK;
        let ty = |i: usize| TypeId(field(i, 2));
        let mut fit = Fit::Sure;
        let mut filled: SmallVec<[bool; 16]> = smallvec![false; count];
        let mut spread = false;
        let mut next = 0;
        if count > 0 && kind(0) == parameter::RECEIVER {
            next = 1;
            filled[0] = true;
            if let Some(receiver) = bound.receiver {
                let one = self.fit(ty(0), receiver, bound, 0);
                taken.add(ty(0), one);
                fit = fit.min(one);
            }
            if fit == Fit::No {
                return Fit::No;
            }
        }
        for arg in given.positional {
            if arg.is_starred_expr() {
                spread = true;
                break;
            }
            while next < count && filled[next] {
                next += 1;
            }
            let taker = match (next < count).then(|| kind(next)) {
                Some(parameter::POSITIONAL | parameter::ANY) => {
                    filled[next] = true;
                    next += 1;
                    next - 1
                }
                _ => match (0..count).find(|i| kind(*i) == parameter::VARIADIC) {
                    Some(variadic) => variadic,
                    None => return Fit::No,
                },
            };
            let one = self.fit_expr(ty(taker), arg, bound);
            taken.add(ty(taker), one);
            fit = fit.min(one);
            if fit == Fit::No {
                return Fit::No;
            }
        }
        for keyword in given.keywords {
            let Some(name) = &keyword.arg else {
                spread = true;
                continue;
            };
            let named = (0..count).find(|i| {
                matches!(kind(*i), parameter::ANY | parameter::KEYWORD)
                    && table.string_bytes(field(*i, 1)) == name.as_bytes()
            });
            let taker = named.or_else(|| (0..count).find(|i| kind(*i) == parameter::KEYWORDS));
            let Some(taker) = taker else {
                return Fit::No;
            };
            filled[taker] = true;
            let one = self.fit_expr(ty(taker), &keyword.value, bound);
            taken.add(ty(taker), one);
            fit = fit.min(one);
            if fit == Fit::No {
                return Fit::No;
            }
        }
        if spread {
            taken.spread = true;
            // Whatever is not given by name may come from the spread arguments.
            for i in (0..count).filter(|i| !filled[*i]) {
                table.poison(ty(i), bound);
            }
            return fit.min(Fit::Maybe);
        }
        let missing = (0..count).any(|i| {
            let needed = field(i, 0) & parameter::OPTIONAL == 0;
            needed && !filled[i] && !matches!(kind(i), parameter::VARIADIC | parameter::KEYWORDS)
        });
        if missing { Fit::No } else { fit }
    }

    fn fit_expr(&self, ty: TypeId, arg: &'a Expr, bound: &mut Bound<'_, 'a>) -> Fit {
        let table = Table::get();
        let at = table.type_start(ty);
        let word = |i: usize| table.word(Section::TypeWords, at + i);
        let if_literal = |hit: Option<bool>, may_be: &dyn Fn(&Type<'a>) -> bool| match hit {
            Some(true) => Fit::Sure,
            Some(false) => Fit::No,
            None => {
                let arg = self.ty(arg);
                if arg.is_unknown() || may_be(&arg) {
                    Fit::Maybe
                } else {
                    Fit::No
                }
            }
        };
        match word(0) {
            tag::UNKNOWN => Fit::Sure,
            tag::LITERAL_STR => {
                let hit = arg.as_string_literal_expr().map(|literal| {
                    let literal = literal.value.to_str();
                    (0..usize::from(word(1)))
                        .any(|i| table.string_bytes(word(2 + i)) == literal.as_bytes())
                });
                if_literal(hit, &Type::is_str)
            }
            tag::LITERAL_TRUE | tag::LITERAL_FALSE => {
                let wanted = word(0) == tag::LITERAL_TRUE;
                let hit = arg.as_boolean_literal_expr().map(|b| b.value == wanted);
                if_literal(hit, &|ty| *ty == Type::Bool)
            }
            tag::LITERAL_INT => {
                let wanted = i16::from_le_bytes(word(1).to_le_bytes());
                if_literal(
                    literal_int(arg).map(|int| int == i64::from(wanted)),
                    &|ty| *ty == Type::Int,
                )
            }
            tag::CALLABLE => match self.result_of(arg) {
                Some(result) => self.fit(TypeId(word(1)), &result, bound, 0).max(Fit::Maybe),
                None => self.fit(ty, &self.ty(arg), bound, 0),
            },
            tag::CLASS_OBJECT => match self.instance_of(arg) {
                Some(instance) => self.fit(TypeId(word(1)), &instance, bound, 0),
                None => self.fit(ty, &self.ty(arg), bound, 0),
            },
            tag::UNION => {
                let parts = || (0..usize::from(word(1))).map(|i| TypeId(word(2 + i)));
                let is_variable = |part: &TypeId| {
                    table.word(Section::TypeWords, table.type_start(*part)) == tag::VARIABLE
                };
                let mut best = Fit::No;
                for part in parts().filter(|part| !is_variable(part)) {
                    best = best.max(self.fit_expr(part, arg, bound));
                    if best == Fit::Sure {
                        return best;
                    }
                }
                for part in parts().filter(is_variable) {
                    best = best.max(self.fit_expr(part, arg, bound));
                }
                best
            }
            _ => self.fit(ty, &self.ty(arg), bound, 0),
        }
    }

    /// Whether a value of type `arg` may stand where the table says `ty`.
    fn fit(&self, ty: TypeId, arg: &Type<'a>, bound: &mut Bound<'_, 'a>, depth: u8) -> Fit {
        let table = Table::get();
        let at = table.type_start(ty);
        let word = |i: usize| table.word(Section::TypeWords, at + i);
        let sure_if = |holds: bool| if holds { Fit::Sure } else { Fit::No };
        if word(0) == tag::UNKNOWN {
            return Fit::Sure;
        }
        if word(0) == tag::VARIABLE {
            let variable = word(1);
            let own = variable.checked_sub(FIRST_OWN_VARIABLE);
            if own.is_none() && !bound.open {
                let given = bound.class.get(usize::from(variable)).cloned();
                return may_hold(&given.unwrap_or(Type::Unknown), arg);
            }
            // `AnyStr` is a string or bytes.
            let constraint = own.and_then(|own| bound.unbound.get(usize::from(own)).copied());
            if let Some(constraint) = constraint.filter(|one| one.0 != 0)
                && !arg.is_unknown()
                && self.fit(constraint, arg, bound, depth + 1) == Fit::No
            {
                return Fit::No;
            }
            let fit = if arg.is_unknown() {
                Fit::Maybe
            } else {
                Fit::Sure
            };
            bind(variable, arg.clone(), bound);
            return fit;
        }
        if arg.is_unknown() || depth > DEEPEST {
            table.poison(ty, bound);
            return Fit::Maybe;
        }
        if let Type::Union(parts) = arg {
            let (mut worst, mut best) = (Fit::Sure, Fit::No);
            for part in parts.iter() {
                let one = self.fit(ty, part, bound, depth + 1);
                (worst, best) = (worst.min(one), best.max(one));
            }
            return if worst == best { worst } else { Fit::Maybe };
        }
        let inner = |i: usize, arg: &Type<'a>, bound: &mut Bound<'_, 'a>| {
            self.fit(TypeId(word(i)), arg, bound, depth + 1)
                .max(Fit::Maybe)
        };
        match (word(0), arg) {
            (tag::UNION, _) => {
                let mut best = Fit::No;
                for i in 0..usize::from(word(1)) {
                    best = best.max(self.fit(TypeId(word(2 + i)), arg, bound, depth + 1));
                    if best == Fit::Sure {
                        break;
                    }
                }
                best
            }
            (tag::NONE, _) => sure_if(*arg == Type::None),
            (tag::SELF, _) => match bound.receiver {
                Some(receiver) => may_hold(receiver, arg),
                None => Fit::Maybe,
            },
            (tag::LITERAL_STR, Type::Str)
            | (tag::LITERAL_TRUE | tag::LITERAL_FALSE, Type::Bool)
            | (tag::LITERAL_INT, Type::Int) => Fit::Maybe,
            (tag::LITERAL_STR | tag::LITERAL_TRUE | tag::LITERAL_FALSE | tag::LITERAL_INT, _) => {
                Fit::No
            }
            (tag::INT, Type::Bool)
            | (tag::FLOAT, Type::Bool | Type::Int)
            | (tag::COMPLEX, Type::Bool | Type::Int | Type::Float)
            | (tag::BOOL, Type::Bool)
            | (tag::INT, Type::Int)
            | (tag::FLOAT, Type::Float)
            | (tag::COMPLEX, Type::Complex)
            | (tag::STR, Type::Str)
            | (tag::BYTES, Type::Bytes)
            | (tag::BYTEARRAY, Type::Bytearray)
            | (tag::RANGE, Type::Range)
            | (tag::FILE_TEXT, Type::File(true))
            | (tag::FILE_BYTES, Type::File(false)) => Fit::Sure,
            (tag::LIST, Type::List(element))
            | (tag::SET, Type::Set(element))
            | (tag::FROZENSET, Type::FrozenSet(element))
            | (tag::DEQUE, Type::Deque(element))
            | (tag::ITERATOR, Type::Iterator(element))
            | (tag::VIEW, Type::DictView(element)) => inner(1, element, bound),
            (tag::TUPLE, Type::Tuple(element)) => inner(1, element, bound),
            (tag::POSITIONS, Type::Positions(parts)) => {
                if usize::from(word(1)) != parts.len() {
                    return Fit::No;
                }
                let mut fit = Fit::Sure;
                for (i, part) in parts.iter().enumerate() {
                    fit = fit.min(inner(2 + i, part, bound));
                }
                fit
            }
            (tag::POSITIONS, same) => {
                for i in 0..usize::from(word(1)) {
                    inner(2 + i, same, bound);
                }
                Fit::Maybe
            }
            (_, Type::Positions(_)) => self.fit(ty, &Type::joined_positions(arg), bound, depth + 1),
            (tag::DICT, Type::Dict(key, value)) => {
                let key = inner(1, key, bound);
                key.min(inner(2, value, bound))
            }
            (tag::CLASS, _) => self.fit_class(ty, arg, bound, depth),
            // Classes of the file and of other libraries may derive from anything, and be called.
            (_, Type::Local(_)) => {
                table.poison(ty, bound);
                Fit::Maybe
            }
            (_, Type::Instance(class)) => {
                table.poison(ty, bound);
                match class.id() {
                    Some(_) if !matches!(word(0), tag::CALLABLE | tag::CLASS_OBJECT) => {
                        self.fit_derived(ty, arg, bound, depth)
                    }
                    _ => Fit::Maybe,
                }
            }
            _ => Fit::No,
        }
    }

    /// Whether an instance derives from a builtin class.
    fn fit_derived(
        &self,
        ty: TypeId,
        arg: &Type<'a>,
        bound: &mut Bound<'_, 'a>,
        _depth: u8,
    ) -> Fit {
        let table = Table::get();
        let wanted = table.ty(ty, bound);
        match (table.class_of(arg), table.class_of(&wanted)) {
            (Some((own, _)), Some((base, _))) if table.derives(own, base) => Fit::Maybe,
            (Some(_), Some(_)) => Fit::No,
            _ => Fit::Maybe,
        }
    }

    fn fit_class(&self, ty: TypeId, arg: &Type<'a>, bound: &mut Bound<'_, 'a>, depth: u8) -> Fit {
        let table = Table::get();
        let at = table.type_start(ty);
        let word = |i: usize| table.word(Section::TypeWords, at + i);
        let wanted = ClassId(word(1));
        let count = usize::from(word(2));
        let Some((own, arguments)) = table.class_of(arg) else {
            table.poison(ty, bound);
            return Fit::Maybe;
        };
        if let Some(found) = table.arguments_as(own, &arguments, wanted) {
            let mut fit = Fit::Sure;
            for (i, argument) in found.iter().enumerate().take(count) {
                let one = self.fit(TypeId(word(3 + i)), argument, bound, depth + 1);
                fit = fit.min(one.max(Fit::Maybe));
                if one == Fit::No {
                    // Containers of something else: `list[int]` where a `list[str]` is wanted.
                    return Fit::No;
                }
            }
            return fit;
        }
        if table.is_partial(own) {
            table.poison(ty, bound);
            return Fit::Maybe;
        }
        if !table.is_protocol(wanted) {
            return Fit::No;
        }
        let wants: Arguments<'a> = (0..count).map(|_| Type::Never).collect();
        let fit = self.fit_protocol(wanted, arg, own, &arguments, wants);
        let Some(found) = fit else {
            return Fit::No;
        };
        // A protocol of methods that the table leaves out says nothing.
        if table.protocol_methods(wanted).next().is_none() {
            table.poison(ty, bound);
            return Fit::Maybe;
        }
        for (i, argument) in found.iter().enumerate() {
            let one = self.fit(TypeId(word(3 + i)), argument, bound, depth + 1);
            if one == Fit::No {
                return Fit::No;
            }
        }
        Fit::Sure
    }

    /// What the parameters of a protocol stand for where an instance has all of its methods; `None` if it lacks one.
    fn fit_protocol(
        &self,
        protocol: ClassId,
        arg: &Type<'a>,
        own: ClassId,
        arguments: &Arguments<'a>,
        wants: Arguments<'a>,
    ) -> Option<Arguments<'a>> {
        let table = Table::get();
        let mut bound = Bound::new(wants, None);
        bound.open = true;
        for (name, wanted) in table.protocol_methods(protocol) {
            let (entry, base) = table.class_member(own, name)?;
            let Member::Function(function) = entry.member else {
                continue;
            };
            let arguments = match base {
                Some(base) => table.reference_arguments(base, arguments),
                None => arguments.clone(),
            };
            // `__getitem__` of sequences is declared for numbers first.
            let (Some(wanted), Some(has)) =
                (table.plain_result(wanted), table.first_result(function))
            else {
                continue;
            };
            let has = table.ty(has, &Bound::new(arguments, Some(arg)));
            if self.fit(wanted, &known(has), &mut bound, DEEPEST - 1) == Fit::No {
                return None;
            }
        }
        Some(bound.class.into_iter().map(known).collect())
    }
}

impl Table {
    fn protocol_methods(
        &self,
        class: ClassId,
    ) -> impl Iterator<Item = (&'static str, FunctionId)> + '_ {
        use super::Field;
        let start = usize::from(self.class_field(class, Field::Members));
        let count = usize::from(self.class_field(class, Field::MemberCount));
        (start..start + count).filter_map(|i| {
            let word = |field: usize| self.word(Section::Members, i * super::MEMBER_RECORD + field);
            let function = word(1) == super::kind::FUNCTION;
            function.then(|| (self.string(word(0)), FunctionId(word(2))))
        })
    }
}

/// Whether a value of one type may be one of another.
fn may_hold(wanted: &Type<'_>, arg: &Type<'_>) -> Fit {
    use std::mem::discriminant;
    if wanted == arg {
        return if arg.is_unknown() {
            Fit::Maybe
        } else {
            Fit::Sure
        };
    }
    let unclear = |ty: &Type<'_>| {
        matches!(
            ty,
            Type::Unknown | Type::Never | Type::Instance(_) | Type::Local(_)
        )
    };
    if unclear(wanted) || unclear(arg) {
        return Fit::Maybe;
    }
    match (wanted, arg) {
        (Type::Union(parts), arg) if parts.contains(arg) => Fit::Sure,
        (Type::Union(_), _) | (_, Type::Union(_)) => Fit::Maybe,
        (Type::Float | Type::Int, Type::Int | Type::Bool) => Fit::Maybe,
        _ if discriminant(wanted) == discriminant(arg) => Fit::Maybe,
        _ => Fit::No,
    }
}

fn literal_int(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => literal_int(&op.operand)?.checked_neg(),
        _ => None,
    }
}
