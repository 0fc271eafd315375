//! Builtin containers that can be changed in place, and what changes which of them.

use ruff_python_ast::{AnyNodeRef, Operator};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::types::Type;
use super::uses::Use;

/// Some of the builtin containers that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Containers(u8);

impl Containers {
    pub const NONE: Self = Self(0);
    pub const LIST: Self = Self(1);
    pub const DICT: Self = Self(2);
    pub const SET: Self = Self(4);
    pub const DEQUE: Self = Self(8);
    const ALL: Self = Self(15);

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it has one of the others.
    #[must_use]
    pub const fn any_of(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The container that a type certainly is.
    #[must_use]
    pub fn of(ty: &Type<'_>) -> Self {
        match ty {
            Type::List(_) => Self::LIST,
            Type::Dict(..) => Self::DICT,
            Type::Set(_) => Self::SET,
            Type::Deque(_) => Self::DEQUE,
            _ => Self::NONE,
        }
    }

    /// Those that something may be of which so much is known.
    pub(super) fn possible(ty: &Type<'_>) -> Self {
        match ty {
            // Classes as well: an annotation may name a protocol that all of them have.
            Type::Unknown | Type::Union(_) | Type::Instance(_) | Type::Local(_) => Self::ALL,
            ty => Self::of(ty),
        }
    }

    /// Those that have a method of that name which changes them.
    fn with_method(name: &str) -> Self {
        match name {
            "sort" => Self::LIST,
            "append" | "extend" | "insert" | "reverse" => Self::LIST.or(Self::DEQUE),
            "remove" => Self::LIST.or(Self::SET).or(Self::DEQUE),
            "pop" | "clear" => Self::ALL,
            "popitem" | "setdefault" => Self::DICT,
            "update" => Self::DICT.or(Self::SET),
            "add"
            | "discard"
            | "difference_update"
            | "intersection_update"
            | "symmetric_difference_update" => Self::SET,
            "appendleft" | "extendleft" | "popleft" | "rotate" => Self::DEQUE,
            _ => Self::NONE,
        }
    }

    /// Those that an operator with `=` behind changes: others get a new object, or an error.
    fn with_operator(op: Operator) -> Self {
        match op {
            Operator::Add | Operator::Mult => Self::LIST.or(Self::DEQUE),
            Operator::BitOr => Self::DICT.or(Self::SET),
            Operator::BitAnd | Operator::BitXor | Operator::Sub => Self::SET,
            _ => Self::NONE,
        }
    }
}

/// Functions of the standard library that change the list that they are given first.
const CHANGERS: &[&str] = &[
    "bisect.insort",
    "bisect.insort_left",
    "bisect.insort_right",
    "heapq.heapify",
    "heapq.heappop",
    "heapq.heappush",
    "heapq.heappushpop",
    "heapq.heapreplace",
    "random.shuffle",
];

impl<'a> Facts<'a> {
    /// The containers that the use of a name, an attribute, an item or a call changes if it gives one of them. What a function of the
    /// project does with its argument is another question: [`Self::changes_argument`].
    pub fn changed_by(&self, node: impl Into<AnyNodeRef<'a>>) -> Containers {
        let node = node.into();
        match self.usage(node) {
            Use::Method(method, _) => Containers::with_method(method),
            Use::Item(item) if !item.ctx.is_load() => {
                Containers::LIST.or(Containers::DICT).or(Containers::DEQUE)
            }
            Use::Augmented(stmt) => Containers::with_operator(stmt.op),
            Use::Argument(call) => {
                let first = call.arguments.args.first();
                let is_changed = first.is_some_and(|first| first.range() == node.range())
                    && CHANGERS.iter().any(|name| self.is(&*call.func, name));
                match is_changed {
                    true => Containers::LIST,
                    false => Containers::NONE,
                }
            }
            _ => Containers::NONE,
        }
    }
}
