//! Lists and tuples that are searched item by item, again and again: what repeats the search, and what happens to them meanwhile.

use ruff_python_ast::{AnyNodeRef, CmpOp, Expr, ExprAttribute, ExprCall, ExprName, Stmt, StmtIf};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::{Leaves, function_around, is_for_an_error, leaves, siblings};
use super::effects::Purity;
use super::facts::Facts;
use super::loops::{FEW, Loop};
use super::symbols::Binding;
use super::tree::comprehension_generators;
use super::types::Type;
use super::uses::Use;

/// What repeats a search.
#[derive(Clone, Debug)]
pub struct Repeated<'a> {
    /// The line, or the argument, that a reader takes for the repetition.
    pub header: TextRange,
    /// The loops that the searched container outlives, innermost first.
    pub loops: Vec<Loop<'a>>,
    /// The loop or call that runs the search for another probe each time.
    pub around: AnyNodeRef<'a>,
}

/// A method that searches a list or tuple, `xs.index`, and that is called for one probe after the other.
#[derive(Clone, Debug)]
pub struct MethodSearch<'a> {
    /// `list` or `tuple`.
    pub kind: &'static str,
    /// The call, where the method is called right here; else it is passed to a builtin that calls it for each item.
    pub call: Option<&'a ExprCall>,
    pub repeated: Repeated<'a>,
}

impl<'a> Facts<'a> {
    /// Whether `xs.index` tells the order of what is sorted, `key=lambda x: xs.index(x)`: what that works with is a list, a tuple or a
    /// string, and nothing else has the shape.
    fn is_order(&self, method: &'a ExprAttribute) -> bool {
        if !self.ty(&*method.value).is_unknown() {
            return false;
        }
        let called = self.tree.parent(method).filter(
            |parent| matches!(parent, AnyNodeRef::ExprCall(call) if call.func.range() == method.range()),
        );
        let key = match called {
            None => Some(AnyNodeRef::from(method)),
            Some(call) => self
                .tree
                .parent(call)
                .filter(|parent| parent.is_expr_lambda()),
        };
        key.and_then(|key| self.per_item(key))
            .is_some_and(|each| each.is_key)
    }

