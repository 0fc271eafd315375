//! # Tensors that are made, and then made again in another type or place
//!
//! `torch.ones(n).bool()` fills a tensor with 32-bit floats, only to convert each of them into a second tensor. `torch.zeros(n).to(device)`
//! fills one on the host, and copies it to the device; the copy also waits until all that was queued there is done. All these functions
//! take `dtype=` and `device=`, and fill the right memory at once: twice as fast for a few numbers, 2 to 5 times for ten thousand and
//! more, on a CPU with PyTorch 1.12. What a device gains was not measured on one: the part of the host alone, against a device that costs
//! nothing, is twice the time for a thousand numbers and 50 times for a million. Where the device is the CPU, `.to(device)` does nothing,
//! and nothing is gained.
//!
//! ```python bad
//! import torch
//!
//!
//! def padding(lengths: list[int], width: int):
//!     masks = []
//!     for length in lengths:
//!         mask = torch.ones(width * 500).bool()
//!         mask[:length] = False
//!         masks += [mask]
//!     return [int(mask.sum()) for mask in masks]
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def padding(lengths: list[int], width: int):
//!     masks = []
//!     for length in lengths:
//!         mask = torch.ones(width * 500, dtype=torch.bool)
//!         mask[:length] = False
//!         masks += [mask]
//!     return [int(mask.sum()) for mask in masks]
//! ```
//!
//! ```python input
//! import torch
//! padding([i % 7 for i in range(n)], 20)
//! ```
//!
//! ```python bad
//! import torch
//!
//!
//! def positions(tokens: torch.Tensor):
//!     return torch.arange(2048).unsqueeze(0).to(tokens.device)
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def positions(tokens: torch.Tensor):
//!     return torch.arange(2048, device=tokens.device).unsqueeze(0)
//! ```
//!
//! ```python bad
//! import torch
//!
//!
//! def targets(labels: list[int]):
//!     return torch.tensor(labels).float().cuda()
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def targets(labels: list[int]):
//!     return torch.tensor(labels, dtype=torch.float, device="cuda")
//! ```
//!
//! What is that type already, whoever says both types, a list of numbers that goes to a device (it is read on the host either way), an
//! array whose memory is shared, what wants a gradient, numbers that depend on where they are drawn, what is made once, and `type_as`,
//! which code that is traced uses on purpose:
//!
//! ```python fine
//! import numpy as np
//! import torch
//!
//!
//! def parts(labels: list[int], scores: list[float], array: np.ndarray, generator, options, device):
//!     yield torch.zeros(100).float(), torch.arange(len(labels)).long(), torch.full((100,), 7).long()
//!     yield torch.arange(0, 100, 2, dtype=torch.int64).float()
//!     yield torch.tensor(labels).to(device), torch.tensor(scores).float()
//!     yield torch.from_numpy(array).float(), torch.tensor(array).float()
//!     yield torch.zeros(100, requires_grad=True).to(device)
//!     yield torch.zeros(100, device=device).to("cpu"), torch.zeros(100, **options).bool()
//!     yield torch.randn(100, generator=generator).to(device), torch.randn(100).half()
//!     yield torch.zeros(100).cpu(), torch.ones(4).bool(), torch.tensor(len(labels)).float()
//!     yield torch.arange(0, 100, 100 / len(labels)).int(), torch.arange(0, options["end"]).int()
//!     yield torch.full_like(array, 7).long(), torch.zeros_like(array).to(device)
//!     yield torch.full((100,), options["value"]).float(), torch.arange(options["end"]).type_as(array)
//!
//!
//! class Model:
//!     def __init__(self, size: int):
//!         self.steps = torch.arange(size).float()
//!
//!
//! TABLE = torch.arange(1000).float()
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Number, Operator, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Array, Runs, Type, function_around};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct TorchTensorMadeTwice;

/// Methods that look at the same memory in another shape.
const VIEWS: &[&str] = &[
    "expand",
    "permute",
    "reshape",
    "squeeze",
    "t",
    "transpose",
    "unsqueeze",
    "view",
];

