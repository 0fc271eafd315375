//! From annotations to the types of the table.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;

use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};
use serde::Deserialize;

use crate::format::{self, kind, parameter, tag};
use crate::stubs::{Def, Names, Stubs, class_names, has_decorator};
use crate::table::{Class, Function, Members, Overload, Table, Ty};

/// What the stubs do not tell; see `knowledge.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    pub modules: Modules,
    /// Classes whose instances are good for one pass: nothing but iterators.
    one_pass: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modules {
    pub leave_out: Vec<String>,
}

/// A class by the module that defines it and its name there, with dots for nested ones.
type Key = (&'static str, String);

struct ClassInfo {
    def: &'static ast::StmtClassDef,
    module: &'static str,
    names: Names,
    parameters: Vec<&'static str>,
    /// All classes above, nearest first, in terms of the class's own parameters.
    bases: Option<Vec<(u16, Vec<u16>)>>,
}

/// Where an annotation stands.
struct Place<'c> {
    module: &'static str,
    class: Option<u16>,
    /// What type variables of the class around, or of the alias being opened, stand for.
    variables: Vec<(&'static str, u16)>,
    /// The function's own type variables met so far, with what they are where nothing binds them; `None` outside of functions.
    own: Option<&'c mut Vec<(&'static str, u16)>>,
    /// What `Self` is; `None` leaves it to the receiver.
    own_type: Option<u16>,
    depth: u32,
}

struct Lowering<'s> {
    stubs: &'s Stubs,
    table: Table,
    classes: Vec<ClassInfo>,
    numbers: HashMap<Key, u16>,
    one_pass: HashSet<&'s str>,
    public: HashMap<(&'static str, &'static str), String>,
}

pub fn lower(stubs: &Stubs, knowledge: &Knowledge) -> Result<Table, Box<dyn Error>> {
    let mut lowering = Lowering {
        stubs,
        table: Table::default(),
        classes: Vec::new(),
        numbers: HashMap::new(),
        one_pass: knowledge.one_pass.iter().map(String::as_str).collect(),
        public: public_names(stubs),
    };
    lowering.table.types.add(Ty::Plain(tag::UNKNOWN));
    let mut modules: BTreeMap<String, Members> = BTreeMap::new();
    let public = stubs
        .modules
        .iter()
        .filter(|(module, _)| !is_private(module));
    for (module, names) in public {
        let mut members = Members::new();
        for name in names.defs.keys().filter(|name| names.is_public(name)) {
            if let Some(member) = lowering.module_member(module, name) {
                members.insert((*name).to_string(), member);
            }
        }
        modules.insert((*module).to_string(), members);
    }
    let numbers: HashMap<String, u16> = (0..)
        .zip(modules.keys())
        .map(|(i, m)| (m.clone(), i))
        .collect();
    // Submodules are members of their packages, and modules that modules import have numbers only now.
    for (module, names) in &stubs.modules {
        for name in names.defs.keys().filter(|name| names.is_public(name)) {
            if let Some((target, "", _)) = stubs.resolve(module, name)
                && let Some(number) = numbers.get(target)
                && let Some(members) = modules.get_mut(*module)
            {
                members.insert((*name).to_string(), (kind::MODULE, *number));
            }
        }
    }
    for (module, number) in &numbers {
        if let Some((package, name)) = module.rsplit_once('.') {
            let members = modules
                .get_mut(package)
                .ok_or("a module outside of a package")?;
            members
                .entry(name.to_string())
                .or_insert((kind::MODULE, *number));
        }
    }
    // Lowering members finds further classes.
    let mut done = 0;
    while done < lowering.classes.len() {
        lowering.class_members(u16::try_from(done)?);
        done += 1;
    }
    let mut table = lowering.table;
    table.modules = modules;
    Ok(table)
}

/// Where a class of a private module is known to its users: `_io.StringIO` is `io.StringIO`.
fn public_names(stubs: &Stubs) -> HashMap<(&'static str, &'static str), String> {
    let mut public: HashMap<(&'static str, &'static str), String> = HashMap::new();
    for (module, names) in &stubs.modules {
        if is_private(module) {
            continue;
        }
        for name in names.defs.keys().filter(|name| names.is_public(name)) {
            let Some((home, original, [Def::Class(_), ..])) = stubs.resolve(module, name) else {
                continue;
            };
            if !is_private(home) {
                continue;
            }
            let candidate = format!("{module}.{name}");
            let best = public
                .entry((home, original))
                .or_insert_with(|| candidate.clone());
            let rank = |whole: &str| {
                (
                    whole.split('.').next() != Some(home.trim_start_matches('_')),
                    whole.len(),
                )
            };
            if rank(&candidate) < rank(best) {
                *best = candidate;
            }
        }
    }
    public
}

