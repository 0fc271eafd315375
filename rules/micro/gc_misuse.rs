//! # `gc.collect()` in every iteration
//!
//! `gc.collect()` looks at every container that the program holds: 10 to 500 ms in a large one, and nearly all of it is still in use. The
//! collector runs by itself when enough was allocated. In a loop the program spends its time there. Those who call it mean to save
//! memory, as a rule: whether it does is for you to say.
//!
//! ```python bad
//! import gc
//!
//!
//! def sizes(paths):
//!     for path in paths:
//!         yield len(path)
//!         gc.collect()
//! ```
//!
//! ```python good
//! def sizes(paths):
//!     for path in paths:
//!         yield len(path)
//! ```
//!
//! ```python input
//! list(sizes(["a"] * min(n, 30)))
//! ```
//!
//! Once, now and then, behind something large that was let go of, and between measurements:
//!
//! ```python fine
//! import gc
//! import time
//!
//!
//! def run(batches, work, make):
//!     for i, batch in enumerate(batches):
//!         work(batch)
//!         if i % 1000 == 0:
//!             gc.collect()
//!     gc.collect()
//!     for batch in batches:
//!         model = make(batch)
//!         work(model)
//!         del model
//!         gc.collect()
//!     for i in range(len(batches)):
//!         work(batches[i])
//!         batches[i] = None
//!         gc.collect()
//!     while True:
//!         time.sleep(60)
//!         gc.collect()
//!
//!
//! def benchmark(functions):
//!     for function in functions:
//!         gc.collect()
//!         start = time.perf_counter()
//!         function()
//!         print(time.perf_counter() - start)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};

pub struct GcMisuse;

impl Rule for GcMisuse {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["gc.collect"];
    const COST: Cost = Cost::Debatable("10 to 500 ms in every iteration of a large program");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(call)?;
        // A young generation is cheap.
        if !call.arguments.is_empty() || !cx.is_always_reached(call, around) || cx.waits_in(around)
        {
            return None;
        }
        // Something large was let go of, or time or memory is measured.
        let on_purpose = cx.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::StmtDelete(_) => true,
            // `inputs[k] = None`: the place stays, what was in it goes.
            AnyNodeRef::StmtAssign(stmt) => {
                stmt.value.is_literal_expr() && !stmt.targets.iter().all(Expr::is_name_expr)
            }
            AnyNodeRef::ExprCall(other) => cx.name(&*other.func).is_some_and(|name| {
                name.starts_with("time.")
                    || name.starts_with("tracemalloc.")
                    || name.starts_with("gc.get_")
                    || name.ends_with("empty_cache")
            }),
            _ => false,
        });
        // What it found is looked at.
        let alone = matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)));
        if on_purpose || !alone || cx.is_in_test(call) {
            return None;
        }
        Some(
            Finding::new(
                call,
                "`gc.collect()` looks at every container of the program, in every iteration",
            )
            .label("10 to 500 ms in a large program")
            .because(around.header(), "in every iteration of this loop")
            .help("leave it to the collector, or call it once behind the loop"),
        )
    }
}
