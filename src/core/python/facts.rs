//! Everything that can be asked about one file; answered when first asked, and kept.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use ruff_python_ast::token::Tokens;
use ruff_python_ast::{AnyNodeRef, Expr, ExprName, StmtClassDef, StmtFunctionDef};
use ruff_python_parser::Parsed;
use ruff_python_trivia::CommentRanges;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::callees::Named;
use super::classes::DictUse;
use super::effects::Purity;
use super::flow::Events;
use super::infer::Attributes;
use super::libraries::Effects;
use super::libraries::Imported;
use super::loops::Loop;
use super::project::{Meaning, NOTHING, Numbers, Outline, PutOff, Reach, View, Whence};
use super::questions::{Answer, Inference, Question};
use super::source::Source;
use super::symbols::{Binding, Symbol, SymbolId, Symbols, binding};
use super::told::TypeProvider;
use super::tree::{NodeId, Tree};
use super::types::Type;
use super::versions::Versions;

/// Facts about one parsed file.
pub struct Facts<'a> {
    pub(super) source: &'a Source,
    pub(super) tokens: &'a Tokens,
    pub(super) python: Versions,
    /// The syntax tree with parents and scopes.
    pub tree: Tree<'a>,
    symbols: OnceCell<Symbols<'a>>,
    comments: OnceCell<CommentRanges>,
    pub(super) answers: RefCell<FxHashMap<Question<'a>, Answer<'a>>>,
    pub(super) inference: Cell<Inference>,
    /// Types of expressions that were asked for, by their nodes.
    pub(super) types: RefCell<FxHashMap<NodeId, Type<'a>>>,
    /// Whether a loop, by its node, calls code that is not known to be harmless.
    pub(super) unknown_calls: RefCell<FxHashMap<NodeId, bool>>,
    /// The last question for the innermost loop around a node, and its answer.
    pub(super) last_loop: Cell<Option<(NodeId, Option<Loop<'a>>)>>,
    /// How often a loop runs, by the node of its iterable.
    pub(super) trip_counts: RefCell<FxHashMap<NodeId, Option<u64>>>,
    pub(super) has_caches: OnceCell<bool>,
    pub(super) function_purities: RefCell<FxHashMap<NodeId, Purity>>,
    pub(super) named_functions: OnceCell<Rc<Named<'a>>>,
    /// The functions that a loop, by its node, may run.
    pub(super) reached: RefCell<FxHashMap<NodeId, Rc<[&'a StmtFunctionDef]>>>,
    pub(super) events: RefCell<FxHashMap<SymbolId, Rc<Events>>>,
    /// The classes of objects that are the first parameters of their methods.
    pub(super) selves: RefCell<FxHashMap<SymbolId, Option<&'a StmtClassDef>>>,
    /// By the number of a variable: whether it could stand for something of the project; nothing where nobody asked yet.
    pub(super) whence: RefCell<Vec<Option<Whence>>>,
    /// The last place whose line was asked for, and its line.
    pub(super) last_row: Cell<(usize, usize)>,
    pub(super) has_carriage_returns: OnceCell<bool>,
    pub(super) attributes: RefCell<FxHashMap<NodeId, Attributes<'a>>>,
    pub(super) libraries: OnceCell<Imported>,
    pub(super) project: View<'a>,
    pub(super) outline: OnceCell<Arc<Outline>>,
    /// The names that lead to something, for each thing that was asked for.
    pub(super) reach: RefCell<Vec<(Effects, Reach<'a>)>>,
    pub(super) numbers: OnceCell<Numbers>,
    /// The summary without the calls.
    pub(super) shape: OnceCell<Arc<Outline>>,
    /// The summary without anything in it.
    pub(super) nameplate: OnceCell<Arc<Outline>>,
    /// While the file is summarised: what other files say does not count.
    pub(super) alone: Cell<bool>,
    /// First parts of imports' names, and whether the project has anything by them.
    pub(super) roots: RefCell<Vec<(Box<str>, bool)>>,
    /// What expressions stand for by what other files say, by their nodes.
    pub(super) meanings: RefCell<FxHashMap<NodeId, Meaning<'a>>>,
    /// Who may know types that the file does not tell.
    pub(super) told: Option<&'a dyn TypeProvider>,
    /// Questions to other files, where they are put off.
    pub(super) put_off: Option<RefCell<PutOff>>,
    /// Whether whoever reads the file finds this text.
    pub(super) is_on_disk: bool,
    /// Places that may need some object to have a `__dict__`.
    pub(super) dict_uses: OnceCell<Rc<[DictUse<'a>]>>,
}

impl<'a> Facts<'a> {
    /// `Err` is the place where the tree is too deep to be walked.
    pub fn new(
        source: &'a Source,
        parsed: &'a Parsed<ruff_python_ast::ModModule>,
        python: Versions,
    ) -> Result<Self, TextRange> {
        Ok(Self {
            source,
            tokens: parsed.tokens(),
            python,
            tree: Tree::new(parsed.syntax())?,
            symbols: OnceCell::new(),
            comments: OnceCell::new(),
            answers: RefCell::default(),
            inference: Cell::default(),
            types: RefCell::default(),
            unknown_calls: RefCell::default(),
            last_loop: Cell::default(),
            trip_counts: RefCell::default(),
            has_caches: OnceCell::new(),
            function_purities: RefCell::default(),
            named_functions: OnceCell::new(),
            reached: RefCell::default(),
            events: RefCell::default(),
            selves: RefCell::default(),
            whence: RefCell::default(),
            last_row: Cell::new((0, 1)),
            has_carriage_returns: OnceCell::new(),
            attributes: RefCell::default(),
            libraries: OnceCell::new(),
            project: View::new(&NOTHING),
            outline: OnceCell::new(),
            reach: RefCell::default(),
            numbers: OnceCell::new(),
            shape: OnceCell::new(),
            nameplate: OnceCell::new(),
            alone: Cell::new(false),
            roots: RefCell::default(),
            meanings: RefCell::default(),
            told: None,
            put_off: None,
            is_on_disk: false,
            dict_uses: OnceCell::new(),
        })
    }

    /// Builds the symbol table now.
    pub fn warm(&self) {
        self.symbols();
    }

    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The text of a place.
    pub fn text(&self, place: impl Ranged) -> &'a str {
        &self.source.text()[place.range()]
    }

    /// The Python versions that the project supports.
    pub fn python(&self) -> Versions {
        self.python
    }

    pub fn tokens(&self) -> &'a Tokens {
        self.tokens
    }

    /// The comments of the file, in order.
    pub fn comments(&self) -> &CommentRanges {
        self.comments.get_or_init(|| {
            let ranges = self.tokens.iter().filter(|token| token.kind().is_comment());
            CommentRanges::new(ranges.map(Ranged::range).collect())
        })
    }

    pub(super) fn symbols(&self) -> &Symbols<'a> {
        self.symbols.get_or_init(|| Symbols::new(&self.tree))
    }

    pub(super) fn symbol_id(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<SymbolId> {
        self.symbols().of(&self.tree, node)
    }

    /// The variable that a name node, a definition, a parameter or an import stands for; `None` for builtins.
    pub fn symbol(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<&Symbol<'a>> {
        Some(self.symbols().get(self.symbol_id(node)?))
    }

    /// The variable that `name` would mean if it were read at `place`.
    pub fn visible(&self, place: impl Into<AnyNodeRef<'a>>, name: &str) -> Option<&Symbol<'a>> {
        let scope = self.tree.scope_of(place);
        let id = self.symbols().lookup(&self.tree, scope, name)?;
        Some(self.symbols().get(id))
    }

    /// What gives a symbol its value, place by place.
    pub fn bindings(&self, symbol: &Symbol<'a>) -> impl Iterator<Item = Binding<'a>> + '_ {
        let ids = symbol.bindings.clone();
        ids.into_iter().filter_map(|id| binding(&self.tree, id))
    }

    /// The only binding of a symbol that nobody else may bind.
    pub fn only_binding(&self, symbol: &Symbol<'a>) -> Option<Binding<'a>> {
        match symbol.bindings.as_slice() {
            [one] if !symbol.shared => binding(&self.tree, *one),
            _ => None,
        }
    }

    /// The value of a name that is assigned exactly once, `name = value`.
    pub fn only_value(&self, name: &'a Expr) -> Option<&'a Expr> {
        let symbol = self.symbol(name.as_name_expr()?)?;
        match self.only_binding(symbol)? {
            Binding::Assign(stmt) => Some(&stmt.value),
            Binding::Annotated(stmt) => stmt.value.as_deref(),
            Binding::Walrus(walrus) => Some(&walrus.value),
            _ => None,
        }
    }

    /// Whether two names mean the same variable.
    pub fn same_symbol(&self, a: &'a ExprName, b: &'a ExprName) -> bool {
        a.id == b.id && self.symbol_id(a) == self.symbol_id(b)
    }

    /// The reads of a symbol as nodes, in the order of the text.
    pub fn reads(&self, symbol: &Symbol<'a>) -> impl Iterator<Item = &'a ExprName> + '_ {
        let ids = symbol.reads.clone();
        ids.into_iter().filter_map(|id| match self.tree.node(id) {
            AnyNodeRef::ExprName(name) => Some(name),
            _ => None,
        })
    }

    /// The places that bind a symbol, as nodes.
    pub fn binding_nodes(&self, symbol: &Symbol<'a>) -> impl Iterator<Item = AnyNodeRef<'a>> + '_ {
        let ids = symbol.bindings.clone();
        ids.into_iter().map(|id| self.tree.node(id))
    }

    /// Whether a symbol is bound, deleted or written anywhere within `place`.
    pub fn is_bound_in(&self, symbol: &Symbol<'a>, place: impl Ranged) -> bool {
        let place = place.range();
        symbol
            .bindings
            .iter()
            .any(|id| place.contains_range(self.tree.node(*id).range()))
    }
}

/// For tests of facts: the text asks about the argument of its last `probe(...)`.
#[cfg(test)]
pub(super) mod probe {
    use super::*;
    use crate::python::parse::parse;
    use ruff_python_ast as ast;

    /// The answer to a question about the argument of the last `probe(...)` of a text.
    pub fn probed<T>(text: &str, ask: impl for<'a> FnOnce(&Facts<'a>, &'a Expr) -> T) -> T {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).expect("the text parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the text is flat");
        let mut calls = facts.tree.nodes().iter().filter_map(|node| match node {
            AnyNodeRef::ExprCall(call) if facts.text(&*call.func) == "probe" => Some(call),
            _ => None,
        });
        let probe = calls.next_back().expect("a probe");
        ask(&facts, probe.arguments.args.first().expect("an argument"))
    }
    /// The answer to a question about the first call of `probe(...)` or `s.probe(...)` in a text, and the loop around it.
    pub fn probed_in_loop<T>(
        text: &str,
        ask: impl for<'a> FnOnce(&Facts<'a>, &'a ast::ExprCall, Loop<'a>) -> T,
    ) -> T {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).expect("the text parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the text is flat");
        let mut calls = facts.tree.nodes().iter().filter_map(|node| match node {
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Name(name) if name.id == "probe" => Some(call),
                Expr::Attribute(method) if method.attr.as_str() == "probe" => Some(call),
                _ => None,
            },
            _ => None,
        });
        let probe = calls.next().expect("a probe");
        let around = facts.in_loop(*probe).expect("a loop around it");
        ask(&facts, probe, around)
    }
}
