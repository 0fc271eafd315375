//! Making a library name usable at a place: through the imports that are there, or with one more.

use ruff_python_ast::{AnyNodeRef, Stmt, helpers::is_docstring_stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::facts::Facts;
use super::symbols::Binding;
use super::tree::ScopeId;

/// How to write a library name at a place, and what must be inserted for it to mean that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The expression to write: `deque`, `collections.deque`.
    pub expression: String,
    /// A line to insert, and where; `None` where the file imports it already.
    pub insertion: Option<(TextSize, String)>,
}

impl<'a> Facts<'a> {
    /// Makes `member` of `module` usable at `place`; `None` where every way to spell it is taken or would come too late.
    pub fn import(
        &self,
        place: impl Into<AnyNodeRef<'a>>,
        module: &str,
        member: &str,
    ) -> Option<Import> {
        let place = place.into();
        let usable = |name: &str, wanted: &str| {
            let symbol = self.visible(place, name)?;
            let at_top = symbol.scope == ScopeId::MODULE && !symbol.shared;
            let found = match self.only_binding(symbol)? {
                Binding::Import(stmt, alias) if at_top && self.runs_before(stmt.into(), place) => {
                    alias.name.to_string()
                }
                Binding::ImportFrom(stmt, alias)
                    if at_top && stmt.level == 0 && self.runs_before(stmt.into(), place) =>
                {
                    format!(
                        "{}.{}",
                        stmt.module.as_deref().unwrap_or_default(),
                        alias.name
                    )
                }
                _ => return None,
            };
            (found == wanted).then(|| name.to_string())
        };
        let full = format!("{module}.{member}");
        for node in self.tree.nodes() {
            let AnyNodeRef::Alias(alias) = node else {
                continue;
            };
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            if let Some(name) = usable(bound, &full) {
                return Some(Import {
                    expression: name,
                    insertion: None,
                });
            }
            if let Some(name) = usable(bound, module) {
                return Some(Import {
                    expression: format!("{name}.{member}"),
                    insertion: None,
                });
            }
        }
        let taken = |name: &str| self.visible(place, name).is_some() || self.binds_anywhere(name);
        let at = self.import_position()?;
        if at > place.start() {
            return None;
        }
        let line_end = if self.source.text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        if !taken(member) {
            let text = format!("from {module} import {member}{line_end}");
            return Some(Import {
                expression: member.to_string(),
                insertion: Some((at, text)),
            });
        }
        if !module.contains('.') && !taken(module) {
            let text = format!("import {module}{line_end}");
            return Some(Import {
                expression: full,
                insertion: Some((at, text)),
            });
        }
        None
    }

    /// Whether any scope of the file binds a name: a new import of that name could be hidden, or hide it.
    fn binds_anywhere(&self, name: &str) -> bool {
        self.tree
            .scope_ids()
            .any(|scope| self.symbols().in_scope(&self.tree, scope, name).is_some())
    }

    fn runs_before(&self, import: AnyNodeRef<'a>, place: AnyNodeRef<'a>) -> bool {
        import.end() <= place.start()
            && matches!(self.tree.parent(import), Some(AnyNodeRef::ModModule(_)))
    }

    /// The start of the line where a new import belongs: behind the imports at the top, or behind the docstring.
    fn import_position(&self) -> Option<TextSize> {
        let AnyNodeRef::ModModule(module) = *self.tree.nodes().first()? else {
            return None;
        };
        let mut last: Option<TextRange> = None;
        for (i, stmt) in module.body.iter().enumerate() {
            match stmt {
                Stmt::Import(_) | Stmt::ImportFrom(_) => last = Some(stmt.range()),
                stmt if i == 0 && is_docstring_stmt(stmt) => last = Some(stmt.range()),
                _ => break,
            }
        }
        match last {
            Some(range) => {
                let lines = self.lines_of(range);
                // `import os; x = 1` has no line of its own, and a last line without an end none behind it.
                let ends = self.source.text()[..lines.end().to_usize()].ends_with(['\n', '\r']);
                let rest = &self.source.text()[range.end().to_usize()..lines.end().to_usize()];
                let plain = rest.trim().is_empty() || rest.trim_start().starts_with('#');
                (ends && plain).then_some(lines.end())
            }
            None => module
                .body
                .first()
                .map(|first| self.lines_of(TextRange::empty(first.start())).start()),
        }
    }
}
