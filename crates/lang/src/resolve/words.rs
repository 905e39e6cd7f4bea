//! Bare words: names, or words that the expected type reads.

use super::resolver::{Resolver, suggest};
use super::ribs::Resolution;
use super::word_reader::WordReader;
use crate::names::ItemKind;
use crate::node_id::NodeId;
use crate::property;
use crate::ty::{TypeContext, conform};
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::Ident;
use std::sync::Arc;

impl<'p> Resolver<'_, 'p> {
    /// Resolves a bare word: a name, or else a word that its reader knows.
    pub(super) fn word(&mut self, name: &'p Ident, reader: &WordReader<'p>) {
        if let Some(found) = self.find(&name.text) {
            self.met(name, &found);
            if self.placeless && matches!(found, Resolution::Ambient) && name.text != "environment" {
                self.unknown.insert(NodeId::new(name.span));
                return self.report(of_no_place(name));
            }
            if let WordReader::Type(ty, _) = reader
                && self.is_ambiguous(name, &found, ty)
            {
                self.unknown.insert(NodeId::new(name.span));
            }
            return;
        }
        if name.text.contains('.') && self.world.unknown_qualified(self.module, ItemKind::Const, name) {
            self.unknown.insert(NodeId::new(name.span));
            return;
        }
        let wrong = match reader {
            WordReader::Evaluation => return,
            WordReader::Type(..) | WordReader::Property(..) => self.misread(name, reader),
            _ => vec![self.unknown_word(name)],
        };
        if self.world.names.is_open(self.module) {
            let is_other = match reader {
                WordReader::Property(def, path) => !property::takes_word(def, path, &name.text),
                _ => !wrong.is_empty(),
            };
            if is_other {
                // It may be a name of the file that could not be read.
                self.unknown.insert(NodeId::new(name.span));
                return;
            }
        }
        // What is wrong with a property is told by its word too, in the same words; the rest of the resource is evaluated.
        if !wrong.is_empty() && !matches!(reader, WordReader::Property(..)) {
            self.unknown.insert(NodeId::new(name.span));
        }
        self.world.reports.all(wrong);
    }

    /// Returns why a type or a property cannot read a word; nothing where it can.
    fn misread(&self, name: &Ident, reader: &WordReader<'p>) -> Vec<Diagnostic> {
        let names = || self.names_in_scope().into_iter().map(Arc::from).collect();
        let cx = TypeContext { names: &names, ..TypeContext::new(self.world.facts) };
        let word = Value::word(name.text.as_str(), name.span);
        match (reader, &word.kind) {
            (WordReader::Type(ty, declared), _) => {
                conform(word, ty, &cx.expected_at(*declared)).err().unwrap_or_default()
            }
            (WordReader::Property(def, path), ValueKind::Word(word)) => {
                property::misread_word(def, path, word, &cx).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the diagnostic for a word that nothing reads and that is no name.
    fn unknown_word(&self, name: &Ident) -> Diagnostic {
        let word = name.text.as_str();
        let diagnostic = Diagnostic::error("GPB1105", format!("`{word}` is not a name in scope"))
            .with_label(name.span, "not a name in scope");
        if let Some(help) = self.other_meaning(word) {
            return diagnostic.help(help);
        }
        let is_value = |side: &str| side.bytes().all(|byte| byte.is_ascii_digit()) || self.find(side).is_some();
        let mut sides = word.match_indices('-').filter_map(|(at, _)| Some((word.get(..at)?, word.get(at + 1..)?)));
        if let Some((left, right)) = sides.find(|(left, right)| is_value(left) && is_value(right)) {
            let apart = format!("{left} - {right}");
            return diagnostic.help(format!("a hyphen inside a word is part of it; to subtract, write `{apart}`")).fix(
                format!("write `{apart}`"),
                name.span,
                apart,
            );
        }
        if self.world.names.elsewhere(ItemKind::Const, word).is_some() {
            return self.hint(diagnostic, ItemKind::Const, name, None);
        }
        if let Some(truth) = foreign::truth(word) {
            return diagnostic.help(format!("a bool is `true` or `false`; did you mean `{truth}`?")).fix(
                format!("change to `{truth}`"),
                name.span,
                truth.to_string(),
            );
        }
        if let Some(help) = Self::foreign_name(word) {
            return diagnostic.help(help);
        }
        match self.nearest_name(word) {
            Some(near) => suggest(diagnostic, &near, name.span)
                .help(format!("did you mean `{near}`? A string is written in quotes")),
            None => diagnostic
                .help("a string is written in quotes; a word needs a type that reads it, as in `x: region = …`")
                .fix("put it in quotes", name.span, format!("\"{word}\"")),
        }
    }

    /// Reports a name that shadows a word of the type that is expected where it is used.
    fn is_ambiguous(&self, used: &Ident, found: &Resolution<'p>, ty: &Type) -> bool {
        let Type::Words(words) = ty.required() else { return false };
        if !words.iter().any(|word| **word == *used.text) {
            return false;
        }
        let Some((what, declared)) = described(found) else { return false };
        let name = &used.text;
        self.report(
            Diagnostic::error("GPB1018", format!("the {what} `{name}` shadows the word `{name}` of `{ty}`"))
                .with_label(declared, format!("this {what} has the name of a word"))
                .with_label(used.span, format!("one of `{ty}` is expected here, and the name is found first"))
                .help(format!("give the {what} another name")),
        );
        true
    }
}

/// Returns the noun of what a name was declared as, and the place; none for what nothing declares.
fn described(found: &Resolution<'_>) -> Option<(&'static str, Span)> {
    match found {
        Resolution::Declared(declared) => Some((declared.what.as_str(), declared.name.span)),
        Resolution::Var(var) => var.written.map(|written| ("variable", written)),
        Resolution::Const(global) => Some(("constant", global.item.name.span)),
        Resolution::Ambient => None,
    }
}

/// Returns the diagnostic of `region`, `account` or `partition` where nothing stands at a place.
fn of_no_place(name: &Ident) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1410", format!("`{}` has no value here", name.text))
        .with_label(name.span, "policies and tests stand at no place");
    if name.text == "partition" {
        return diagnostic.help("the environment's region is `environment.region`");
    }
    let whole = format!("environment.{}", name.text);
    diagnostic.help(format!("the environment's is `{whole}`")).fix(format!("change to `{whole}`"), name.span, whole)
}
