//! Calls that stop the event loop: what the rules on them have in common.

use ruff_python_ast::{AnyNodeRef, ExprCall};
use ruff_text_size::Ranged;

use super::{Cx, Edit, Finding, Fix};
use crate::python::{Blocks, Does, Entry, function_around};

/// What other linters call the same.
const SAME_ELSEWHERE: &[&str] = &[
    "ASYNC210", "ASYNC212", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC240", "ASYNC250",
    "ASYNC251",
];

impl<'a> Cx<'a> {
    /// A finding on a call in an `async def` that makes the thread wait, as far as libraries are known; `until` says for what.
    pub fn stops_the_loop(
        &self,
        call: &'a ExprCall,
        entry: &'static Entry,
        until: &str,
    ) -> Option<Finding> {
        let around = function_around(&self.tree, call)?;
        // What is awaited is something else than was thought; what is offloaded runs elsewhere; and nobody else waits at the start.
        if matches!(self.tree.parent(call), Some(AnyNodeRef::ExprAwait(_)))
            || self.is_offloaded(call)
            || self.is_waived(call.range(), SAME_ELSEWHERE)
            || self.is_command(around)
            || self.is_start_hook(around)
            || self.is_before_others(call)
            || self.is_in_test(call)
            || entry.blocks(Blocks::Input)
                && (self.is_dialogue(around) || self.is_main_coroutine(around))
            || self.runs_apart(around)
        {
            return None;
        }
        let message = format!(
            "`{}` stops the whole event loop {until}",
            self.spelled(call)
        );
        let finding = Finding::new(call, message)
            .label("no other task runs meanwhile")
            .because(&around.name, "runs on the event loop");
        Some(match entry.awaited {
            "" => finding,
            awaited => finding.help(format!("await something that does not block: {awaited}")),
        })
    }

    /// What is called, as it is written, on one line.
    pub fn spelled(&self, call: &'a ExprCall) -> String {
        let text = self.text(&*call.func);
        match text.contains('\n') || text.len() > 60 {
            // A long chain: its last link.
            true => match &*call.func {
                ruff_python_ast::Expr::Attribute(method) => format!("….{}", method.attr),
                _ => text.lines().next().unwrap_or_default().to_owned(),
            },
            false => text.to_owned(),
        }
    }

    /// Whether a call is an argument of one that runs it, or what it gives, in another thread.
    fn is_offloaded(&self, call: &'a ExprCall) -> bool {
        self.tree
            .ancestors(call)
            .take_while(|outer| !outer.is_statement())
            .any(|outer| match outer {
                AnyNodeRef::ExprCall(outer) => self
                    .knows(outer)
                    .is_some_and(|entry| entry.does(Does::Offloads)),
                _ => false,
            })
    }

    /// Runs a call in a thread: `f(x)` as `await asyncio.to_thread(f, x)`. Only where the file works with asyncio already.
    pub fn to_thread(&self, call: &'a ExprCall) -> Option<Fix> {
        let import = self.import(call, "asyncio", "to_thread")?;
        let in_generator = self
            .tree
            .ancestors(call)
            .take_while(|outer| !outer.is_statement())
            .any(|outer| outer.is_expr_generator());
        // A generator expression with `await` in it is another kind of generator.
        if import.insertion.is_some() || in_generator {
            return None;
        }
        let arguments = self.text(&call.arguments);
        let inner = arguments.strip_prefix('(')?;
        let callee = self.text(&*call.func);
        let comma = match call.arguments.is_empty() {
            true => "",
            false => ", ",
        };
        let text = format!("await {}({callee}{comma}{inner}", import.expression);
        let alone = matches!(
            self.tree.parent(call)?,
            AnyNodeRef::StmtExpr(_)
                | AnyNodeRef::StmtAssign(_)
                | AnyNodeRef::StmtAnnAssign(_)
                | AnyNodeRef::StmtReturn(_)
                | AnyNodeRef::Arguments(_)
                | AnyNodeRef::Keyword(_)
        );
        let text = if alone { text } else { format!("({text})") };
        Some(Fix::unsafe_(
            format!("Run it in a thread with `{}`", import.expression),
            "other tasks run meanwhile, and what it touches must bear being used from another thread",
            vec![Edit::replace(call, text)],
        ))
    }
}
