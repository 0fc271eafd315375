//! Pools of threads and of processes: what an expression that holds one hands work to.

use ruff_python_ast::{self as ast, Expr};

use super::facts::Facts;
use super::symbols::Binding;

/// What runs the work that a pool is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// Threads of this process, which share one interpreter lock.
    Threads,
    /// `concurrent.futures.ProcessPoolExecutor`
    Processes,
    /// `multiprocessing.Pool`, which has a `starmap`.
    Multiprocessing,
}

impl<'a> Facts<'a> {
    /// The pool that an expression certainly holds: by its type, or by the `with` that opened it.
    pub fn pool(&self, expr: &'a Expr) -> Option<Pool> {
        if let Some(class) = self.ty(expr).class_name() {
            return pool_of_class(&class);
        }
        let symbol = self.symbol(expr.as_name_expr()?)?;
        let Binding::With(item, false) = self.only_binding(symbol)? else {
            return None;
        };
        self.new_pool(item.context_expr.as_call_expr()?)
    }

    /// The pool that a call makes.
    pub fn new_pool(&self, call: &'a ast::ExprCall) -> Option<Pool> {
        pool_of_class(&self.name(&*call.func)?)
    }
}

fn pool_of_class(class: &str) -> Option<Pool> {
    match class {
        "concurrent.futures.ThreadPoolExecutor"
        | "concurrent.futures.thread.ThreadPoolExecutor"
        | "multiprocessing.pool.ThreadPool"
        | "multiprocessing.dummy.Pool" => Some(Pool::Threads),
        "concurrent.futures.ProcessPoolExecutor"
        | "concurrent.futures.process.ProcessPoolExecutor" => Some(Pool::Processes),
        "multiprocessing.Pool" | "multiprocessing.pool.Pool" => Some(Pool::Multiprocessing),
        _ => None,
    }
}