/// The last of [`TYPES`] that has fractions.
const LAST_FLOAT: usize = 3;

/// More dimensions than anybody writes a list of.
const DEEPEST: usize = 4;

/// Up to about so many numbers, it is the calls that take time.
const SMALL: u64 = 30;

/// Types of numbers by the names that they have in the library, each by all its names.
const TYPES: &[&[&str]] = &[
    &["float", "float32"],
    &["double", "float64"],
    &["half", "float16"],
    &["bfloat16"],
    &["long", "int64"],
    &["int", "int32"],
    &["short", "int16"],
    &["int8"],
    &["uint8"],
    &["bool"],
];

impl Rule for TorchTensorMadeTwice {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "torch.arange",
        "torch.empty",
        "torch.empty_like",
        "torch.eye",
        "torch.full",
        "torch.full_like",
        "torch.ones",
        "torch.ones_like",
        "torch.tensor",
        "torch.zeros",
        "torch.zeros_like",
    ];
    const COST: Cost = Cost::Constant(
        "fills or converts twice as much memory: 2-5 times slower, and a copy to a device waits for it",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(made: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let changes = changes(made, cx);
        if changes.is_empty() || made.arguments.is_empty() || !takes_more(made) {
            return None;
        }
        let filled = Filled::of(made, cx)?;
        let mut asked = Asked {
            is_proven: filled.is_exact,
            ..Asked::default()
        };
        for change in changes {
            asked.add(change, &filled, made, cx)?;
        }
        let last = asked.steps.last()?;
        // What is read from a list is read on the host, whoever asks for the device.
        let is_host = filled.is_read || filled.is_alike;
        let pays = asked.converts && !filled.is_small || asked.moves && !is_host;
        if !pays || is_made_once(made, cx) {
            return None;
        }
        let name = cx.spelled(made);
        let (what, label) = match (asked.moves, asked.converts) {
            (true, false) => ("on the host, and then copied", "copies it to the device"),
            (false, true) => (
                "in one type, and then in another",
                "converts it into a new tensor",
            ),
            _ => ("twice", "makes a new tensor of it"),
        };
        let finding = Finding::new(
            TextRange::new(last.function.end(), last.call.end()),
            format!("what `{name}` gives is made {what}"),
        )
        .label(label)
        .because(made, "made here");
        let words: Vec<&str> = asked.words.iter().map(|(word, _)| *word).collect();
        let words = match words.as_slice() {
            [] => "the device or the type".to_owned(),
            words => format!("`{}=`", words.join("=` and `")),
        };
        Some(
            finding
                .help(format!("pass {words} to `{name}` itself"))
                .fix(asked.fix(made, cx)),
        )
    }
}

/// A call of a method that gives the tensor in another type or place.
struct Change<'a> {
    call: &'a ExprCall,
    /// What it is called on.
    function: &'a Expr,
    method: &'a str,
}

/// All changes of what a call makes, from the inside out.
fn changes<'a>(made: &'a ExprCall, cx: &Cx<'a>) -> Vec<Change<'a>> {
    let mut found = Vec::new();
    let mut inner = made;
    while let Some(AnyNodeRef::ExprAttribute(function)) = cx.tree.parent(inner)
        && let Some(AnyNodeRef::ExprCall(call)) = cx.tree.parent(function)
        && call.func.range() == function.range()
    {
        let method = function.attr.as_str();
        let changes = matches!(method, "to" | "cuda" | "type")
            || call.arguments.is_empty() && number_type(method).is_some();
        if changes {
            found.push(Change {
                call,
                function: &function.value,
                method,
            });
        } else if !VIEWS.contains(&method) {
            break;
        }
        inner = call;
    }
    found
}

/// What the call that makes a tensor fills it with.
struct Filled {
    /// The type of the numbers, as a position of [`TYPES`].
    of: Option<usize>,
    /// The same numbers come out where they are made in another type from the start.
    is_exact: bool,
    /// Read from values of Python: that happens on the host in any case.
    is_read: bool,
    /// Of the type and on the device of another tensor, whatever these are.
    is_alike: bool,
    /// Counted up from what it is given: rounded at each step where that is no whole number.
    counts: bool,
    is_small: bool,
    has_type: bool,
    has_device: bool,
}

