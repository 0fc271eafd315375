//! Look-ups of an ORM for one row after the other: who has the keys or the objects of rows has many, as a rule.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, UnaryOp};
use ruff_text_size::Ranged;

use super::{Sight, Size, picks};
use crate::python::facts::Facts;
use crate::python::libraries::Does;
use crate::python::loops::Loop;
use crate::python::uses::Use;

impl<'a> Facts<'a> {
    /// How often a look-up of an ORM is made in a loop: seen where it asks by a key that comes with the item, `get(pk=pk)`, or for what
    /// belongs to the item, an object, `filter(order=order)`, and what it gives is only gathered; and where the loop is seen to be long.
    /// What is looked up by a name or a code stands in a configuration as often as not.
    pub fn look_ups(&self, call: &'a ast::ExprCall, around: Loop<'a>) -> Size {
        self.rounds_of_all(call, around).or(|| {
            self.sighted(|_| {
                let mut nodes = self.tree.descendants(call);
                let by_row = nodes.find_map(|node| match node {
                    AnyNodeRef::Keyword(keyword) if self.asks_by_row(keyword, around) => {
                        Some(keyword)
                    }
                    _ => None,
                })?;
                let is_few = !self.only_gathers(call, around)
                    || goes_over_a_table(around)
                    || goes_over_parts(around)
                    || around
                        .iter()
                        .is_some_and(|items| self.is_of_a_record(items))
                    || self.is_for_a_few(call, around)
                    || self.is_of_a_page(around)
                    || self.is_typed(around)
                    || self.asks_several_tables(call, around);
                (!is_few).then(|| Sight::evidence(by_row, "row that is looked up"))
            })
        })
    }

    /// `pk=pk`, `order=order`, `order_id=order.pk`
    fn asks_by_row(&self, keyword: &'a ast::Keyword, around: Loop<'a>) -> bool {
        let Some(name) = keyword.arg.as_deref() else {
            return false;
        };
        match &keyword.value {
            Expr::Attribute(key) => {
                matches!(key.attr.as_str(), "pk" | "id") && self.names_bound_in(key, around)
            }
            value if matches!(name, "pk" | "id") => self.names_bound_in(value, around),
            Expr::Name(item) => self.is_object_of(item, around),
            _ => false,
        }
    }

    /// Whether a name is an object that the loop goes over: something is read from it, which texts do not have.
    fn is_object_of(&self, item: &'a ast::ExprName, around: Loop<'a>) -> bool {
        let Some((symbol, target)) = self.symbol(item).zip(around.target()) else {
            return false;
        };
        self.binds(target, symbol) && self.is_an_object(item)
    }

    /// Whether a test tells what is there no longer, as another than the database says: `not os.path.exists(path)`.
    fn is_gone(&self, test: &'a Expr) -> bool {
        let Expr::UnaryOp(not) = test else {
            return false;
        };
        let Expr::Call(call) = &*not.operand else {
            return false;
        };
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(method) => method.attr.as_str(),
            _ => return false,
        };
        not.op == UnaryOp::Not
            && name.rsplit('_').next() == Some("exists")
            && !call.arguments.is_empty()
            && self
                .knows(call)
                .is_none_or(|entry| !entry.does(Does::Queries))
    }

    fn matches_a_pattern(&self, test: &'a Expr) -> bool {
        let test = test.as_call_expr();
        test.is_some_and(|test| {
            ["re.fullmatch", "re.match", "re.search"]
                .iter()
                .any(|name| self.is(&*test.func, name))
        })
    }

    /// Whether a loop goes over the forms of a page or the files that come with one, or makes some: no more than somebody fills in.
    fn is_of_a_page(&self, around: Loop<'a>) -> bool {
        let goes_over_forms = match around.iter() {
            Some(Expr::Name(name)) => names_forms(&name.id),
            Some(Expr::Attribute(part)) => names_forms(&part.attr),
            _ => false,
        };
        goes_over_forms
            || self.tree.descendants(around.node()).any(|node| match node {
                AnyNodeRef::ExprAttribute(read) => match read.attr.as_str() {
                    "cleaned_data" => self.names_bound_in(&*read.value, around),
                    "objects" => names_an_upload(self.text(&*read.value)),
                    _ => false,
                },
                AnyNodeRef::ExprCall(call) => {
                    self.is_class(&call.func)
                        && (self.name(&*call.func))
                            .is_some_and(|name| name.ends_with("Form") || names_an_upload(&name))
                }
                _ => false,
            })
    }

    /// Whether the items are texts that somebody typed, or matches in one: the loop takes white space off them, looks whether they are
    /// numbers, or reads groups of a pattern.
    fn is_typed(&self, around: Loop<'a>) -> bool {
        let item = around.target().and_then(Expr::as_name_expr);
        let symbol = item.and_then(|name| self.symbol(name));
        symbol.is_some_and(|symbol| {
            self.reads(symbol).any(|read| {
                around.repeats(read)
                    && matches!(
                        self.usage(read),
                        Use::Method(
                            "strip" | "isdecimal" | "isdigit" | "isnumeric" | "group" | "groups",
                            _
                        )
                    )
            })
        })
    }

    /// Whether the item decides in which table a row is looked up: `get(content_type=x.content_type, object_id=x.pk)`.
    fn asks_several_tables(&self, call: &'a ast::ExprCall, around: Loop<'a>) -> bool {
        call.arguments.keywords.iter().any(|keyword| {
            let names_table = (keyword.arg.as_deref())
                .is_some_and(|name| matches!(name, "content_type" | "content_type_id"));
            names_table && self.names_bound_in(&keyword.value, around)
        })
    }

    /// Whether a call is made for one item in many, by a test of the item, or for those that are no objects yet: `if kind == "card":`,
    /// `if re.match(pattern, name):`, `if not exists(path):`, `if not isinstance(file, File):`.
    pub fn is_for_a_few(&self, call: &'a ast::ExprCall, around: Loop<'a>) -> bool {
        let tests_class = |test: &'a Expr| {
            self.tree.descendants(test).any(|node| {
                matches!(node, AnyNodeRef::ExprCall(call) if self.is(&*call.func, "builtins.isinstance"))
            })
        };
        self.ancestors_within(call, around)
            .any(|outer| match outer {
                AnyNodeRef::StmtIf(branch) => {
                    tests_class(&branch.test)
                        || (picks(&branch.test)
                            || self.matches_a_pattern(&branch.test)
                            || self.is_gone(&branch.test))
                            && self.names_bound_in(&*branch.test, around)
                            && (branch.body.iter())
                                .any(|stmt| stmt.range().contains_range(call.range()))
                }
                _ => false,
            })
    }
}

