//! Checks names where they are defined: words of the language, and names that shadow others.

use super::body_kind::{BodyKind, describe};
use super::resolver::{GroupKind, Resolver};
use super::ribs::{AMBIENT, Resolution};
use crate::body_index::{BodyIndex, DeclKind};
use crate::names::ItemKind;
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

use gpb_syntax::ast::{Ident, Stmt};

/// The words that an expression reads before it looks for names.
const EXPRESSION_WORDS: &[&str] = &["true", "false", "none", "if", "else", "for", "and", "or", "not"];
/// The words that begin a statement, so that a component of that name could not be used.
const STATEMENT_WORDS: &[&str] = &[
    "param",
    "let",
    "output",
    "layer",
    "resource",
    "existing",
    "in",
    "after",
    "protect",
    "ignore",
    "replace",
    "moved",
    "override",
    "when",
    "recover",
    "derived",
    "budget",
    "needs",
    "require",
    "policy",
    "each",
    "waive",
    "expect",
    "keep",
    "replace_when",
    "removed",
];

impl<'p> Resolver<'_, 'p> {
    /// Checks the name of anything that is declared: no word that an expression reads first names a thing.
    fn any_name(&self, name: &Ident, what: &str) -> bool {
        let is_word = !name.quoted && EXPRESSION_WORDS.contains(&name.text.as_str());
        if is_word {
            self.reserved(name, what, "expressions read this word first");
        }
        !is_word
    }

    /// Checks the name of a value: a parameter, a `let`, a constant, a variable.
    pub(super) fn value_name(&self, name: &Ident, what: &str) {
        if self.any_name(name, what) && name.text == "policy" {
            self.reserved(name, what, "`policy {` begins a policy document");
        }
    }

    /// Checks the name of a value that nothing may share with what is in scope everywhere, such as `region`.
    pub(super) fn value_name_alone(&self, name: &Ident, what: &str) {
        self.value_name(name, what);
        if AMBIENT.contains(&name.text.as_str()) {
            self.report(shadowed(name, what, "name", None));
        }
    }

    /// Checks the names under which a file uses others: they begin expressions, types and the uses of components.
    pub(super) fn alias_name(&self, name: &Ident) {
        self.value_name_alone(name, "file");
        if STATEMENT_WORDS.contains(&name.text.as_str()) && name.text != "policy" {
            self.reserved(name, "file", "this word begins a statement, so a component of the file cannot be used");
        }
    }

    /// Checks the names of variables.
    pub(super) fn variables(&self, names: &[Ident]) {
        for name in names {
            self.value_name(name, "variable");
            self.shadows_alias(name, "variable");
        }
    }

    /// Checks the name of an item of the file.
    pub(super) fn item_name(&self, kind: ItemKind, name: &Ident) {
        let word = name.text.as_str();
        match kind {
            ItemKind::Const => self.value_name_alone(name, "constant"),
            // It stands in quotes.
            ItemKind::Test => {}
            ItemKind::Type if gpb_model::ty::names().contains(&word) => {
                self.reserved(name, "type", "the language has a type of this name");
            }
            ItemKind::Component if STATEMENT_WORDS.contains(&word) => {
                self.reserved(name, "component", "this word begins a statement, so the component cannot be used");
            }
            _ => _ = self.any_name(name, kind.as_str()),
        }
    }

    /// Checks the words of a union: one that is read before the expected type is asked can never be written.
    pub(super) fn union_words(&self, words: &[Ident]) {
        for word in words.iter().filter(|word| !word.quoted) {
            let text = word.text.as_str();
            let (why, help) = match text {
                "true" | "false" => ("a bool, wherever it is written", "a choice of `true` and `false` is a `bool`"),
                "if" => ("expressions read this word first", "use another word"),
                _ if AMBIENT.contains(&text) => {
                    ("a name that is in scope everywhere inside a stack", "use another word")
                }
                _ => continue,
            };
            self.report(
                Diagnostic::error(
                    "GPB1017",
                    format!("`{text}` cannot be a word of a union: it always means something else"),
                )
                .with_label(word.span, why)
                .help(help),
            );
        }
    }

    fn reserved(&self, name: &Ident, what: &str, why: &str) {
        let word = &name.text;
        self.report(
            Diagnostic::error(
                "GPB1017",
                format!("`{word}` is a word of the language, and cannot name {} {what}", article(what)),
            )
            .with_label(name.span, why.to_owned())
            .help(format!("give the {what} another name, such as `{word}_{}`", noun(what))),
        );
    }

    /// Checks the names that a body declares, before it is entered.
    pub(super) fn declared_names(&mut self, index: &BodyIndex<'p>) {
        for declared in index.in_order() {
            let (name, what) = (declared.name, declared.what.as_str());
            match declared.what {
                DeclKind::Param(_) | DeclKind::Let(_) => self.value_name(name, what),
                DeclKind::Layer(_) | DeclKind::Resource(_) | DeclKind::Use(_) => _ = self.any_name(name, what),
            }
            self.shadows_alias(name, what);
            match declared.what {
                // An environment gives parameters of these names what it has itself.
                DeclKind::Param(_) if matches!(name.text.as_str(), "account" | "region") => {}
                _ => self.shadows(name, what),
            }
        }
    }

    /// Reports a name that shadows a parameter, a `let` or a variable of a body around it, or a name that is always there.
    pub(super) fn shadows(&mut self, name: &'p Ident, what: &str) {
        let (shadowed_kind, first) = match self.find(&name.text) {
            Some(Resolution::Declared(declared)) if matches!(declared.what, DeclKind::Param(_) | DeclKind::Let(_)) => {
                (declared.what.as_str(), Some(declared.name.span))
            }
            Some(Resolution::Var(var)) if var.written.is_some() => ("variable", var.written),
            // In an extension, an item of the stack is one of the same body, which a `let` of this file would hide.
            Some(Resolution::Declared(declared))
                if self.group == Some(GroupKind::Extension) && declared.name.span != name.span =>
            {
                if !matches!(what, "value") {
                    return;
                }
                (declared.what.as_str(), Some(declared.name.span))
            }
            Some(Resolution::Ambient) => ("name", None),
            _ => return,
        };
        self.report(shadowed(name, what, shadowed_kind, first));
        self.shadowing.insert(NodeId::new(name.span));
    }

    /// Keeps evaluation silent about a name that may mean either of two.
    pub(super) fn silence_shadowing(&mut self, used: &Ident, found: &Resolution<'p>) {
        if self.shadowing.is_empty() {
            return;
        }
        let written = match found {
            Resolution::Declared(declared) => declared.name.span,
            Resolution::Var(var) => var.written.unwrap_or_default(),
            Resolution::Const(_) | Resolution::Ambient => return,
        };
        if self.shadowing.contains(&NodeId::new(written)) {
            self.unknown.insert(NodeId::new(used.span));
        }
    }

    /// Reports a statement in a body that has no use for it.
    pub(super) fn misplaced(&mut self, stmt: &Stmt, place: BodyKind) {
        // The mere beginning of an entry may become anything.
        if matches!(stmt, Stmt::Field(field) if field.value.is_missing()) {
            return;
        }
        if let Stmt::Field(field) = stmt
            && self.item_in_a_body(&field.head, field.label.as_deref(), place)
        {
            return;
        }
        if let Stmt::Field(field) = stmt
            && let Some(diagnostic) = self.foreign_field(field, place.describe()).filter(|_| place.declares())
        {
            return self.report(diagnostic);
        }
        let (what, span, help) = describe(stmt, place);
        let within = match (stmt, self.group) {
            (Stmt::Param(_) | Stmt::Output(_) | Stmt::Layer(_), Some(GroupKind::For)) => "a `for`",
            (Stmt::Param(_), Some(GroupKind::Once)) => "a group",
            (Stmt::Param(_), Some(GroupKind::Extension)) => "an extension of a stack",
            _ => place.describe(),
        };
        let help = match (stmt, self.group) {
            (Stmt::Param(_), Some(GroupKind::Extension)) => {
                "all parameters of a stack stand in the stack itself, where an environment looks for them".to_owned()
            }
            _ => help,
        };
        self.report(
            Diagnostic::error("GPB1014", format!("{what} cannot stand here, in {within}"))
                .with_label(span, "misplaced")
                .help(help),
        );
    }

    /// Reports an item of a file in a body: `const size = 3`, `component queue { … }`, `use "net.gpb"`.
    pub(super) fn item_in_a_body(&self, head: &Ident, name: Option<&Ident>, place: BodyKind) -> bool {
        let (noun, plural) = match head.text.as_str() {
            "const" => ("a constant", "constants"),
            "type" => ("a type", "types"),
            "component" => ("a component", "components"),
            "stack" => ("a stack", "stacks"),
            "environment" => ("an environment", "environments"),
            "policy" => ("a policy", "policies"),
            "test" => ("a test", "tests"),
            "use" => ("an import", "imports"),
            _ => return false,
        };
        if !place.declares() || (name.is_none() && head.text != "use") {
            return false;
        }
        let written = name.map_or(head.span, |name| head.span.to(name.span));
        let diagnostic = Diagnostic::error("GPB1014", format!("{noun} cannot stand here, in {}", place.describe()))
            .with_label(written, "misplaced");
        self.report(match name.filter(|_| head.text == "const") {
            Some(name) => diagnostic
                .help(format!("{plural} stand at the top of a file; in a body, write `let {} = …`", name.text))
                .fix("change it to `let`", head.span, "let"),
            None => diagnostic.help(format!("{plural} stand at the top of a file: move it out of the braces")),
        });
        true
    }
}

/// Returns the diagnostic for a name that takes the place of another, which is declared at `first` or is always there.
fn shadowed(name: &Ident, what: &str, other: &str, first: Option<Span>) -> Diagnostic {
    let text = &name.text;
    let diagnostic = Diagnostic::error("GPB1016", format!("the {what} `{text}` shadows the {other} `{text}`"))
        .with_label(name.span, format!("in here, `{text}` means this {what}"));
    match first {
        Some(first) => {
            diagnostic.with_label(first, format!("the {other} that is shadowed")).help("give one of them another name")
        }
        None => {
            diagnostic.help(format!("`{text}` is in scope everywhere inside a stack: give the {what} another name"))
        }
    }
}

/// Returns the article of a noun.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Returns what a suggested name ends with.
fn noun(what: &str) -> &str {
    match what {
        "parameter" | "value" | "constant" | "variable" => "value",
        other => other,
    }
}