impl Filled {
    fn of<'a>(made: &'a ExprCall, cx: &Cx<'a>) -> Option<Self> {
        let name = cx.name(&*made.func)?;
        let name = name.rsplit('.').next()?;
        let args = &made.arguments;
        let whole = |ty: &Type<'a>| match ty {
            Type::Int => number_type("long"),
            Type::Bool => number_type("bool"),
            Type::Float => number_type("float"),
            _ => None,
        };
        let (of, is_exact) = match name {
            "zeros" | "ones" | "empty" | "eye" => (number_type("float"), true),
            "full" | "full_like" => {
                let value = args.find_argument_value("fill_value", 1)?;
                let of = whole(&cx.ty(value));
                (of, of.is_some() && of != number_type("float"))
            }
            "arange" => {
                let named = (args.keywords.iter())
                    .filter(|end| matches!(end.arg.as_deref(), Some("start" | "end" | "step")));
                let ends = args.args.iter().chain(named.map(|end| &end.value));
                let is_whole = |end: &'a Expr| cx.ty(end) == Type::Int;
                let is_part = |end: &'a Expr| cx.ty(end) == Type::Float || divides(end);
                match (ends.clone().all(is_whole), ends.clone().any(is_part)) {
                    (true, _) => (number_type("long"), true),
                    (_, true) => (number_type("float"), false),
                    _ => (number_type("long"), false),
                }
            }
            "tensor" => {
                // Elements of elements; those of an array are arrays, without end.
                let mut ty = cx.ty(args.args.first()?).element();
                for _ in 0..DEEPEST {
                    if whole(&ty).is_none() {
                        ty = ty.element();
                    }
                }
                let of = whole(&ty).filter(|of| Some(*of) != number_type("float"))?;
                (Some(of), true)
            }
            _ => (None, true),
        };
        Some(Self {
            of,
            is_exact,
            is_read: name == "tensor",
            is_alike: name.ends_with("_like"),
            counts: name == "arange",
            is_small: match name {
                "tensor" => args.args.first().is_some_and(|data| cx.is_few(data)),
                "arange" => args
                    .args
                    .iter()
                    .all(|end| whole_number(end).is_some_and(|end| end <= SMALL)),
                "zeros" | "ones" | "empty" | "full" | "eye" => is_small(made),
                _ => false,
            },
            has_type: args.find_keyword("dtype").is_some(),
            has_device: args.find_keyword("device").is_some(),
        })
    }
}

/// Whether all sides are written down, for so few numbers that it is the calls that take time.
fn is_small(made: &ExprCall) -> bool {
    let sides = match &*made.arguments.args {
        [Expr::Tuple(sides), ..] => &*sides.elts,
        [Expr::List(sides), ..] => &*sides.elts,
        sides => sides,
    };
    let all = |all: u64, side: &Expr| all.checked_mul(whole_number(side)?);
    sides
        .iter()
        .try_fold(1, all)
        .is_some_and(|all| all <= SMALL)
}

/// Whether a number is the result of a division, or of sums and products of one.
fn divides(expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(op) => op.op == Operator::Div || divides(&op.left) || divides(&op.right),
        Expr::UnaryOp(unary) => divides(&unary.operand),
        _ => false,
    }
}

fn whole_number(expr: &Expr) -> Option<u64> {
    match &expr.as_number_literal_expr()?.value {
        Number::Int(int) => int.as_u64(),
        _ => None,
    }
}

/// Whether one more argument changes nothing but the type and the place of what is made.
fn takes_more(made: &ExprCall) -> bool {
    made.arguments.keywords.iter().all(|keyword| {
        let word = keyword.arg.as_deref();
        word.is_some_and(|word| {
            !matches!(word, "generator" | "out" | "pin_memory" | "requires_grad")
        })
    })
}

