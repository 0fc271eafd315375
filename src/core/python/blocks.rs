//! Lists of statements: which list a statement stands in, and whether control leaves it.

use ruff_python_ast::{self as ast, AnyNodeRef, Stmt};
use ruff_text_size::Ranged;

use super::tree::Tree;

/// The statements in whose list `stmt` stands.
pub fn siblings<'a>(tree: &Tree<'a>, stmt: AnyNodeRef<'a>) -> &'a [Stmt] {
    let Some(parent) = tree.parent(stmt) else {
        return &[];
    };
    let at = stmt.start();
    let holds = |body: &&'a [Stmt]| {
        body.first().is_some_and(|first| first.start() <= at)
            && body.last().is_some_and(|last| at < last.end())
    };
    bodies(parent).into_iter().find(holds).unwrap_or_default()
}

/// The lists of statements directly below a node; those that it does not have are empty.
pub fn bodies(node: AnyNodeRef<'_>) -> [&[Stmt]; 3] {
    match node {
        AnyNodeRef::ModModule(module) => [&module.body, &[], &[]],
        AnyNodeRef::StmtFunctionDef(def) => [&def.body, &[], &[]],
        AnyNodeRef::StmtClassDef(def) => [&def.body, &[], &[]],
        AnyNodeRef::StmtFor(stmt) => [&stmt.body, &stmt.orelse, &[]],
        AnyNodeRef::StmtWhile(stmt) => [&stmt.body, &stmt.orelse, &[]],
        AnyNodeRef::StmtIf(stmt) => [&stmt.body, &[], &[]],
        AnyNodeRef::ElifElseClause(clause) => [&clause.body, &[], &[]],
        AnyNodeRef::StmtWith(stmt) => [&stmt.body, &[], &[]],
        AnyNodeRef::StmtTry(stmt) => [&stmt.body, &stmt.orelse, &stmt.finalbody],
        AnyNodeRef::ExceptHandlerExceptHandler(handler) => [&handler.body, &[], &[]],
        AnyNodeRef::MatchCase(case) => [&case.body, &[], &[]],
        _ => [&[]; 3],
    }
}

/// How control leaves a list of statements for certain, at its own level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaves {
    /// `continue`: on with the next iteration.
    Iteration,
    /// `break`: out of the innermost loop.
    Loop,
    /// `return` or `raise`: out of the function.
    Function,
}

/// Whether and how control leaves for certain somewhere in `body`, counted from its first statement.
pub fn leaves(body: &[Stmt]) -> Option<Leaves> {
    body.iter().find_map(|stmt| match stmt {
        Stmt::Continue(_) => Some(Leaves::Iteration),
        Stmt::Break(_) => Some(Leaves::Loop),
        Stmt::Return(_) | Stmt::Raise(_) => Some(Leaves::Function),
        Stmt::With(with) => leaves(&with.body),
        Stmt::If(branch) => {
            let has_else = branch
                .elif_else_clauses
                .last()
                .is_some_and(|clause| clause.test.is_none());
            let bodies = branch
                .elif_else_clauses
                .iter()
                .map(|clause| leaves(&clause.body));
            let weakest = std::iter::once(leaves(&branch.body)).chain(bodies).min()?;
            weakest.filter(|_| has_else)
        }
        _ => None,
    })
}

/// The `if` in different branches of which two nodes stand: a run goes through one of them.
pub(super) fn parted_by<'a>(
    tree: &Tree<'a>,
    one: AnyNodeRef<'a>,
    other: AnyNodeRef<'a>,
) -> Option<&'a ast::StmtIf> {
    let mut outer = tree.ancestors(one);
    let common = outer.find(|outer| outer.range().contains_range(other.range()));
    let Some(AnyNodeRef::StmtIf(stmt)) = common else {
        return None;
    };
    let branch = |node: AnyNodeRef<'a>| {
        let clauses = stmt.elif_else_clauses.iter().map(|clause| &*clause.body);
        std::iter::once(&*stmt.body)
            .chain(clauses)
            .position(|body| (body.iter()).any(|stmt| stmt.range().contains_range(node.range())))
    };
    (branch(one)? != branch(other)?).then_some(stmt)
}

/// Whether what a node computes is wanted for an exception that is raised right away: nobody waits for that.
pub fn is_for_an_error<'a>(tree: &Tree<'a>, node: impl Into<AnyNodeRef<'a>>) -> bool {
    let Some(stmt) = tree.statement(node) else {
        return false;
    };
    let rest = siblings(tree, stmt).iter();
    let mut rest = rest.skip_while(|other| other.start() < stmt.start());
    rest.any(Stmt::is_raise_stmt)
}

/// The function around a node, if any.
pub fn function_around<'a>(
    tree: &Tree<'a>,
    node: impl Into<AnyNodeRef<'a>>,
) -> Option<&'a ast::StmtFunctionDef> {
    tree.ancestors(node).find_map(|node| match node {
        AnyNodeRef::StmtFunctionDef(def) => Some(def),
        _ => None,
    })
}
