//! Bare words: names, or words that the expected type reads.

use super::resolver::{Resolver, suggest};
use super::ribs::Resolution;
use super::word_reader::WordReader;
use crate::names::ItemKind;
use crate::node_id::NodeId;
use crate::ty::{TypeContext, conform};
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_syntax::ast::Ident;
use std::sync::Arc;

impl<'p> Resolver<'_, 'p> {
    /// Resolves a bare word: a name, or else a word that its reader knows.
    pub(super) fn word(&mut self, name: &'p Ident, reader: &WordReader<'p>) {
        if self.find(&name.text).is_some() {
            let found = self.require(name);
            if let (Some(found), WordReader::Type(ty, _)) = (found, reader)
                && self.is_ambiguous(name, &found, ty)
            {
                self.unknown.insert(NodeId::new(name.span));
            }
            return;
        }
        let wrong = match reader {
            WordReader::Evaluation => return,
            WordReader::Type(ty, declared) => match self.misread(name, ty, *declared) {
                Some(wrong) => wrong,
                None => return,
            },
            _ => vec![self.unknown_word(name)],
        };
        self.world.reports.all(wrong);
        self.unknown.insert(NodeId::new(name.span));
    }

    /// Returns why a type cannot read a word; none where it can.
    fn misread(&self, name: &Ident, ty: &Type, declared: Option<Span>) -> Option<Vec<Diagnostic>> {
        let names = || self.names_in_scope().into_iter().map(Arc::from).collect();
        let cx = TypeContext { names: &names, ..TypeContext::new(self.world.facts) };
        conform(Value::word(name.text.as_str(), name.span), ty, &cx.expected_at(declared)).err()
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

    /// Reports a name that hides a word of the type that is expected where it is used.
    fn is_ambiguous(&self, used: &Ident, found: &Resolution<'p>, ty: &Type) -> bool {
        let Type::Words(words) = ty.required() else { return false };
        if !words.iter().any(|word| **word == *used.text) {
            return false;
        }
        let Some((what, declared)) = described(found) else { return false };
        let name = &used.text;
        self.report(
            Diagnostic::error("GPB1018", format!("the {what} `{name}` hides the word `{name}` of `{ty}`"))
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