impl Lowering<'_> {
    fn plain(&mut self, tag: u16) -> u16 {
        self.table.types.add(Ty::Plain(tag))
    }

    fn ty(&self, id: u16) -> &Ty {
        &self.table.types.items[usize::from(id)]
    }

    fn module_member(&mut self, module: &'static str, name: &str) -> Option<(u16, u16)> {
        let (home, original, defs) = self.stubs.resolve(module, name)?;
        if original.is_empty() {
            return None;
        }
        let defs = defs.to_vec();
        self.member(home, None, original, &defs)
    }

    fn member(
        &mut self,
        module: &'static str,
        class: Option<u16>,
        name: &'static str,
        defs: &[Def],
    ) -> Option<(u16, u16)> {
        match defs.last()? {
            Def::Class(def) => Some((kind::CLASS, self.class(module, class, def))),
            Def::Function(_) => {
                let defs: Vec<_> = defs
                    .iter()
                    .filter_map(|def| match def {
                        Def::Function(def) => Some(*def),
                        _ => None,
                    })
                    .collect();
                if let Some(property) = self.property(module, class, defs[0]) {
                    return Some((kind::VALUE, property));
                }
                Some((kind::FUNCTION, self.function(module, class, &defs, None)))
            }
            Def::Declared(annotation) => {
                // `typing.List = list` and the like are declared without a value.
                if let Some(target) = special_class(module, name) {
                    return self.special_member(target);
                }
                let ty = self.annotation(module, class, annotation);
                // Thousands of constants of the operating system, which nobody asks for.
                let constant = name.len() > 1 && !name.contains(|c: char| c.is_ascii_lowercase());
                let number = matches!(self.ty(ty), Ty::Plain(tag::INT) | Ty::Int(_));
                (ty != 0 && !(constant && number)).then_some((kind::VALUE, ty))
            }
            Def::Value(value) => match value {
                Expr::Name(_) | Expr::Attribute(_) => {
                    let mut place = Place::new(module, class);
                    if let Some(target) = special_class(module, name) {
                        return self.special_member(target);
                    }
                    match self.target(value, &mut place) {
                        Some(Target::Class(id)) => Some((kind::CLASS, id)),
                        Some(Target::Function(home, original)) => {
                            self.module_member(home, original)
                        }
                        _ => None,
                    }
                    .or_else(|| self.member_of_instance(module, value))
                }
                _ => self.special_member(special_class(module, name)?),
            },
            Def::Module(_) | Def::From(..) => None,
        }
    }

    /// `choice = _inst.choice`: a method of an object that the module keeps, under a name of the module.
    fn member_of_instance(
        &mut self,
        module: &'static str,
        value: &'static Expr,
    ) -> Option<(u16, u16)> {
        let attribute = value.as_attribute_expr()?;
        let object = attribute.value.as_name_expr()?;
        let (home, _, defs) = self.stubs.resolve(module, &object.id)?;
        let Def::Declared(annotation) = *defs.last()? else {
            return None;
        };
        let mut place = Place::new(home, None);
        let (class, _) = self.class_reference(annotation, &mut place)?;
        let mut levels = vec![class];
        levels.extend(self.bases(class).into_iter().map(|(base, _)| base));
        levels.into_iter().find_map(|level| {
            let info = &self.classes[usize::from(level)];
            let module = info.module;
            let (name, defs) = info.names.defs.get_key_value(attribute.attr.as_str())?;
            let (name, defs) = (*name, defs.clone());
            self.member(module, Some(level), name, &defs)
        })
    }

    fn special_member(&mut self, name: &'static str) -> Option<(u16, u16)> {
        match self.special_target(name)? {
            Target::Class(class) => Some((kind::CLASS, class)),
            _ => None,
        }
    }

    fn special_target(&mut self, name: &'static str) -> Option<Target> {
        let found = self.global("builtins", name);
        found.or_else(|| self.global("collections", name))
    }

    fn annotation(&mut self, module: &'static str, class: Option<u16>, expr: &'static Expr) -> u16 {
        let mut place = Place::new(module, class);
        place.variables = self.own_variables(class);
        self.lower(expr, &mut place)
    }

    /// The type parameters of a class, each standing for itself.
    fn own_variables(&mut self, class: Option<u16>) -> Vec<(&'static str, u16)> {
        let Some(class) = class else {
            return Vec::new();
        };
        let names = self.classes[usize::from(class)].parameters.clone();
        (0..)
            .zip(names)
            .map(|(i, name)| (name, self.table.types.add(Ty::One(tag::VARIABLE, i))))
            .collect()
    }

    fn property(
        &mut self,
        module: &'static str,
        class: Option<u16>,
        def: &'static ast::StmtFunctionDef,
    ) -> Option<u16> {
        let names = [
            "property",
            "cached_property",
            "_magic_enum_attr",
            "abstractproperty",
        ];
        if !names.iter().any(|name| has_decorator(def, name)) {
            return None;
        }
        let returns = def.returns.as_deref()?;
        Some(self.annotation(module, class, returns))
    }

    /// The number of a class; its members follow later.
    fn class(
        &mut self,
        module: &'static str,
        outer: Option<u16>,
        def: &'static ast::StmtClassDef,
    ) -> u16 {
        let inside = match outer {
            Some(outer) => {
                let outer = &self.classes[usize::from(outer)];
                format!("{}.{}", outer.def.name, def.name)
            }
            None => def.name.to_string(),
        };
        let key = (module, inside);
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u16::try_from(self.classes.len()).expect("fewer than 65,536 classes");
        let name = match self.public.get(&(module, def.name.as_str())) {
            Some(public) if outer.is_none() => public.clone(),
            _ => format!("{module}.{}", key.1),
        };
        self.numbers.insert(key, number);
        self.classes.push(ClassInfo {
            def,
            module,
            names: class_names(def, module),
            parameters: Vec::new(),
            bases: None,
        });
        self.table.classes.push(Class {
            name,
            ..Class::default()
        });
        let parameters = self.class_parameters(module, def);
        self.table.classes[usize::from(number)].parameters = parameters.len();
        self.classes[usize::from(number)].parameters = parameters;
        number
    }

    /// The type variables of a class in order: those of `Generic` or `Protocol`, or all that its bases mention.
    fn class_parameters(
        &mut self,
        module: &'static str,
        def: &'static ast::StmtClassDef,
    ) -> Vec<&'static str> {
        let mut found = Vec::new();
        for base in def.bases() {
            if let Expr::Subscript(subscript) = base {
                let explicit = matches!(&*subscript.value, Expr::Name(name) if matches!(name.id.as_str(), "Generic" | "Protocol"));
                if explicit {
                    found.clear();
                }
                self.variables_in(module, &subscript.slice, &mut found);
                if explicit {
                    break;
                }
            }
        }
        found
    }

    fn variables_in(
        &self,
        module: &'static str,
        expr: &'static Expr,
        found: &mut Vec<&'static str>,
    ) {
        match expr {
            Expr::Name(name)
                if !found.contains(&name.id.as_str()) && self.is_variable(module, &name.id) =>
            {
                found.push(&name.id);
            }
            Expr::Subscript(subscript) => self.variables_in(module, &subscript.slice, found),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for elt in elts {
                    self.variables_in(module, elt, found);
                }
            }
            Expr::BinOp(op) => {
                self.variables_in(module, &op.left, found);
                self.variables_in(module, &op.right, found);
            }
            Expr::Starred(starred) => self.variables_in(module, &starred.value, found),
            _ => {}
        }
    }

    fn is_variable(&self, module: &'static str, name: &str) -> bool {
        matches!(self.stubs.resolve(module, name), Some((_, _, [.., Def::Value(value)])) if variable(value).is_some())
    }

    /// All classes above one, nearest first.
    fn bases(&mut self, class: u16) -> Vec<(u16, Vec<u16>)> {
        if let Some(bases) = &self.classes[usize::from(class)].bases {
            return bases.clone();
        }
        // A circle, which no stub should have, ends here.
        self.classes[usize::from(class)].bases = Some(Vec::new());
        let (def, module) = {
            let info = &self.classes[usize::from(class)];
            (info.def, info.module)
        };
        let mut all: Vec<(u16, Vec<u16>)> = Vec::new();
        for base in def.bases() {
            let mut place = Place::new(module, None);
            place.variables = self.own_variables(Some(class));
            let Some((base, args)) = self.class_reference(base, &mut place) else {
                continue;
            };
            let above = self.bases(base);
            all.push((base, args.clone()));
            for (further, inner) in above {
                let inner = inner
                    .into_iter()
                    .map(|arg| self.substitute(arg, &args))
                    .collect();
                all.push((further, inner));
            }
        }
        // The last mention counts: what several bases share stands behind them all.
        let mut seen = HashSet::new();
        let mut bases: Vec<_> = all
            .into_iter()
            .rev()
            .filter(|(base, _)| seen.insert(*base))
            .collect();
        bases.reverse();
        self.classes[usize::from(class)].bases = Some(bases.clone());
        bases
    }

    /// The class and arguments that a base or an annotation names.
    fn class_reference(
        &mut self,
        expr: &'static Expr,
        place: &mut Place<'_>,
    ) -> Option<(u16, Vec<u16>)> {
        let (value, args): (_, Vec<&'static Expr>) = match expr {
            Expr::Subscript(subscript) => (&*subscript.value, slice_parts(&subscript.slice)),
            other => (other, Vec::new()),
        };
        let Target::Class(class) = self.target(value, place)? else {
            return None;
        };
        if &*self.table.classes[usize::from(class)].name == "builtins.tuple" {
            let element = self.tuple_element(&args, place);
            return Some((class, vec![element]));
        }
        let args = args.into_iter().map(|arg| self.lower(arg, place)).collect();
        Some((class, args))
    }

    /// Puts the arguments of a class for its own type variables.
    fn substitute(&mut self, ty: u16, args: &[u16]) -> u16 {
        let each = |this: &mut Self, ids: &[u16]| -> Vec<u16> {
            ids.iter().map(|id| this.substitute(*id, args)).collect()
        };
        let new = match self.ty(ty).clone() {
            Ty::One(tag::VARIABLE, i) if i < format::FIRST_OWN_VARIABLE => {
                return args.get(usize::from(i)).copied().unwrap_or(0);
            }
            Ty::One(tag::VARIABLE, _) | Ty::Plain(_) | Ty::Strings(_) | Ty::Int(_) => return ty,
            Ty::One(tag, operand) => Ty::One(tag, self.substitute(operand, args)),
            Ty::Dict(key, value) => {
                Ty::Dict(self.substitute(key, args), self.substitute(value, args))
            }
            Ty::Union(parts) => {
                let parts = each(self, &parts);
                return self.union(parts);
            }
            Ty::Positions(parts) => Ty::Positions(each(self, &parts)),
            Ty::Class(class, inner) => Ty::Class(class, each(self, &inner)),
        };
        self.table.types.add(new)
    }

    fn union(&mut self, parts: Vec<u16>) -> u16 {
        let mut flat: Vec<u16> = Vec::new();
        for part in parts {
            let inner = match self.ty(part) {
                Ty::Plain(tag::UNKNOWN) => return part,
                Ty::Union(inner) => inner.clone(),
                _ => vec![part],
            };
            for part in inner {
                if !flat.contains(&part) {
                    flat.push(part);
                }
            }
        }
        match flat.as_slice() {
            [one] => *one,
            _ => self.table.types.add(Ty::Union(flat)),
        }
    }

    fn instance(&mut self, class: u16, args: Vec<u16>) -> u16 {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let name = self.table.classes[usize::from(class)].name.clone();
        let one = |tag: u16, operand: u16| Ty::One(tag, operand);
        let ty = match name.as_str() {
            "builtins.object" | "typing.Any" => Ty::Plain(tag::UNKNOWN),
            "types.NoneType" => Ty::Plain(tag::NONE),
            "builtins.bool" => Ty::Plain(tag::BOOL),
            "builtins.int" => Ty::Plain(tag::INT),
            "builtins.float" => Ty::Plain(tag::FLOAT),
            "builtins.complex" => Ty::Plain(tag::COMPLEX),
            "builtins.str" => Ty::Plain(tag::STR),
            "builtins.bytes" => Ty::Plain(tag::BYTES),
            "builtins.bytearray" => Ty::Plain(tag::BYTEARRAY),
            "builtins.range" => Ty::Plain(tag::RANGE),
            "builtins.list" => one(tag::LIST, arg(0)),
            "builtins.set" => one(tag::SET, arg(0)),
            "builtins.frozenset" => one(tag::FROZENSET, arg(0)),
            "builtins.tuple" => one(tag::TUPLE, arg(0)),
            "builtins.dict" => Ty::Dict(arg(0), arg(1)),
            "builtins.type" => one(tag::CLASS_OBJECT, arg(0)),
            "collections.deque" => one(tag::DEQUE, arg(0)),
            "_collections_abc.dict_keys" | "collections._odict_keys" | "typing.KeysView" => {
                one(tag::VIEW, arg(0))
            }
            "_collections_abc.dict_values" | "collections._odict_values" => one(tag::VIEW, arg(1)),
            "typing.ValuesView" => one(tag::VIEW, arg(0)),
            "_collections_abc.dict_items" | "collections._odict_items" | "typing.ItemsView" => {
                let pair = self.table.types.add(Ty::Positions(vec![arg(0), arg(1)]));
                let pair = self.table.types.add(one(tag::TUPLE, pair));
                one(tag::VIEW, pair)
            }
            "typing.TextIO" | "io.TextIOWrapper" => Ty::Plain(tag::FILE_TEXT),
            "typing.BinaryIO" | "io.BufferedReader" | "io.BufferedWriter" | "io.BufferedRandom"
            | "io.FileIO" => Ty::Plain(tag::FILE_BYTES),
            "typing.IO" => match self.ty(arg(0)) {
                Ty::Plain(tag::STR) => Ty::Plain(tag::FILE_TEXT),
                Ty::Plain(tag::BYTES) => Ty::Plain(tag::FILE_BYTES),
                _ => Ty::Class(class, args),
            },
            name if self.one_pass.contains(name) => {
                let element = if name == "typing.Iterator" {
                    arg(0)
                } else {
                    self.next_of(class, &args)
                };
                one(tag::ITERATOR, element)
            }
            _ => Ty::Class(class, args),
        };
        self.table.types.add(ty)
    }

    /// What `__next__` of a class gives.
    fn next_of(&mut self, class: u16, args: &[u16]) -> u16 {
        let mut levels = vec![(class, args.to_vec())];
        let above = self.bases(class).into_iter();
        levels.extend(above.map(|(base, inner)| {
            let inner = inner
                .into_iter()
                .map(|arg| self.substitute(arg, args))
                .collect();
            (base, inner)
        }));
        for (level, args) in levels {
            let info = &self.classes[usize::from(level)];
            let Some([Def::Function(def), ..]) = info.names.defs.get("__next__").map(Vec::as_slice)
            else {
                continue;
            };
            let (module, names, returns) =
                (info.module, info.parameters.clone(), def.returns.as_deref());
            let mut place = Place::new(module, Some(level));
            place.variables = names.into_iter().zip(args).collect();
            return returns.map_or(0, |returns| self.lower(returns, &mut place));
        }
        0
    }

    /// What a name or dotted name in an annotation stands for.
    fn target(&mut self, expr: &'static Expr, place: &mut Place<'_>) -> Option<Target> {
        match expr {
            Expr::Name(name) => {
                if let Some(class) = place.class {
                    let info = &self.classes[usize::from(class)];
                    match info
                        .names
                        .defs
                        .get(name.id.as_str())
                        .and_then(|defs| defs.last())
                    {
                        Some(Def::Class(def)) => {
                            let (def, module) = (*def, info.module);
                            return Some(Target::Class(self.class(module, Some(class), def)));
                        }
                        Some(Def::Value(value)) if !matches!(value, Expr::Name(own) if own.id == name.id) =>
                        {
                            return Some(Target::Alias(info.module, value));
                        }
                        _ => {}
                    }
                }
                self.global(place.module, &name.id)
                    .or_else(|| self.global("builtins", &name.id))
            }
            Expr::Attribute(attribute) => match self.target(&attribute.value, place)? {
                Target::Module(module) => self.global(module, &attribute.attr),
                Target::Class(outer) => {
                    let info = &self.classes[usize::from(outer)];
                    let module = info.module;
                    match info.names.defs.get(attribute.attr.as_str())?.last()? {
                        Def::Class(def) => {
                            let def = *def;
                            Some(Target::Class(self.class(module, Some(outer), def)))
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn global(&mut self, module: &'static str, name: &str) -> Option<Target> {
        let (home, original, defs) = self.stubs.resolve(module, name)?;
        if original.is_empty() {
            return Some(Target::Module(home));
        }
        if home == "_typeshed" && original == "MaybeNone" {
            return Some(Target::MaybeNone);
        }
        match defs.last()? {
            _ if home == "typing" && original == "Self" => Some(Target::Special("Self")),
            Def::Class(def) => Some(Target::Class(self.class(home, None, def))),
            Def::Value(value) => Some(match variable(value) {
                Some(_) => Target::Variable(original, home, value),
                None => match special_class(home, original) {
                    Some(target) => self.special_target(target)?,
                    None => Target::Alias(home, value),
                },
            }),
            Def::Declared(_) if matches!(home, "typing" | "typing_extensions") => {
                match special_class(home, original) {
                    Some(target) => self.special_target(target),
                    None => Some(Target::Special(original)),
                }
            }
            Def::Function(_) => Some(Target::Function(home, original)),
            _ => None,
        }
    }

    fn lower(&mut self, expr: &'static Expr, place: &mut Place<'_>) -> u16 {
        if place.depth > 30 {
            return 0;
        }
        place.depth += 1;
        let found = self.lower_inner(expr, place);
        place.depth -= 1;
        found
    }

    fn lower_inner(&mut self, expr: &'static Expr, place: &mut Place<'_>) -> u16 {
        match expr {
            Expr::NoneLiteral(_) => self.plain(tag::NONE),
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                let left = self.lower(&op.left, place);
                let right = self.lower(&op.right, place);
                self.union(vec![left, right])
            }
            Expr::StringLiteral(text) => {
                match ruff_python_parser::parse_expression(text.value.to_str()) {
                    Ok(parsed) => {
                        let expr: &'static ast::ModExpression =
                            Box::leak(Box::new(parsed.into_syntax()));
                        self.lower(&expr.body, place)
                    }
                    Err(_) => 0,
                }
            }
            Expr::Subscript(subscript) => {
                let args = slice_parts(&subscript.slice);
                match self.target(&subscript.value, place) {
                    Some(Target::Special(name)) => self.special(name, &args, place),
                    Some(Target::Class(class)) => {
                        let name = self.table.classes[usize::from(class)].name.as_str();
                        if name == "builtins.tuple" {
                            let element = self.tuple_element(&args, place);
                            return self.table.types.add(Ty::One(tag::TUPLE, element));
                        }
                        let args = args.into_iter().map(|arg| self.lower(arg, place)).collect();
                        self.instance(class, args)
                    }
                    Some(Target::Alias(module, value)) => {
                        let mut names = Vec::new();
                        self.variables_in(module, value, &mut names);
                        let args: Vec<u16> =
                            args.into_iter().map(|arg| self.lower(arg, place)).collect();
                        let variables = names.into_iter().zip(args).collect();
                        self.open_alias(module, value, variables, place)
                    }
                    _ => 0,
                }
            }
            Expr::Name(_) | Expr::Attribute(_) => match self.target(expr, place) {
                Some(Target::Special(name)) => self.special(name, &[], place),
                Some(Target::Class(class)) => {
                    let unknown = self.classes[usize::from(class)].parameters.len();
                    self.instance(class, vec![0; unknown])
                }
                Some(Target::Alias(module, value)) => {
                    self.open_alias(module, value, Vec::new(), place)
                }
                Some(Target::MaybeNone) => self.plain(tag::NONE),
                Some(Target::Variable(name, module, value)) => {
                    self.variable(name, module, value, place)
                }
                _ => 0,
            },
            _ => 0,
        }
    }

    fn open_alias(
        &mut self,
        module: &'static str,
        value: &'static Expr,
        variables: Vec<(&'static str, u16)>,
        place: &mut Place<'_>,
    ) -> u16 {
        let mut inside = Place::new(module, None);
        inside.variables = variables;
        inside.depth = place.depth;
        self.lower(value, &mut inside)
    }

    fn variable(
        &mut self,
        name: &'static str,
        module: &'static str,
        value: &'static Expr,
        place: &mut Place<'_>,
    ) -> u16 {
        if let Some((_, ty)) = place.variables.iter().find(|(known, _)| *known == name) {
            return *ty;
        }
        let Some(known) = place.own.as_ref() else {
            return 0;
        };
        let at = match known.iter().position(|(known, _)| *known == name) {
            Some(at) => at,
            None => {
                // `AnyStr` that nothing binds is one of its constraints; other variables may be anything.
                let constraints = variable(value).unwrap_or_default();
                let mut inside = Place::new(module, None);
                let constraints: Vec<u16> = constraints
                    .iter()
                    .map(|one| self.lower(one, &mut inside))
                    .collect();
                let unbound = if constraints.is_empty() {
                    0
                } else {
                    self.union(constraints)
                };
                let Some(own) = place.own.as_mut() else {
                    return 0;
                };
                own.push((name, unbound));
                own.len() - 1
            }
        };
        let number = format::FIRST_OWN_VARIABLE + u16::try_from(at).unwrap_or(0);
        self.table.types.add(Ty::One(tag::VARIABLE, number))
    }

    fn special(&mut self, name: &str, args: &[&'static Expr], place: &mut Place<'_>) -> u16 {
        match (name, args) {
            ("Optional", [arg]) => {
                let arg = self.lower(arg, place);
                let none = self.plain(tag::NONE);
                self.union(vec![arg, none])
            }
            ("Union", args) => {
                let parts = args.iter().map(|arg| self.lower(arg, place)).collect();
                self.union(parts)
            }
            (
                "Annotated" | "ClassVar" | "Final" | "Required" | "NotRequired" | "ReadOnly",
                [arg, ..],
            ) => self.lower(arg, place),
            ("TypeGuard" | "TypeIs", _) => self.plain(tag::BOOL),
            ("LiteralString", _) => self.plain(tag::STR),
            ("Never" | "NoReturn", _) => self.plain(tag::NEVER),
            ("Self", _) => match place.own_type {
                Some(own) => own,
                None => self.plain(tag::SELF),
            },
            ("Callable", [_, result]) => {
                let result = self.lower(result, place);
                self.table.types.add(Ty::One(tag::CALLABLE, result))
            }
            ("Callable", _) => self.table.types.add(Ty::One(tag::CALLABLE, 0)),
            ("Type", [arg]) => {
                let arg = self.lower(arg, place);
                self.table.types.add(Ty::One(tag::CLASS_OBJECT, arg))
            }
            ("Tuple", args) => {
                let element = self.tuple_element(args, place);
                self.table.types.add(Ty::One(tag::TUPLE, element))
            }
            ("Literal", args) => self.literal(args),
            _ => 0,
        }
    }

    fn tuple_element(&mut self, args: &[&'static Expr], place: &mut Place<'_>) -> u16 {
        match args {
            [] => 0,
            [one, rest] if rest.is_ellipsis_literal_expr() => self.lower(one, place),
            [Expr::Tuple(empty)] if empty.elts.is_empty() => self.plain(tag::NEVER),
            parts
                if parts
                    .iter()
                    .any(|part| part.is_starred_expr() || part.is_ellipsis_literal_expr()) =>
            {
                0
            }
            parts => {
                let parts: Vec<u16> = parts.iter().map(|part| self.lower(part, place)).collect();
                self.table.types.add(Ty::Positions(parts))
            }
        }
    }

    fn literal(&mut self, args: &[&'static Expr]) -> u16 {
        let mut strings = Vec::new();
        let mut parts = Vec::new();
        for arg in args {
            parts.push(match arg {
                Expr::StringLiteral(text) => {
                    strings.push(text.value.to_str().to_string());
                    continue;
                }
                Expr::BooleanLiteral(literal) if literal.value => self.plain(tag::LITERAL_TRUE),
                Expr::BooleanLiteral(_) => self.plain(tag::LITERAL_FALSE),
                Expr::NoneLiteral(_) => self.plain(tag::NONE),
                Expr::BytesLiteral(_) => self.plain(tag::BYTES),
                other => match small_int(other) {
                    Some(int) => self.table.types.add(Ty::Int(int)),
                    None => 0,
                },
            });
        }
        if !strings.is_empty() {
            strings.sort();
            parts.push(self.table.types.add(Ty::Strings(strings)));
        }
        self.union(parts)
    }

    /// Whether a type mentions a type variable of the function itself.
    fn has_own_variable(&self, ty: u16) -> bool {
        match self.ty(ty) {
            Ty::One(tag::VARIABLE, i) => *i >= format::FIRST_OWN_VARIABLE,
            Ty::One(_, operand) => self.has_own_variable(*operand),
            Ty::Dict(key, value) => self.has_own_variable(*key) || self.has_own_variable(*value),
            Ty::Union(parts) | Ty::Positions(parts) | Ty::Class(_, parts) => {
                parts.iter().any(|part| self.has_own_variable(*part))
            }
            Ty::Plain(_) | Ty::Strings(_) | Ty::Int(_) => false,
        }
    }

    /// Literals in results are plain values: who computes with them wants `int`, not `Literal[0]`.
    fn widened(&mut self, ty: u16) -> u16 {
        match self.ty(ty).clone() {
            Ty::Strings(_) => self.plain(tag::STR),
            Ty::Int(_) => self.plain(tag::INT),
            Ty::Plain(tag::LITERAL_TRUE | tag::LITERAL_FALSE) => self.plain(tag::BOOL),
            Ty::Union(parts) => {
                let parts = parts.into_iter().map(|part| self.widened(part)).collect();
                self.union(parts)
            }
            _ => ty,
        }
    }

    /// A function with its overloads. With `made`, they are the constructors of that class: what is returned is the instance,
    /// and the parameters of the class are to be found like variables of the function.
    fn function(
        &mut self,
        module: &'static str,
        class: Option<u16>,
        defs: &[&'static ast::StmtFunctionDef],
        made: Option<(u16, Vec<u16>)>,
    ) -> u16 {
        let mut own = Vec::new();
        let mut overloads = Vec::new();
        for def in defs {
            let mut place = Place::new(module, class);
            place.variables = match &made {
                None => self.own_variables(class),
                Some((_, args)) => {
                    let names =
                        class.map(|class| self.classes[usize::from(class)].parameters.clone());
                    names
                        .unwrap_or_default()
                        .into_iter()
                        .zip(args.iter().copied())
                        .collect()
                }
            };
            place.own = Some(&mut own);
            place.own_type = made.as_ref().map(|(instance, _)| *instance);
            let overload = self.overload(def, class.is_some(), made.as_ref(), &mut place);
            if !overloads.contains(&overload) {
                overloads.push(overload);
            }
        }
        let first = overloads.first().map_or(0, |overload| overload.result);
        let told_by_result = made.is_none()
            && overloads.iter().all(|overload| overload.result == first)
            && !self.has_own_variable(first);
        if told_by_result {
            own.clear();
            overloads = vec![Overload {
                result: first,
                parameters: None,
            }];
        }
        if let [only] = overloads.as_mut_slice() {
            // Nothing to choose: only what binds a variable matters.
            for (_, _, ty) in only.parameters.iter_mut().flatten() {
                let binds = made.is_some() || self.has_own_variable(*ty);
                if !binds {
                    *ty = 0;
                }
            }
        }
        self.table.functions.add(Function {
            variables: own.into_iter().map(|(_, unbound)| unbound).collect(),
            overloads,
        })
    }

    fn overload(
        &mut self,
        def: &'static ast::StmtFunctionDef,
        is_method: bool,
        made: Option<&(u16, Vec<u16>)>,
        place: &mut Place<'_>,
    ) -> Overload {
        let known = [
            "overload",
            "abstractmethod",
            "deprecated",
            "final",
            "type_check_only",
            "classmethod",
            "staticmethod",
            "override",
            "disjoint_base",
            "contextmanager",
            "asynccontextmanager",
        ];
        let transparent = def.decorator_list.len()
            == known.iter().filter(|name| has_decorator(def, name)).count();
        let mut parameters = Vec::new();
        let mut skip_first =
            is_method && (!has_decorator(def, "staticmethod") || def.name.as_str() == "__new__");
        let mut receiver_type = None;
        let all = &def.parameters;
        let add = |this: &mut Self,
                   place: &mut Place<'_>,
                   kind: u16,
                   parameter: &'static ast::Parameter,
                   optional: bool| {
            let name = parameter.name.as_str();
            let ty = parameter
                .annotation
                .as_deref()
                .map_or(0, |annotation| this.lower(annotation, place));
            let kind = match kind {
                parameter::ANY if name.starts_with("__") => parameter::POSITIONAL,
                kind => kind,
            };
            let kind = if optional {
                kind | parameter::OPTIONAL
            } else {
                kind
            };
            (kind, name.to_string(), ty)
        };
        for (kind, list) in [
            (parameter::POSITIONAL, &all.posonlyargs),
            (parameter::ANY, &all.args),
        ] {
            for one in list {
                if std::mem::take(&mut skip_first) {
                    if let Some(annotation) = &one.parameter.annotation
                        && def.name.as_str() != "__new__"
                    {
                        let ty = self.lower(annotation, place);
                        receiver_type = Some(ty);
                        parameters.push((parameter::RECEIVER, String::new(), ty));
                    }
                    continue;
                }
                parameters.push(add(
                    self,
                    place,
                    kind,
                    &one.parameter,
                    one.default.is_some(),
                ));
            }
        }
        if let Some(variadic) = &all.vararg {
            parameters.push(add(self, place, parameter::VARIADIC, variadic, true));
        }
        for one in &all.kwonlyargs {
            parameters.push(add(
                self,
                place,
                parameter::KEYWORD,
                &one.parameter,
                one.default.is_some(),
            ));
        }
        if let Some(keywords) = &all.kwarg {
            parameters.push(add(self, place, parameter::KEYWORDS, keywords, true));
        }
        let mut result = match (&def.returns, made) {
            (_, Some((instance, _))) if def.name.as_str() == "__init__" => {
                receiver_type.map_or(*instance, |receiver| self.remade(*instance, receiver))
            }
            (Some(returns), _) => {
                let result = self.lower(returns, place);
                self.widened(result)
            }
            (None, _) => 0,
        };
        if !transparent {
            result = 0;
        }
        if has_decorator(def, "contextmanager") || has_decorator(def, "asynccontextmanager") {
            let manager = if has_decorator(def, "contextmanager") {
                "_GeneratorContextManager"
            } else {
                "_AsyncGeneratorContextManager"
            };
            result = match (self.ty(result).clone(), self.global("contextlib", manager)) {
                (Ty::One(tag::ITERATOR, element), Some(Target::Class(class))) => {
                    self.instance(class, vec![element, 0, 0])
                }
                _ => 0,
            };
        } else if def.is_async {
            result = match self.global("typing", "Coroutine") {
                Some(Target::Class(class)) => self.instance(class, vec![0, 0, result]),
                _ => 0,
            };
        }
        if made.is_some() {
            parameters.retain(|(kind, _, _)| *kind != parameter::RECEIVER);
        }
        Overload {
            result,
            parameters: Some(parameters),
        }
    }

    /// The instance that a constructor with a declared receiver makes: `self: dict[str, V]` of a class derived from `dict`
    /// tells its arguments.
    fn remade(&mut self, instance: u16, receiver: u16) -> u16 {
        let arguments = |ty: &Ty| match ty {
            Ty::Dict(key, value) => vec![*key, *value],
            Ty::One(_, one) => vec![*one],
            Ty::Class(_, args) => args.clone(),
            _ => Vec::new(),
        };
        let (mine, told) = (self.ty(instance).clone(), self.ty(receiver).clone());
        let args = arguments(&told);
        if args.is_empty() || arguments(&mine).len() != args.len() {
            return instance;
        }
        let made = match mine {
            Ty::Dict(..) => Ty::Dict(args[0], args[1]),
            Ty::One(tag, _) => Ty::One(tag, args[0]),
            Ty::Class(class, _) => Ty::Class(class, args),
            other => other,
        };
        self.table.types.add(made)
    }

    fn class_members(&mut self, class: u16) {
        let (module, names, def) = {
            let info = &mut self.classes[usize::from(class)];
            (info.module, std::mem::take(&mut info.names.defs), info.def)
        };
        let defs: Vec<_> = names
            .iter()
            .map(|(name, defs)| (*name, defs.clone()))
            .collect();
        self.classes[usize::from(class)].names.defs = names;
        let bases = self.bases(class);
        let is_protocol = def.bases().iter().any(|base| match base {
            Expr::Name(name) => name.id == "Protocol",
            Expr::Subscript(subscript) => {
                matches!(&*subscript.value, Expr::Name(name) if name.id == "Protocol")
            }
            _ => false,
        });
        let mut flags = if is_protocol {
            format::CLASS_PROTOCOL
        } else {
            0
        };
        if self
            .stubs
            .modules
            .get(module)
            .is_some_and(|names| names.partial)
        {
            flags |= format::CLASS_PARTIAL;
        }
        let mut members = Members::new();
        for (name, defs) in &defs {
            if *name == "__hash__" && matches!(defs.last(), Some(Def::Declared(_))) {
                flags |= format::CLASS_UNHASHABLE;
            }
            let dunder = name.starts_with("__") && name.ends_with("__");
            let kept = if dunder && flags & format::CLASS_PARTIAL != 0 {
                true
            } else if dunder {
                KEPT_METHODS.contains(name)
            } else {
                is_protocol || !name.starts_with('_')
            };
            if kept && let Some(member) = self.member(module, Some(class), name, defs) {
                members.insert((*name).to_string(), member);
            }
        }
        // A hash is inherited, unless an equality of its own takes it away.
        if flags & format::CLASS_UNHASHABLE == 0
            && !defs.iter().any(|(name, _)| *name == "__hash__")
        {
            let above = bases
                .iter()
                .map(|(base, _)| &self.classes[usize::from(*base)])
                .find_map(|info| {
                    info.names
                        .defs
                        .get("__hash__")
                        .map(|defs| matches!(defs.last(), Some(Def::Declared(_))))
                });
            if above == Some(true) {
                flags |= format::CLASS_UNHASHABLE;
            }
        }
        let constructor = self.constructor(class, &bases);
        let bases = bases
            .into_iter()
            .map(|(base, args)| self.table.types.add(Ty::Class(base, args)))
            .collect();
        let entry = &mut self.table.classes[usize::from(class)];
        entry.members = members;
        entry.flags = flags;
        entry.bases = bases;
        entry.constructor = constructor;
    }

    /// The signature of calling a class, where it tells more than that an instance comes out.
    fn constructor(&mut self, class: u16, bases: &[(u16, Vec<u16>)]) -> Option<u16> {
        let own: Vec<u16> = self
            .own_variables(Some(class))
            .into_iter()
            .map(|(_, ty)| ty)
            .collect();
        let instance = self.instance(class, own.clone());
        let mut levels = vec![(class, own.clone())];
        levels.extend(bases.iter().cloned());
        for (level, args) in levels {
            let info = &self.classes[usize::from(level)];
            let module = info.module;
            let functions = |name: &str| -> Vec<&'static ast::StmtFunctionDef> {
                let defs = info.names.defs.get(name).into_iter().flatten();
                defs.filter_map(|def| match def {
                    Def::Function(def) => Some(*def),
                    _ => None,
                })
                .collect()
            };
            let (new, init) = (functions("__new__"), functions("__init__"));
            let defs = if init.is_empty() { new } else { init };
            if defs.is_empty() {
                continue;
            }
            let plain = own.is_empty() && defs.iter().all(|def| {
                def.name.as_str() == "__init__"
                    || matches!(def.returns.as_deref(), Some(Expr::Name(name)) if name.id == "Self")
            });
            return (!plain)
                .then(|| self.function(module, Some(level), &defs, Some((instance, args))));
        }
        None
    }
}

fn is_private(module: &str) -> bool {
    module.split('.').any(|part| part.starts_with('_'))
}

/// What a name in an annotation turns out to be.
enum Target {
    Class(u16),
    Function(&'static str, &'static str),
    Module(&'static str),
    /// A type variable: its name, where it is defined, and the call that makes it.
    Variable(&'static str, &'static str, &'static Expr),
    Alias(&'static str, &'static Expr),
    /// A special form of `typing`.
    Special(&'static str),
    /// `Any` that stands for a `None` that most callers need not think of. We do.
    MaybeNone,
}

impl Place<'_> {
    fn new(module: &'static str, class: Option<u16>) -> Self {
        Self {
            module,
            class,
            variables: Vec::new(),
            own: None,
            own_type: None,
            depth: 0,
        }
    }
}

/// The methods with two underscores at each end that answer a question of ours.
const KEPT_METHODS: &[&str] = &[
    "__abs__",
    "__add__",
    "__aenter__",
    "__aiter__",
    "__and__",
    "__anext__",
    "__await__",
    "__buffer__",
    "__call__",
    "__contains__",
    "__divmod__",
    "__enter__",
    "__exit__",
    "__float__",
    "__floordiv__",
    "__fspath__",
    "__getitem__",
    "__index__",
    "__int__",
    "__invert__",
    "__iter__",
    "__len__",
    "__mod__",
    "__mul__",
    "__neg__",
    "__next__",
    "__or__",
    "__pos__",
    "__pow__",
    "__radd__",
    "__rdivmod__",
    "__reversed__",
    "__rmul__",
    "__round__",
    "__rsub__",
    "__rtruediv__",
    "__sub__",
    "__truediv__",
    "__xor__",
];

/// The class that an alias of `typing` stands for.
fn special_class(module: &str, name: &str) -> Option<&'static str> {
    if !matches!(module, "typing" | "typing_extensions") {
        return None;
    }
    Some(match name {
        "List" => "list",
        "Dict" => "dict",
        "Set" => "set",
        "FrozenSet" => "frozenset",
        "Type" => "type",
        "Tuple" => "tuple",
        "DefaultDict" => "defaultdict",
        "OrderedDict" => "OrderedDict",
        "Counter" => "Counter",
        "ChainMap" => "ChainMap",
        "Deque" => "deque",
        _ => return None,
    })
}

/// The constraints of a type variable, if a value makes one.
fn variable(value: &'static Expr) -> Option<&'static [Expr]> {
    let call = value.as_call_expr()?;
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    match name {
        "TypeVar" => Some(call.arguments.args.get(1..).unwrap_or_default()),
        "ParamSpec" | "TypeVarTuple" => Some(&[]),
        _ => None,
    }
}

fn slice_parts(slice: &'static Expr) -> Vec<&'static Expr> {
    match slice {
        Expr::Tuple(tuple) if !tuple.elts.is_empty() => tuple.elts.iter().collect(),
        other => vec![other],
    }
}

fn small_int(expr: &Expr) -> Option<i16> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => i16::try_from(int.as_u64()?).ok(),
            _ => None,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => small_int(&op.operand).map(|int| -int),
        _ => None,
    }
}
