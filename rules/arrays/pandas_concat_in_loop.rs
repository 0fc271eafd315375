//! # Frames that are copied each time they grow
//!
//! `df = pd.concat([df, part])` copies all rows that are there into a new frame: O(n²) for the loop, as do `df.append(row)` of pandas 1
//! and `df.loc[len(df)] = row`. A list takes the parts for nothing, and one `pd.concat` joins them: 4 to 5 times faster for 100 parts
//! of ten rows and for 1,000, and for rows one by one 140 to 175 times faster with 100 of them, on pandas 2 and 3.
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def loaded(chunks):
//!     table = pd.DataFrame({"price": []}, dtype="int64")
//!     for chunk in chunks:
//!         table = pd.concat([table, chunk], ignore_index=True)
//!     return table["price"].tolist()
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def loaded(chunks):
//!     parts = [pd.DataFrame({"price": []}, dtype="int64")]
//!     parts.extend(chunks)
//!     table = pd.concat(parts, ignore_index=True)
//!     return table["price"].tolist()
//! ```
//!
//! ```python input
//! import pandas as pd
//! chunks = [pd.DataFrame({"price": range(i, i + 10)}) for i in range(n)]
//! loaded(chunks)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def measured(readings):
//!     table = pd.DataFrame({"time": [], "value": []}, dtype="int64")
//!     for time, value in readings:
//!         table.loc[len(table)] = [time, value]
//!     return table["value"].tolist()
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def measured(readings):
//!     rows = [(time, value) for time, value in readings]
//!     table = pd.DataFrame(rows, columns=["time", "value"])
//!     return table["value"].tolist()
//! ```
//!
//! ```python input
//! readings = [(i, i) for i in range(n)]
//! measured(readings)
//! ```
//!
//! The empty frame that the loop began with may give the result its column types; with one `pd.concat` the parts alone decide.
//!
//! A frame that is new in each iteration, one that the loop works with as it grows, and a window of the last rows:
//!
//! ```python fine
//! import pandas as pd
//!
//!
//! def reports(groups: dict, model, stream):
//!     for name, parts in groups.items():
//!         table = pd.concat([parts[0], parts[1]])
//!         table = pd.concat([table, parts[2]])
//!         yield name, table
//!     seen = pd.DataFrame()
//!     for part in stream:
//!         seen = pd.concat([seen, part])
//!         model.fit(seen)
//!     window = pd.DataFrame()
//!     for part in stream:
//!         window = pd.concat([window, part]).tail(100)
//!     wide = pd.DataFrame()
//!     for suffix in ("a", "b", "c"):
//!         wide = pd.concat([wide, groups[suffix]], axis=1)
//!     return window, wide
//! ```

use hotlint_core::lint::{Accumulating, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Accumulation, Shape};

pub struct PandasConcatInLoop;

impl Rule for PandasConcatInLoop {
    type On = Accumulating;
    const COST: Cost =
        Cost::Factor("O(n²) -> O(n): 5 times slower with a thousand parts, 200 times row by row");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_frames()
    }

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if found.shape != Shape::Joined("pandas")
            || cx.stays_short(&found)
            || !cx.is_only_gathered(&found)
            || cx.grew_before(&found, |other| other.shape == found.shape)
        {
            return None;
        }
        let name = cx.text(found.target);
        let help = if found.value.is_call_expr() {
            "append the parts to a list in the loop, and join them once after it with `pd.concat`"
        } else {
            "append the rows to a list in the loop, and make the frame of it once"
        };
        let cost = match found.value.is_call_expr() {
            true => "O(n²) -> O(n): 5 times slower with a thousand parts of ten rows",
            false => "O(n²) -> O(n): 150 times slower for 100 rows",
        };
        Some(
            Finding::new(
                found.stmt,
                format!("all rows of `{name}` are copied each time some are added"),
            )
            .label("copies the whole frame")
            .cost(cost)
            .because(found.around.header(), "in every iteration")
            .sized(
                cx.rounds_of(found.target, found.stmt)
                    .or(|| cx.array_size(found.value)),
                name,
            )
            .help(help),
        )
    }
}