    /// Takes `xs.index` or `xs.count` as a search that is repeated for other probes while `xs`, which may be long, stays as it is.
    pub fn method_search(&self, method: &'a ExprAttribute) -> Option<MethodSearch<'a>> {
        let list = &*method.value;
        let kind = self
            .scanned_kind(list)
            .or_else(|| self.is_order(method).then_some("sequence"))?;
        if self.is_short_at(list, method)
            || self.is_unhashable(&self.ty(list).without_none().element())
        {
            return None;
        }
        let call = match self.tree.parent(method)? {
            AnyNodeRef::ExprCall(call) if call.func.range() == method.range() => Some(call),
            _ => None,
        };
        let repeated = match call {
            Some(call) => {
                let [probe] = &*call.arguments.args else {
                    return None;
                };
                let plain = call.arguments.keywords.is_empty() && !probe.is_starred_expr();
                if !plain || probe.is_literal_expr() || self.is_unhashable(&self.ty(probe)) {
                    return None;
                }
                self.repeated_search(call, list, probe)?
            }
            None => {
                let each = self.per_item(method)?;
                if self.is_few(each.items?) {
                    return None;
                }
                Repeated {
                    header: self.passed(method.into()),
                    loops: Vec::new(),
                    around: each.call.into(),
                }
            }
        };
        let mut loops = repeated.loops.iter();
        let changes = loops
            .next()
            .is_some_and(|around| self.change_in(list, *around).is_some());
        let told = call.is_some_and(|call| self.is_searched_before(call, method, &repeated));
        (!changes && !told).then_some(MethodSearch {
            kind,
            call,
            repeated,
        })
    }

    /// The calls of the same method of the same list, with one argument, that `inside` runs itself: what serves one serves all.
    pub fn same_searches(
        &self,
        method: &'a ExprAttribute,
        inside: AnyNodeRef<'a>,
    ) -> impl Iterator<Item = &'a ExprCall> + '_ {
        self.tree.descendants(inside).filter_map(move |node| {
            let AnyNodeRef::ExprCall(call) = node else {
                return None;
            };
            let (Expr::Attribute(other), [argument]) = (&*call.func, &*call.arguments.args) else {
                return None;
            };
            let same = other.attr.id == method.attr.id
                && call.arguments.keywords.is_empty()
                && !argument.is_starred_expr()
                && self.same_place(&other.value, &method.value);
            same.then_some(call)
        })
    }

    /// Whether an earlier search in the same list, in the same loops, is told already.
    fn is_searched_before(
        &self,
        call: &'a ExprCall,
        method: &'a ExprAttribute,
        repeated: &Repeated<'a>,
    ) -> bool {
        let Some(outermost) = repeated.loops.last() else {
            return false;
        };
        let list = &*method.value;
        self.same_searches(method, outermost.node())
            .take_while(|other| other.start() < call.start())
            .any(|other| {
                let probe = other.arguments.args.first();
                let found = probe
                    .filter(|probe| !probe.is_literal_expr())
                    .and_then(|probe| self.repeated_search(other, list, probe));
                found.is_some_and(|found| {
                    found.loops.last().map(Ranged::range) == Some(outermost.range())
                })
            })
    }

    /// What a reader calls a haystack that is searched item by item, `list` or `tuple`; `None` where it is neither for certain, is
    /// made where it is searched, or is a tuple of a declared length.
    pub fn scanned_kind(&self, haystack: &'a Expr) -> Option<&'static str> {
        match haystack {
            Expr::Name(_) => {}
            Expr::Attribute(attribute) => {
                self.class_of_self(attribute.value.as_name_expr()?)?;
            }
            _ => return None,
        }
        match self.ty(haystack).without_none() {
            Type::List(_) => Some("list"),
            Type::Tuple(_) => {
                let symbol = self.symbol(haystack.as_name_expr()?)?;
                let long = self.bindings(symbol).all(|binding| match binding {
                    Binding::Assign(stmt) => {
                        self.call_of(&stmt.value, "builtins.tuple").is_some()
                            || self.known_length(&stmt.value).is_some_and(|n| n >= FEW)
                    }
                    Binding::Parameter(parameter) => match parameter.annotation.as_deref() {
                        Some(Expr::Subscript(subscript)) => {
                            matches!(&*subscript.slice, Expr::Tuple(tuple)
                                if tuple.elts.iter().any(Expr::is_ellipsis_literal_expr))
                        }
                        _ => false,
                    },
                    _ => false,
                });
                long.then_some("tuple")
            }
            _ => None,
        }
    }

    /// Whether a list or tuple holds few items where `node` runs: by its nature, or as it was last written.
    pub fn is_short_at(&self, haystack: &'a Expr, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.is_few(haystack)
            || self.is_optional(haystack)
            || haystack
                .as_name_expr()
                .is_some_and(|name| self.is_field(name))
            || haystack
                .as_attribute_expr()
                .is_some_and(|attribute| self.is_setting(attribute))
            || self.is_written_short(haystack, node.into())
    }

    /// Whether a variable is a parameter that has a default: what a caller may leave out chooses among a few, as a rule.
    fn is_optional(&self, haystack: &'a Expr) -> bool {
        let Some(symbol) = haystack.as_name_expr().and_then(|name| self.symbol(name)) else {
            return false;
        };
        self.bindings(symbol).any(|binding| match binding {
            Binding::Parameter(parameter) => matches!(
                self.tree.parent(parameter),
                Some(AnyNodeRef::ParameterWithDefault(with)) if with.default.is_some()
            ),
            _ => false,
        })
    }

    /// Whether a statement before, in the same block, gives the variable a short list that nothing in between makes longer.
    fn is_written_short(&self, haystack: &'a Expr, node: AnyNodeRef<'a>) -> bool {
        let Some(symbol) = haystack.as_name_expr().and_then(|name| self.symbol(name)) else {
            return false;
        };
        let Some(stmt) = self.tree.statement(node) else {
            return false;
        };
        let written = siblings(&self.tree, stmt)
            .iter()
            .take_while(|other| other.start() < stmt.start())
            .filter_map(Stmt::as_assign_stmt)
            .filter(|assign| {
                assign
                    .targets
                    .iter()
                    .any(|target| self.binds(target, symbol))
            })
            .last();
        let Some(written) = written else {
            return false;
        };
        let between = TextRange::new(written.end(), node.start());
        let grows = self.reads(symbol).any(|read| {
            between.contains_range(read.range())
                && matches!(
                    self.usage(read),
                    Use::Method("append" | "extend" | "insert", _) | Use::Augmented(_)
                )
        });
        written.targets.len() == 1
            && !grows
            && self.known_length(&written.value).is_some_and(|n| n < FEW)
    }

    /// What runs `search` again and again, for another `probe` each time, on the same `haystack`.
    ///
    /// A loop counts if the haystack is made outside of it; a lambda if a builtin calls it for each item.
    pub fn repeated_search(
        &self,
        search: impl Into<AnyNodeRef<'a>>,
        haystack: &'a Expr,
        probe: &'a Expr,
    ) -> Option<Repeated<'a>> {
        let search = search.into();
        if self.is_off_the_path(search) {
            return None;
        }
        let loops: Vec<Loop<'a>> = self
            .loops(search)
            .into_iter()
            .filter(|around| !self.ends_with(*around, search))
            .filter(|around| !around.iter().is_some_and(|iter| self.is_few(iter)))
            .filter(|around| !self.waits_in(*around))
            .take_while(|around| self.outlives(haystack, *around))
            .collect();
        // One of many lists: each of them is short, as a rule.
        if !loops.is_empty() && self.is_one_of_many(haystack, search) {
            return None;
        }
        if let Some(around) = loops.iter().find(|around| self.varies(probe, **around)) {
            return Some(Repeated {
                header: around.header(),
                around: around.node(),
                loops,
            });
        }
        let lambda = self
            .tree
            .ancestors(search)
            .find(|outer| outer.is_expr_lambda() || outer.is_statement())
            .filter(|outer| outer.is_expr_lambda())?;
        let each = self.per_item(lambda)?;
        if self.is_few(each.items?) {
            return None;
        }
        let inside = |name: &'a ExprName| {
            self.symbol(name).is_some_and(|symbol| {
                let scope = self.tree.scope(symbol.scope).node;
                lambda.range().contains_range(scope.range())
            })
        };
        let names = |expr: &'a Expr| {
            self.tree.descendants(expr).filter_map(|node| match node {
                AnyNodeRef::ExprName(name) => Some(name),
                _ => None,
            })
        };
        let own = names(probe).any(inside);
        let fixed = !names(haystack).any(inside);
        (own && fixed).then(|| Repeated {
            header: self.passed(lambda),
            around: each.call.into(),
            loops: Vec::new(),
        })
    }

    /// The item and the list of `if item not in list: list.append(item)` and nothing else.
    pub fn kept_once(&self, branch: &'a StmtIf) -> Option<(&'a Expr, &'a Expr)> {
        let (Expr::Compare(compare), [Stmt::Expr(stmt)], []) = (
            &*branch.test,
            branch.body.as_slice(),
            branch.elif_else_clauses.as_slice(),
        ) else {
            return None;
        };
        let ([CmpOp::NotIn], [list], Expr::Call(call)) =
            (&*compare.ops, &*compare.comparators, &*stmt.value)
        else {
            return None;
        };
        let (Expr::Attribute(method), [item]) = (&*call.func, &*call.arguments.args) else {
            return None;
        };
        let appends = method.attr.as_str() == "append"
            && call.arguments.keywords.is_empty()
            && self.same_place(&method.value, list)
            && self.text(item) == self.text(&*compare.left);
        appends.then_some((item, list))
    }

    /// Whether a loop around the search makes the haystack anew in each iteration.
    fn is_one_of_many(&self, haystack: &'a Expr, search: AnyNodeRef<'a>) -> bool {
        let loops = self.loops(search);
        loops
            .into_iter()
            .any(|around| !self.outlives(haystack, around))
    }

    /// Whether a loop ends with the search, so that nobody knows how often it runs: `while name in taken`, `if name in known: break`.
    fn ends_with(&self, around: Loop<'a>, search: AnyNodeRef<'a>) -> bool {
        let decides = |test: &'a Expr| test.range().contains_range(search.range());
        let mut outer = self.tree.ancestors(search);
        let leaves_it = outer
            .find(|outer| outer.is_statement())
            .is_some_and(|stmt| match stmt {
                AnyNodeRef::StmtIf(branch) if decides(&branch.test) => {
                    // The innermost loop is the one that is left.
                    let innermost = self.tree.ancestors(branch).find(|outer| {
                        matches!(outer, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_))
                    });
                    let own = innermost
                        .is_some_and(|node| self.tree.id(node) == self.tree.id(around.node()));
                    match leaves(&branch.body) {
                        Some(Leaves::Function) => true,
                        Some(Leaves::Loop) => own,
                        _ => false,
                    }
                }
                _ => false,
            });
        leaves_it || matches!(around, Loop::While(stmt) if decides(&stmt.test))
    }

    /// Whether code is for debugging, or for items that have no hash, as the code or a comment says.
    fn is_off_the_path(&self, node: AnyNodeRef<'a>) -> bool {
        let said = function_around(&self.tree, node).is_some_and(|def| {
            let comments = self.comments().comments_in_range(def.range());
            comments
                .iter()
                .any(|comment| self.text(comment).contains("hashable"))
        });
        said || is_for_an_error(&self.tree, node)
            || self
                .tree
                .ancestors(node)
                .take_while(|outer| !outer.is_stmt_function_def())
                .any(|outer| match outer {
                    AnyNodeRef::StmtAssert(_) => true,
                    AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler
                        .type_
                        .as_deref()
                        .is_some_and(|caught| self.is(caught, "builtins.TypeError")),
                    _ => false,
                })
    }

    /// An argument of a call, with its keyword if it has one.
    fn passed(&self, argument: AnyNodeRef<'a>) -> TextRange {
        match self.tree.parent(argument) {
            Some(AnyNodeRef::Keyword(keyword)) => keyword.range(),
            _ => argument.range(),
        }
    }

    /// Whether an expression may have another value in each iteration of `around`: it reads what the loop binds or writes, or calls
    /// what is not known to be pure.
    pub fn varies(&self, expr: &'a Expr, around: Loop<'a>) -> bool {
        let written = |attribute: &'a ExprAttribute| {
            self.tree.descendants(around.node()).any(|node| {
                matches!(node, AnyNodeRef::ExprAttribute(other)
                    if other.attr.id == attribute.attr.id && !other.ctx.is_load() && around.repeats(other))
            })
        };
        // The targets of clauses to the left are as they were.
        let earlier = |node: AnyNodeRef<'a>| match around {
            Loop::Clause {
                comprehension,
                clause,
            } => comprehension_generators(comprehension).iter().any(|other| {
                other.start() < clause.start() && other.target.range().contains_range(node.range())
            }),
            _ => false,
        };
        self.purity(expr) == Purity::Impure
            || self.tree.descendants(expr).any(|node| match node {
                AnyNodeRef::ExprName(name) => self.symbol(name).is_some_and(|symbol| {
                    let mut bound = self.binding_nodes(symbol);
                    bound.any(|node| around.repeats(node) && !earlier(node))
                }),
                AnyNodeRef::ExprAttribute(attribute) => written(attribute),
                _ => false,
            })
    }

    /// Whether a container is made outside of a loop, and no iteration puts another one in its place.
    pub fn outlives(&self, place: &'a Expr, around: Loop<'a>) -> bool {
        match place {
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                self.bindings(symbol)
                    .zip(self.binding_nodes(symbol))
                    .all(|(binding, node)| {
                        matches!(binding, Binding::Augmented(_)) || !around.repeats(node)
                    })
            }),
            Expr::Attribute(attribute) => {
                let stays = !self.tree.descendants(around.node()).any(|node| {
                    matches!(node, AnyNodeRef::ExprAttribute(other)
                        if other.attr.id == attribute.attr.id && !other.ctx.is_load() && around.repeats(other))
                });
                stays && self.outlives(&attribute.value, around)
            }
            _ => false,
        }
    }

    /// The place where a list is made: the last one before `node`.
    pub fn made_before_node(&self, place: &'a Expr, node: impl Ranged) -> Option<TextRange> {
        match place {
            Expr::Name(name) => {
                let places = self.binding_nodes(self.symbol(name)?);
                let before = places.filter(|made| made.start() < node.start());
                before.last().map(|made| made.range())
            }
            Expr::Attribute(attribute) => {
                let class = self.class_of_self(attribute.value.as_name_expr()?)?;
                self.tree.descendants(class).find_map(|node| match node {
                    AnyNodeRef::ExprAttribute(other)
                        if other.attr.id == attribute.attr.id && other.ctx.is_store() =>
                    {
                        Some(other.range())
                    }
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// Where a loop adds to a list, takes from it or replaces its items; a generator runs inside of `items.extend(...)` around it.
    pub fn change_in(&self, place: &'a Expr, around: Loop<'a>) -> Option<TextRange> {
        let lazy = match around {
            Loop::Clause { comprehension, .. } if comprehension.is_expr_generator() => {
                self.tree.statement(comprehension).map(|stmt| stmt.range())
            }
            _ => None,
        };
        let inside = |range: TextRange| {
            around.repeats(range) || lazy.is_some_and(|stmt| stmt.contains_range(range))
        };
        let changes = |used: Use<'a>| match used {
            Use::Method(..) | Use::Item(_) | Use::Augmented(_) => self.may_mutate(used),
            _ => false,
        };
        match place {
            Expr::Name(name) => self
                .reads(self.symbol(name)?)
                .filter(|read| inside(read.range()))
                .find(|read| changes(self.usage(*read)))
                .map(Ranged::range),
            Expr::Attribute(attribute) => {
                let stmt = self.tree.statement(around.node())?;
                self.tree.descendants(stmt).find_map(|node| match node {
                    AnyNodeRef::ExprAttribute(other)
                        if other.attr.id == attribute.attr.id
                            && inside(other.range())
                            && changes(self.usage(other)) =>
                    {
                        Some(other.range())
                    }
                    _ => None,
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// What repeats the first membership test of a text.
    fn repeated(text: &str) -> Option<String> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let (compare, haystack) = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::ExprCompare(compare)
                if compare.ops.iter().any(|op| op.is_in() || op.is_not_in()) =>
            {
                Some((*compare, compare.comparators.first()?))
            }
            _ => None,
        })?;
        let found = facts.repeated_search(compare, haystack, &compare.left)?;
        Some(facts.text(found.header).to_string())
    }

    #[test]
    fn a_search_for_another_probe_each_time_is_repeated() {
        for (text, header) in [
            (
                "for x in xs:\n    if x in known:\n        print(x)\n",
                "for x in xs",
            ),
            (
                "for x in xs:\n    for y in ys:\n        print(x in known)\n",
                "for x in xs",
            ),
            ("[y for x in xs for y in x if y in known]\n", "for y in x"),
            (
                "sorted(xs, key=lambda x: x in known)\n",
                "key=lambda x: x in known",
            ),
        ] {
            let text = format!("known = make()\n{text}");
            assert_eq!(repeated(&text).as_deref(), Some(header), "{text}");
        }
    }

    #[test]
    fn searches_that_end_the_loop_or_hardly_count_are_not() {
        for text in [
            "for x in xs:\n    known = make(x)\n    print(x in known)\n",
            "for x in xs:\n    print(probe in known)\n",
            "for x in xs:\n    if x not in known:\n        raise KeyError(x)\n",
            "while probe in known:\n    probe = probe.next\n",
            "for x in xs:\n    assert x in known\n",
            "for x in ('a', 'b'):\n    print(x in known)\n",
            "for x in xs:\n    try:\n        add(x)\n    except TypeError:\n        print(x in known)\n",
            "for x in xs:\n    print(open(x).read() in known)\n",
        ] {
            let text = format!("known = make()\n{text}");
            assert_eq!(repeated(&text), None, "{text}");
        }
    }
}