/// Whether it is made at import, or by what makes an object, once for all.
fn is_made_once<'a>(made: &'a ExprCall, cx: &Cx<'a>) -> bool {
    if cx.tree.is_looped(made) {
        return false;
    }
    let makes_object = |def: &StmtFunctionDef| matches!(def.name.as_str(), "__init__" | "__new__");
    cx.runs(made) != Runs::Often || function_around(&cx.tree, made).is_some_and(makes_object)
}

/// The position of a type in [`TYPES`], by its name.
fn number_type(name: &str) -> Option<usize> {
    TYPES.iter().position(|names| names.contains(&name))
}

/// What an argument of `.to` says.
enum Said {
    /// With whether it is certain.
    Device(bool),
    /// With the position in [`TYPES`], and whether it is certain to be a type.
    Type(Option<usize>, bool),
    /// The type and the device of another tensor.
    Tensor,
    Unknown,
}

fn said<'a>(argument: &'a Expr, cx: &Cx<'a>) -> Said {
    if let Some(name) = cx.name(argument)
        && let Some(last) = name.strip_prefix("torch.")
        && let Some(at) = number_type(last)
    {
        return Said::Type(Some(at), true);
    }
    let ty = cx.ty(argument).without_none();
    let is_device = |ty: &Type<'a>| match ty {
        Type::Str | Type::Int => true,
        Type::Instance(class) => class.name() == "torch.device",
        _ => false,
    };
    match &ty {
        Type::Instance(class) if class.name() == "torch.dtype" => return Said::Type(None, true),
        Type::Union(parts) if parts.iter().all(is_device) => return Said::Device(true),
        ty if is_device(ty) => return Said::Device(true),
        _ => {}
    }
    if cx.array(argument) == Some(Array::Tensor) {
        return Said::Tensor;
    }
    let word = match argument {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    match word {
        word if word.ends_with("device") => Said::Device(false),
        word if word.ends_with("dtype") => Said::Type(None, false),
        _ => Said::Unknown,
    }
}

/// What all changes of one tensor come to.
#[derive(Default)]
struct Asked<'a> {
    converts: bool,
    moves: bool,
    /// What the call that makes it could be told, with its text.
    words: Vec<(&'static str, String)>,
    /// The changes that could go.
    steps: Vec<Change<'a>>,
    /// Nothing is left that words cannot say.
    is_unclear: bool,
    /// The fix gives the same tensor.
    is_proven: bool,
}

impl<'a> Asked<'a> {
    /// `None` where the changes are not what they look like, or meant.
    fn add(
        &mut self,
        change: Change<'a>,
        filled: &Filled,
        made: &'a ExprCall,
        cx: &Cx<'a>,
    ) -> Option<()> {
        let library = match &*made.func {
            Expr::Attribute(function) => Some(cx.text(&*function.value)),
            _ => None,
        };
        let arguments = &change.call.arguments;
        let before = (self.words.len(), self.converts, self.moves, self.is_unclear);
        match change.method {
            "cuda" => match &*arguments.args {
                [] => self.device("\"cuda\"".to_owned(), filled)?,
                [device] => self.device(cx.text(device).to_owned(), filled)?,
                _ => return None,
            },
            "type" => match &*arguments.args {
                [ty] => match said(ty, cx) {
                    Said::Type(at, is_certain) => {
                        self.number_type(at, cx.text(ty).to_owned(), filled)?;
                        self.is_proven &= is_certain;
                    }
                    _ => return None,
                },
                _ => return None,
            },
            "to" => {
                for argument in &arguments.args {
                    self.say(argument, filled, cx)?;
                }
            }
            method => {
                let text = library.map(|library| format!("{library}.{method}"));
                self.is_unclear |= text.is_none();
                self.number_type(number_type(method), text.unwrap_or_default(), filled)?;
            }
        }
        for keyword in &arguments.keywords {
            match keyword.arg.as_deref()? {
                "device" => self.device(cx.text(&keyword.value).to_owned(), filled)?,
                "dtype" => {
                    let at = match said(&keyword.value, cx) {
                        Said::Type(at, _) => at,
                        _ => None,
                    };
                    self.number_type(at, cx.text(&keyword.value).to_owned(), filled)?;
                }
                "non_blocking" => {}
                _ => return None,
            }
        }
        // `zeros(n).float()` is the same tensor.
        if before != (self.words.len(), self.converts, self.moves, self.is_unclear) {
            self.steps.push(change);
        }
        Some(())
    }

