//! Explains names and statements of other tools, where they mean nothing here.

use super::resolver::Resolver;
use super::ribs::ScopeRib;
use crate::body_index::DeclKind;
use gpb_base::diag::Diagnostic;
use gpb_base::foreign::{self, ForeignWord};
use gpb_base::source::Span;
use gpb_syntax::ast::{BlockStmt, ExprKind, FieldStmt, Ident, Stmt};

/// The most names that a message lists.
const LISTED: usize = 12;

impl Resolver<'_, '_> {
    /// Reports a path of another tool, `var.name`, and returns true if it is one.
    pub(super) fn foreign_path(&self, head: &Ident, member: &Ident) -> bool {
        if self.find(&head.text).is_some() {
            return false;
        }
        let is_type = head.text.starts_with("aws_") && !self.world.catalog.suggest(&head.text).is_empty();
        let diagnostic = Diagnostic::error("GPB1003", format!("there is no `{}` in scope", head.text));
        let diagnostic = match (foreign::name(&head.text), is_type) {
            (Some(word), _) => diagnostic.with_label(head.span, "unknown name").help(word.help()),
            (None, true) => diagnostic
                .with_label(head.span, "a type of Terraform")
                .help(format!("a resource is named by its name alone: `{}`, not by its type", member.text)),
            (None, false) => return false,
        };
        // Without its head, the path names what is meant.
        let before = Span { end: member.span.start, ..head.span };
        self.report(match self.find(&member.text) {
            Some(_) => diagnostic.fix(format!("write `{}`", member.text), before, ""),
            None => diagnostic,
        });
        true
    }

    /// Returns what another tool means by a name alone.
    pub(super) fn foreign_name(name: &str) -> Option<String> {
        if foreign::is_absence(name) {
            return Some("there is no null: write `none`, or leave it out".to_owned());
        }
        if let Some(truth) = foreign::truth(name) {
            return Some(format!("a bool is `true` or `false`; did you mean `{truth}`?"));
        }
        foreign::name(name).or_else(|| foreign::value(name)).map(ForeignWord::help)
    }

    /// Reports a block of another tool, `locals { … }`, and returns true if it is one.
    pub(super) fn foreign_block(&self, block: &BlockStmt) -> bool {
        let Some(word) = foreign::statement(&block.head.text) else { return false };
        let diagnostic = Diagnostic::error("GPB1005", format!("there is no component `{}`", block.head.text))
            .with_label(block.head.span, "a block here uses a component")
            .help(word.help());
        self.report(match self.as_lets(block) {
            Some(lets) if matches!(word.word, "locals") => diagnostic.fix("write each with `let`", block.span, lets),
            _ => diagnostic,
        });
        true
    }

    /// Returns the fields of a block as `let` statements, if it holds nothing else.
    fn as_lets(&self, block: &BlockStmt) -> Option<String> {
        let field = |stmt: &Stmt| match stmt {
            Stmt::Field(FieldStmt { head, label: None, value, .. }) if !head.quoted && !value.is_missing() => {
                let value = self.world.program.sources.slice(value.span);
                Some(format!("let {} = {value}", head.text))
            }
            _ => None,
        };
        let lets: Option<Vec<String>> = block.stmts.iter().map(field).collect();
        lets.filter(|lets| !lets.is_empty()).map(|lets| lets.join("\n  "))
    }

    /// Returns the message for a field that other tools have here, or that is a component written with `=`.
    pub(super) fn foreign_field(&self, field: &FieldStmt, within: &str) -> Option<Diagnostic> {
        let head = &field.head;
        if let Some(word) = foreign::statement(&head.text) {
            let diagnostic = Diagnostic::error("GPB1014", format!("`{}` cannot stand here, in {within}", head.text))
                .with_label(head.span, "misplaced")
                .help(word.help());
            return Some(match word.replacement {
                "let" if field.label.is_some() => diagnostic.fix("write `let`", head.span, "let"),
                _ => diagnostic,
            });
        }
        let label = field.label.as_ref()?;
        let component = self.world.names.component(self.module, &head.text)?;
        let ExprKind::Object(_) = &*field.value.kind else { return None };
        let sign = Span { start: label.span.end, end: field.value.span.start, ..label.span };
        Some(
            Diagnostic::error(
                "GPB1014",
                format!("a component is used without `=`: `{} {} {{ … }}`", head.text, label.text),
            )
            .with_label(sign, "expected `{` here")
            .with_label(component.item.name.span, "the component is declared here")
            .fix("remove the `=`", sign, " "),
        )
    }

    /// Returns the names that a path may begin with, for a message.
    pub(super) fn items_in_scope(&self) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for rib in &self.ribs {
            if let ScopeRib::Body(index) = rib {
                let is_item = |what: &DeclKind<'_>| !matches!(what, DeclKind::Param(_) | DeclKind::Let(_));
                let items = index.in_order().into_iter().filter(|declared| is_item(&declared.what));
                names.extend(items.map(|declared| declared.name.text.as_str()));
            }
        }
        listed(names)
    }
}

/// Returns the first names of a list, each in backticks; nothing for none.
pub(super) fn listed(mut names: Vec<&str>) -> Option<String> {
    names.sort_unstable();
    names.dedup();
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more = names.len() - shown.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("{}{rest}", shown.join(", ")))
}
