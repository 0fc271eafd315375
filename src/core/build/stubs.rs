//! The stubs as they are written: modules, and what each name in them stands for.

use std::collections::BTreeMap;
use std::error::Error;

use ruff_db::vendored::{VendoredFileSystem, VendoredPathBuf};
use ruff_python_ast::{self as ast, CmpOp, Expr, Number, Stmt};

/// The newest Python that the stubs know well.
const NEWEST: (u64, u64) = (3, 15);

/// What a name in a module or class stands for.
#[derive(Clone, Copy)]
pub enum Def {
    Class(&'static ast::StmtClassDef),
    Function(&'static ast::StmtFunctionDef),
    /// `name: annotation`
    Declared(&'static Expr),
    /// `name = value`, `name: TypeAlias = value`
    Value(&'static Expr),
    /// `import module` bound to its whole name.
    Module(&'static str),
    From(&'static str, &'static str),
}

/// The names of a module or class body, in the order of the text; overloads stand one behind the other.
#[derive(Default)]
pub struct Names {
    pub defs: BTreeMap<&'static str, Vec<Def>>,
    /// What star imports and other modules see.
    exported: Option<Vec<&'static str>>,
    /// `import x as x`, `from x import y as y`
    reexported: Vec<&'static str>,
    stars: Vec<&'static str>,
    /// Says the most important, and not all that there is.
    pub partial: bool,
}

impl Names {
    pub fn is_public(&self, name: &str) -> bool {
        let imported = matches!(
            self.defs.get(name).and_then(|defs| defs.last()),
            Some(Def::Module(_) | Def::From(..))
        );
        match &self.exported {
            Some(exported) if exported.contains(&name) => true,
            _ => !name.starts_with('_') && (!imported || self.reexported.contains(&name)),
        }
    }
}

pub struct Stubs {
    pub modules: BTreeMap<&'static str, Names>,
}

impl Stubs {
    /// Reads and parses all stubs but those of the packages in `leave_out`.
    pub fn read(leave_out: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut files = Vec::new();
        let root = VendoredPathBuf::from("stdlib");
        collect(ty_vendored::file_system(), root, &mut files);
        let mut modules = BTreeMap::new();
        for file in files {
            let inside = file.as_str().trim_start_matches("stdlib/");
            let Some(stem) = inside.strip_suffix(".pyi") else {
                continue;
            };
            let package = stem.ends_with("/__init__");
            let name = stem.trim_end_matches("/__init__").replace('/', ".");
            let top = name.split('.').next().unwrap_or_default();
            if leave_out.iter().any(|left| left == top || *left == name) {
                continue;
            }
            let text = ty_vendored::file_system().read_to_string(&file)?;
            let parsed = ruff_python_parser::parse_module(&text)?;
            // A build script ends soon; what it has read may stay until then.
            let module: &'static ast::ModModule = Box::leak(Box::new(parsed.into_syntax()));
            let name: &'static str = name.leak();
            let mut names = Names::default();
            read_body(&module.body, name, package, &mut names);
            modules.insert(name, names);
        }
        let mut stubs = Self { modules };
        stubs.open_stars();
        Ok(stubs)
    }

    /// Adds a module that is not the standard library's.
    ///
    /// # Errors
    /// A text that is no Python, or a module that is there already.
    pub fn add(&mut self, module: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let parsed = ruff_python_parser::parse_module(text)?;
        let syntax: &'static ast::ModModule = Box::leak(Box::new(parsed.into_syntax()));
        let module: &'static str = module.to_owned().leak();
        let mut names = Names {
            partial: true,
            ..Names::default()
        };
        read_body(&syntax.body, module, false, &mut names);
        match self.modules.insert(module, names) {
            None => Ok(()),
            Some(_) => Err("it is there already".into()),
        }
    }

    /// Adds the packages of modules that were added without.
    pub fn add_packages(&mut self) {
        let all: Vec<&'static str> = self.modules.keys().copied().collect();
        for mut module in all {
            while let Some((package, _)) = module.rsplit_once('.') {
                self.modules.entry(package).or_insert_with(|| Names {
                    partial: true,
                    ..Names::default()
                });
                module = package;
            }
        }
    }

    /// Puts what star imports bring where they stand.
    fn open_stars(&mut self) {
        // Stars of stars need as many rounds as they are deep.
        for _ in 0..4 {
            let mut found: Vec<(&'static str, &'static str, &'static str)> = Vec::new();
            for (name, names) in &self.modules {
                for star in &names.stars {
                    let Some(source) = self.modules.get(star) else {
                        continue;
                    };
                    let public = source.defs.keys().filter(|name| match &source.exported {
                        Some(exported) => exported.contains(*name),
                        None => source.is_public(name),
                    });
                    found.extend(public.map(|public| (*name, *star, *public)));
                }
            }
            for (module, star, name) in found {
                if let Some(names) = self.modules.get_mut(module) {
                    names.reexported.push(name);
                    let defs = names.defs.entry(name).or_default();
                    if defs.is_empty() {
                        defs.push(Def::From(star, name));
                    }
                }
            }
        }
    }

    /// What a name of a module is in the end, behind all imports: the module that defines it, its name there, and its definitions.
    /// A submodule comes without definitions.
    pub fn resolve(
        &self,
        module: &'static str,
        name: &str,
    ) -> Option<(&'static str, &'static str, &[Def])> {
        let (mut module, mut name): (&'static str, String) = (module, name.to_string());
        for _ in 0..10 {
            let found = self.modules.get(module)?.defs.get_key_value(name.as_str());
            let Some((key, defs)) = found else {
                let whole = format!("{module}.{name}");
                let (submodule, _) = self.modules.get_key_value(whole.as_str())?;
                return Some((submodule, "", &[]));
            };
            match defs.last()? {
                Def::From(source, wanted) => {
                    module = self.modules.get_key_value(*source)?.0;
                    name = (*wanted).to_string();
                }
                Def::Module(target) => {
                    return Some((self.modules.get_key_value(*target)?.0, "", &[]));
                }
                _ => return Some((module, key, defs)),
            }
        }
        None
    }
}

fn collect(system: &VendoredFileSystem, folder: VendoredPathBuf, files: &mut Vec<VendoredPathBuf>) {
    for entry in system.read_directory(&folder) {
        if entry.file_type().is_directory() {
            collect(system, entry.into_path(), files);
        } else {
            files.push(entry.into_path());
        }
    }
}

/// The names that a class body binds.
pub fn class_names(class: &'static ast::StmtClassDef, module: &'static str) -> Names {
    let mut names = Names::default();
    read_body(&class.body, module, false, &mut names);
    names
}

fn read_body(body: &'static [Stmt], module: &'static str, package: bool, names: &mut Names) {
    for stmt in body {
        match stmt {
            Stmt::ClassDef(def) => {
                names.defs.insert(&def.name, vec![Def::Class(def)]);
            }
            Stmt::FunctionDef(def) => {
                let defs = names.defs.entry(&def.name).or_default();
                if !is_overload(def) || !matches!(defs.last(), Some(Def::Function(_))) {
                    // `@x.setter` says nothing of what reading gives.
                    if is_accessor(def) {
                        continue;
                    }
                    defs.clear();
                }
                defs.push(Def::Function(def));
            }
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(target) = &*assign.target {
                    let alias =
                        matches!(&*assign.annotation, Expr::Name(name) if name.id == "TypeAlias");
                    let def = match &assign.value {
                        Some(value) if alias => Def::Value(value),
                        _ => Def::Declared(&assign.annotation),
                    };
                    names.defs.insert(&target.id, vec![def]);
                }
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    if target.id == "__all__" {
                        export(&assign.value, names);
                    } else {
                        names
                            .defs
                            .insert(&target.id, vec![Def::Value(&assign.value)]);
                    }
                }
            }
            Stmt::AugAssign(assign) => {
                if matches!(&*assign.target, Expr::Name(target) if target.id == "__all__") {
                    export(&assign.value, names);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(asname) => {
                            if asname.as_str() == alias.name.as_str() {
                                names.reexported.push(asname);
                            }
                            names.defs.insert(asname, vec![Def::Module(&alias.name)]);
                        }
                        None => {
                            let first = alias.name.split('.').next().unwrap_or_default();
                            names.defs.insert(first, vec![Def::Module(first)]);
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let source = import_source(import, module, package);
                for alias in &import.names {
                    if &alias.name == "*" {
                        names.stars.push(source);
                        continue;
                    }
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    if alias
                        .asname
                        .as_ref()
                        .is_some_and(|name| name.as_str() == alias.name.as_str())
                    {
                        names.reexported.push(bound);
                    }
                    names
                        .defs
                        .insert(bound, vec![Def::From(source, &alias.name)]);
                }
            }
            Stmt::If(branch) => {
                let mut taken = holds(&branch.test).then_some(&branch.body);
                for clause in &branch.elif_else_clauses {
                    if taken.is_none() && clause.test.as_ref().is_none_or(holds) {
                        taken = Some(&clause.body);
                    }
                }
                if let Some(body) = taken {
                    read_body(body, module, package, names);
                }
            }
            Stmt::Try(attempt) => read_body(&attempt.body, module, package, names),
            _ => {}
        }
    }
}

fn is_overload(def: &ast::StmtFunctionDef) -> bool {
    has_decorator(def, "overload")
}

fn is_accessor(def: &ast::StmtFunctionDef) -> bool {
    def.decorator_list.iter().any(|decorator| {
        matches!(&decorator.expression, Expr::Attribute(attribute)
            if matches!(attribute.attr.as_str(), "setter" | "deleter"))
    })
}

/// Whether a function has a decorator of that name, from whichever module.
pub fn has_decorator(def: &ast::StmtFunctionDef, wanted: &str) -> bool {
    def.decorator_list.iter().any(|decorator| {
        let callee = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        match callee {
            Expr::Name(name) => name.id == wanted,
            Expr::Attribute(attribute) => attribute.attr.as_str() == wanted,
            _ => false,
        }
    })
}

fn export(value: &'static Expr, names: &mut Names) {
    let exported = names.exported.get_or_insert_default();
    let elts = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return,
    };
    exported.extend(elts.iter().filter_map(|elt| match elt {
        Expr::StringLiteral(text) => Some(text.value.to_str()),
        _ => None,
    }));
}

fn import_source(
    import: &'static ast::StmtImportFrom,
    module: &'static str,
    package: bool,
) -> &'static str {
    let named = import.module.as_deref().unwrap_or_default();
    if import.level == 0 {
        return named;
    }
    let mut base = module;
    let up = import.level as usize - usize::from(package);
    for _ in 0..up {
        base = base.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
    if named.is_empty() {
        base
    } else {
        format!("{base}.{named}").leak()
    }
}

/// Whether a branch on version or platform is taken: the newest Python, on Linux.
fn holds(test: &Expr) -> bool {
    match test {
        Expr::BoolOp(op) if op.op.is_and() => op.values.iter().all(holds),
        Expr::BoolOp(op) => op.values.iter().any(holds),
        Expr::UnaryOp(op) if op.op.is_not() => !holds(&op.operand),
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Compare(compare) => {
            let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
                return false;
            };
            match right {
                Expr::StringLiteral(platform) => {
                    let linux = platform.value.to_str() == "linux";
                    linux == matches!(op, CmpOp::Eq)
                }
                Expr::Tuple(version) => {
                    let number = |i: usize| match version.elts.get(i) {
                        Some(Expr::NumberLiteral(number)) => match &number.value {
                            Number::Int(int) => int.as_u64().unwrap_or(0),
                            _ => 0,
                        },
                        _ => 0,
                    };
                    let version = (number(0), number(1));
                    match op {
                        CmpOp::GtE => NEWEST >= version,
                        CmpOp::Lt => NEWEST < version,
                        _ => false,
                    }
                }
                _ => false,
            }
        }
        _ => false,
    }
}