/// Whether a loop goes over what belongs to one object, `disk.volumes.all()`.
fn goes_over_parts(around: Loop<'_>) -> bool {
    let iter = around.iter().and_then(Expr::as_call_expr);
    let all = iter.and_then(|call| call.func.as_attribute_expr());
    all.is_some_and(|all| {
        all.attr.as_str() == "all"
            && matches!(&*all.value, Expr::Attribute(parts) if !parts.attr.ends_with("objects"))
    })
}

/// Whether the last part of a name is a class of what somebody uploads: `UploadedFile`.
fn names_an_upload(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.contains("Upload")
}

/// Whether a name is one of the forms of a page, or of what can be filled in there: `self.formset_forms`, `form_ids`.
fn names_forms(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split('_');
    words.any(|word| matches!(word, "form" | "forms" | "formset")) || name.ends_with("fields")
}

/// Whether a loop goes over what a mapping holds, `sites.items()`: by what it was grouped, there are as many as groups.
fn goes_over_a_table(around: Loop<'_>) -> bool {
    let iter = around.iter().and_then(Expr::as_call_expr);
    iter.is_some_and(|call| {
        call.arguments.is_empty()
            && matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "items" | "keys" | "values"))
    })
}

#[cfg(test)]
mod tests {
    use crate::python::{Facts, Source, Versions, parse};
    use ruff_python_ast::AnyNodeRef;

    /// Whether the first call of `get` in a loop over `xs` is seen to be made often.
    fn seen(body: &str) -> Option<bool> {
        seen_in(&format!("for x in xs:\n{body}"))
    }

    fn seen_in(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut nodes = facts.tree.nodes().iter();
        nodes.find_map(|node| match node {
            AnyNodeRef::ExprCall(call)
                if facts.text(&*call.func).ends_with(".get")
                    && facts.text(*call).contains("objects") =>
            {
                let around = facts.in_loop(*call)?;
                Some(facts.look_ups(call, around).is_seen())
            }
            _ => None,
        })
    }

    #[test]
    fn keys_and_objects_are_of_rows() {
        for body in [
            "    Book.objects.get(pk=x)\n",
            "    key = x.key\n    Book.objects.get(pk=key)\n",
            "    Book.objects.filter(author_id=x.pk).get()\n",
            "    if not x.pages.exists():\n        Book.objects.get(pk=x)\n",
            "    if scope is None:\n        Book.objects.get(pk=x)\n",
            "    Book.objects.get(author=x)\n    print(x.age)\n",
        ] {
            assert_eq!(seen(body), Some(true), "{body}");
        }
    }

    #[test]
    fn names_and_one_in_many_are_not() {
        for body in [
            "    Book.objects.get(name=x)\n",
            "    Book.objects.get(name=x)\n    print(x.lower())\n",
            "    Book.objects.get(pk=1, name=x)\n",
            "    if x['kind'] == 'book':\n        Book.objects.get(pk=x['id'])\n",
            "    if 'books' in x:\n        Book.objects.get(pk=x['id'])\n",
            "    if not pid_exists(x):\n        Book.objects.get(pk=x)\n",
            "    if not isinstance(x, Book):\n        Book.objects.get(pk=x)\n",
            "    Book.objects.get(pk=x.cleaned_data['book'])\n",
            "    x = x.strip()\n    Book.objects.get(pk=x)\n",
            "    if x.isdigit():\n        Book.objects.get(pk=int(x))\n",
            "    Book.objects.get(pk=x.group(1))\n",
            "    Upload.objects.get(pk=x)\n",
            "    Note.objects.get(content_type=type_of(x), object_id=x.pk)\n",
        ] {
            assert_eq!(seen(body), Some(false), "{body}");
        }
        let made = "from forms import BookForm\nfor x in xs:\n    shown.append(BookForm(instance=Book.objects.get(pk=x)))\n";
        assert_eq!(seen_in(made), Some(false));
        let sent = "from files import UploadedFile\nfor x in xs:\n    files.append(UploadedFile(Book.objects.get(pk=x)))\n";
        assert_eq!(seen_in(sent), Some(false));
        let forms = "for form in self.extra_forms:\n    Book.objects.get(pk=form.book)\n";
        assert_eq!(seen_in(forms), Some(false));
        let fields = "for x in self.form_fields:\n    Book.objects.get(pk=x.book)\n";
        assert_eq!(seen_in(fields), Some(false));
        let chosen =
            "users = session.get('users', [])\nfor x in users:\n    User.objects.get(pk=x)\n";
        assert_eq!(seen_in(chosen), Some(false));
        let parts = "for x in disk.volumes.all():\n    Book.objects.get(pk=x)\n";
        assert_eq!(seen_in(parts), Some(false));
        let grouped = "for x in xs.keys():\n    Book.objects.get(pk=x)\n";
        assert_eq!(seen_in(grouped), Some(false));
    }
}