    /// A positional argument of `.to`.
    fn say(&mut self, argument: &'a Expr, filled: &Filled, cx: &Cx<'a>) -> Option<()> {
        let text = || cx.text(argument).to_owned();
        match said(argument, cx) {
            Said::Device(is_certain) => {
                self.device(text(), filled)?;
                self.is_proven &= is_certain;
            }
            Said::Type(at, is_certain) => {
                self.number_type(at, text(), filled)?;
                self.is_proven &= is_certain;
            }
            Said::Tensor => self.like(argument, filled, cx)?,
            // `.to(device, True)`
            Said::Unknown if argument.is_boolean_literal_expr() => {}
            Said::Unknown => {
                if filled.has_device || filled.has_type || !self.words.is_empty() {
                    return None;
                }
                self.is_unclear = true;
                self.moves = true;
                self.converts = true;
            }
        }
        Some(())
    }

    fn device(&mut self, text: String, filled: &Filled) -> Option<()> {
        // Who names two devices has a reason.
        if filled.has_device || self.moves {
            return None;
        }
        if text.trim_matches(['"', '\'']) != "cpu" {
            self.moves = true;
            self.words.push(("device", text));
        }
        Some(())
    }

    fn number_type(&mut self, at: Option<usize>, text: String, filled: &Filled) -> Option<()> {
        if filled.has_type || self.converts {
            return None;
        }
        // Another tensor is of whatever type is asked for already, but for masks that are made of what they mask.
        if filled.is_alike && at != number_type("bool") {
            return None;
        }
        // Numbers that are cut when all are counted are others than those that are cut before.
        let is_float = |at: usize| at <= LAST_FLOAT;
        let is_whole = filled.is_exact || at.is_none() || at.is_some_and(is_float);
        if filled.counts && (filled.of == number_type("float") || !is_whole) {
            return None;
        }
        // `full(n, value)` is of the type of its value, which is one of these two as a rule.
        let may_be = |name| at.is_some() && at == number_type(name);
        let is_open = filled.of.is_none() && !filled.is_alike;
        if is_open && (may_be("float") || may_be("long")) {
            return Some(());
        }
        if at.is_none() || at != filled.of {
            self.converts = true;
            self.words.push(("dtype", text));
        }
        Some(())
    }

    /// The type and the device of another tensor.
    fn like(&mut self, other: &'a Expr, filled: &Filled, cx: &Cx<'a>) -> Option<()> {
        let text = cx.text(other);
        self.number_type(None, format!("{text}.dtype"), filled)?;
        self.device(format!("{text}.device"), filled)?;
        let is_tensor = cx.array(other) == Some(Array::Tensor);
        self.is_proven &= is_tensor;
        self.is_unclear |= !other.is_name_expr() && !other.is_attribute_expr();
        Some(())
    }

    fn fix(&self, made: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
        if self.is_unclear || self.words.is_empty() {
            return None;
        }
        let positional = made.arguments.args.last();
        let positional = positional.map(|last| cx.parenthesized(last).end());
        let named = made.arguments.keywords.last().map(Ranged::end);
        let words: String = (self.words.iter())
            .map(|(word, text)| format!(", {word}={text}"))
            .collect();
        let mut edits = vec![Edit::insert(positional.max(named)?, words)];
        let deleted = self.steps.iter().map(|step| {
            let from = cx.parenthesized(step.function).end();
            Edit::delete(TextRange::new(from, step.call.end()))
        });
        edits.extend(deleted);
        let fix = Fix::safe("Make it so at once", edits);
        Some(match self.is_proven {
            true => fix,
            false => fix.unsafe_because(
                "numbers may be rounded once instead of twice, and what is passed on has to be what its name says",
            ),
        })
    }
}
