//! Resolves calls: which function is meant, and what reads the words among its arguments.

use super::resolver::Resolver;
use super::word_reader::WordReader;
use crate::builtins::{self, Builtin};
use crate::graph_functions;
use crate::inputs::VARIABLE;
use crate::names::{ItemKind, NamedItem};
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_syntax::ast::{Arg, Expr, Ident};

impl<'p> Resolver<'_, 'p> {
    /// Resolves the name of a function.
    pub(super) fn callee(&mut self, callee: &'p Ident) {
        if let Some(function) = self.world.names.function(self.module, &callee.text) {
            self.item_met(callee, &NamedItem::Fn(function));
            self.functions.edge(self.item, NodeId::new(function.item.span), callee.span);
            return;
        }
        if callee.text == VARIABLE && !self.may_read_variables {
            self.report(
                Diagnostic::error("GPB1412", "`env` stands only in the default of a stack's parameter")
                    .with_label(callee.span, "no environment variable can be read here")
                    .help("declare `param tag: string = env(\"TAG\")` in the stack, and use `tag` here"),
            );
            self.unknown.insert(NodeId::new(callee.span));
            return;
        }
        if builtins::lookup(&callee.text).is_some() || crate::graph_functions::find(&callee.text).is_some() {
            return;
        }
        if self.world.unknown_qualified(self.module, ItemKind::Fn, callee) {
            return;
        }
        if let Some(builtin) = builtins::called(&callee.text) {
            self.report(renamed(callee, builtin.name));
            return;
        }
        let own: Vec<&str> =
            self.world.names.nearest(self.module, ItemKind::Fn, &callee.text, &[]).into_iter().collect();
        let diagnostic = builtins::unknown(&callee.text, callee.span, own);
        self.report(match self.world.names.elsewhere(ItemKind::Fn, &callee.text) {
            Some(_) => self.hint(diagnostic, ItemKind::Fn, callee, None),
            None => diagnostic,
        });
    }

    /// Resolves the arguments of a call; `result` reads the words of what it returns.
    pub(super) fn arguments(&mut self, callee: &'p Ident, args: &'p [Arg], result: &WordReader<'p>) {
        if let Some(function) = self.world.names.function(self.module, &callee.text) {
            for (at, arg) in args.iter().enumerate() {
                let params = &function.item.params;
                let param = match &arg.name {
                    Some(name) => params.iter().find(|param| param.name.text == name.text),
                    None => params.get(at),
                };
                let reader = param.map_or(WordReader::Evaluation, |param| {
                    self.reader_of(function.module, param.ty.as_ref(), param.name.span)
                });
                self.expr(&arg.value, &reader);
            }
            return;
        }
        let of_graph = graph_functions::find(&callee.text);
        let builtin = builtins::called(&callee.text);
        for (at, arg) in args.iter().enumerate() {
            if of_graph.is_some_and(|function| function.takes_a_type(at)) && self.spells_a_type(&arg.value) {
                continue;
            }
            let reader = match builtin {
                Some(builtin) => self.reader_of_argument(builtin, (at, arg), args, result),
                None => WordReader::Evaluation,
            };
            self.expr(&arg.value, &reader);
        }
    }

    /// Checks a resource type that is written in the place of a text: `count(aws.sqs.queue)`.
    fn spells_a_type(&self, arg: &Expr) -> bool {
        let (Some(head), Some(name)) = (graph_functions::head_of(arg), graph_functions::spelt_type(arg)) else {
            return false;
        };
        if !name.contains('.') || self.find(&head.text).is_some() {
            return false;
        }
        if !self.world.catalog.knows(&name) {
            self.world.unknown_type(&name, arg.span);
        }
        true
    }

    fn reader_of_argument(
        &self,
        builtin: &Builtin,
        (at, arg): (usize, &'p Arg),
        args: &'p [Arg],
        result: &WordReader<'p>,
    ) -> WordReader<'p> {
        if builtin.name == "contains" && arg.name.is_none() {
            return self.reader_of_contained(at, args);
        }
        let param = match &arg.name {
            Some(name) => builtin.params.iter().find(|param| param.name == name.text),
            None => builtin.params.get(at).or_else(|| builtin.params.last().filter(|_| builtin.variadic)),
        };
        match param.map(|param| &param.ty) {
            // It returns what it is given, so what reads its result reads its arguments.
            Some(ty) if *ty == builtin.result && is_open(ty) => result.clone(),
            Some(ty) => WordReader::of(ty, None),
            None => WordReader::Evaluation,
        }
    }

    /// Returns what reads the words of one argument of `contains(x, y)`: the other.
    fn reader_of_contained(&self, at: usize, args: &'p [Arg]) -> WordReader<'p> {
        let Some(beside) = args.get(1 - at.min(1)).map(|other| &other.value) else { return WordReader::Nobody };
        let Some(ty) = self.static_type(beside) else { return WordReader::Nobody };
        if at == 0 {
            return WordReader::of(&Type::list(ty.ty()), Some(beside.span));
        }
        match ty.ty().required() {
            Type::Map(_) | Type::String => WordReader::of(&Type::String, Some(beside.span)),
            _ => ty.element().map_or(WordReader::Nobody, |item| item.reader(beside.span)),
        }
    }
}

/// Returns the diagnostic for a function that is called by its former name.
fn renamed(callee: &Ident, now: &str) -> Diagnostic {
    Diagnostic::warning("GPB1019", format!("`{}` is now called `{now}`", callee.text))
        .with_label(callee.span, "the former name")
        .help(format!("write `{now}(…)`; the former name goes away with a later version"))
        .fix(format!("change to `{now}`"), callee.span, now)
}

/// Checks whether a type leaves open what its values hold.
fn is_open(ty: &Type) -> bool {
    match ty.required() {
        Type::Any => true,
        Type::List(of) | Type::Map(of) => is_open(of),
        _ => false,
    }
}
