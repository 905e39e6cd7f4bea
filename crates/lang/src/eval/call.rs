//! Calls of functions, the program's own and the language's.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::builtins;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::graph_functions::{self, GraphFunction};
use crate::names::GlobalItem;
use crate::node_id::NodeId;
use crate::ty::{ModuleFiles, TypeContext};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::value::Value;
use gpb_syntax::ast::{Arg, Binding, Expr, ExprKind, FnItem, Ident};

/// The number of elements of one list that stand for any number of them.
const MAX_SAMPLES: usize = 32;

impl<'p> Interpreter<'_, 'p> {
    pub(super) fn call(&self, callee: &'p Ident, args: &'p [Arg], scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        if args.iter().any(|arg| arg.value.is_missing()) {
            return Err(AlreadyReported);
        }
        if let Some(function) = self.cx.names.function(scope.frame.module_cx.module, &callee.text) {
            return self.call_own(function, callee, args, scope, span);
        }
        // Of one name, a function of the graph is meant in facts alone; a function that is checked by itself may be theirs.
        let is_of_facts =
            self.view.is_finished() || self.view.world().is_some() && scope.frame.module_cx.instance.is_none();
        let is_other = builtins::lookup(&callee.text).is_some() && !is_of_facts;
        if let Some(function) = graph_functions::find(&callee.text).filter(|_| !is_other) {
            return self.call_graph(function, callee, args, scope, span);
        }
        let Some(builtin) = builtins::called(&callee.text) else { return Err(AlreadyReported) };
        let mut given = Vec::with_capacity(args.len());
        let mut failed = None;
        for arg in args {
            match self.eval(&arg.value, scope, Expectation::Any) {
                Ok(value) => {
                    let name = arg.name.as_ref().map(|name| (name.text.as_str().into(), name.span));
                    given.push(builtins::CallArg { name, value });
                }
                Err(why) => failed = Some(why),
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        if self.view.world().is_some() && builtin.needs_place() {
            let given: Vec<&Value> = given.iter().map(|arg| &arg.value).collect();
            return Ok(crate::ops::symbol(builtin.name, &given, builtin.result.clone(), span));
        }
        // Paths are relative to the file that calls. A fact is made of what resources are, and reads none.
        let caller = self.cx.program.sources.get(callee.span.file).map_or("", |file| file.path.as_str());
        let files = self.cx.files.beside(caller);
        let files: Option<&dyn ModuleFiles> = if self.view.is_finished() { None } else { Some(&files) };
        if builtin.name == builtins::TEMPLATE {
            let call = self.with_context(scope, |cx| builtins::template(given, &TypeContext { files, ..*cx }, span));
            return self.template(self.ok(call)?, scope, span);
        }
        let sampled = self.view.world().is_some() && given.iter().any(|arg| self.is_sampled(&arg.value));
        if sampled && builtin.counts() {
            for arg in &mut given {
                self.forget_length(&mut arg.value);
            }
        }
        let value = self
            .with_context(scope, |cx| builtins::call(builtin, given, &TypeContext { files, ..*cx }, span))
            .map_err(|diagnostic| self.report(self.with_sum(diagnostic, args)))?;
        if let (Some(world), Some(items)) = (self.view.world().filter(|_| sampled), value.as_list()) {
            // A few stand for all: each is compared with every element that is asked about.
            world.sample(items.get(..MAX_SAMPLES).unwrap_or(items), span);
        }
        let value = self.measured_size(value, span)?;
        self.state.meter.text(self.cx, span, value.as_text().map_or(0, |text| text.len()))?;
        Ok(value)
    }

    /// Adds the fix that joins the arguments by `+`, where that is what the diagnostic asks for.
    fn with_sum(&self, diagnostic: Diagnostic, args: &[Arg]) -> Diagnostic {
        let whole = diagnostic.span().filter(|_| diagnostic.code == builtins::MERGED_POLICIES);
        let (Some(whole), true) = (whole, args.iter().all(|arg| arg.name.is_none())) else { return diagnostic };
        let side = |arg: &Arg| {
            let text = self.cx.program.sources.slice(arg.value.span).trim();
            let is_plain = matches!(
                *arg.value.kind,
                ExprKind::Name(_)
                    | ExprKind::Member { .. }
                    | ExprKind::Index { .. }
                    | ExprKind::Call { .. }
                    | ExprKind::Policy(_)
            );
            if is_plain { text.to_owned() } else { format!("({text})") }
        };
        let sum = args.iter().map(side).collect::<Vec<_>>().join(" + ");
        diagnostic.fix("join them by `+`", whole, sum)
    }

    /// Calls a function that looks at the graph, which there is only for facts.
    fn call_graph(
        &self,
        function: &GraphFunction,
        callee: &Ident,
        args: &'p [Arg],
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<Value> {
        let name = function.name;
        // The body of a function that is checked by itself: facts may be all that calls it.
        if self.view.world().is_some() && scope.frame.module_cx.instance.is_none() {
            return Err(AlreadyReported);
        }
        if !self.view.is_finished() {
            // A function that is checked by itself may be one of facts.
            if self.view.world().is_some() && scope.frame.module_cx.instance.is_none() {
                return Err(AlreadyReported);
            }
            return Err(self.report(
                Diagnostic::error("GPB1916", format!("`{name}` can be used only in facts"))
                    .with_label(callee.span, "the graph it looks at is not made yet here")
                    .help("refer to a resource by its name"),
            ));
        }
        if !function.takes(args.len()) {
            return Err(self.report(
                Diagnostic::error("GPB1408", format!("`{name}` is called as `{}`", function.usage))
                    .with_label(span, format!("{} arguments are given", args.len())),
            ));
        }
        let values = args.iter().enumerate().map(|(at, arg)| {
            let ty = if function.takes_a_type(at) { self.spelt_type(&arg.value, scope)? } else { None };
            ty.map_or_else(|| self.eval(&arg.value, scope, Expectation::Any), Ok)
        });
        let values: EvalResult<Vec<Value>> = values.collect();
        self.view.call(name, &values?, span)
    }

    /// Returns the resource type that is written in the place of a text: `count(aws.sqs.queue)`.
    fn spelt_type(&self, arg: &'p Expr, scope: &Scope<'p>) -> EvalResult<Option<Value>> {
        let (Some(head), Some(name)) = (graph_functions::head_of(arg), graph_functions::spelt_type(arg)) else {
            return Ok(None);
        };
        Ok(match self.lookup(head, scope)? {
            None if name.contains('.') => Some(Value::text(name, arg.span)),
            _ => None,
        })
    }

    fn call_own(
        &self,
        function: GlobalItem<'p, FnItem>,
        callee: &'p Ident,
        args: &'p [Arg],
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<Value> {
        let item = function.item;
        if self.resolved.recursive.contains(&NodeId::new(item.span)) {
            return Err(AlreadyReported);
        }
        let given = self.match_args(item, callee, args)?;
        let home = Scope { place: scope.shared_place(), ..self.root(function.module) };
        let mut inner = home.clone();
        let mut failed = None;
        for (param, arg) in item.params.iter().zip(given) {
            match self.argument(param, arg, scope, &home) {
                Ok(value) => inner = inner.bind(&param.name.text, value),
                Err(why) => failed = Some(why),
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        let Some(result) = &item.result else {
            let value = self.eval(&item.value, &inner, Expectation::Any)?;
            return Ok(self.measured_size(value, span)?.with_span(span));
        };
        let ty = self.cx.ty(function.module, result)?;
        let value = self.eval(&item.value, &inner, Expectation::Type(&ty))?;
        let value = self.conform(value, &ty, &inner, Some(result.span))?;
        Ok(self.measured_size(value, span)?.with_span(span))
    }

    fn argument(
        &self,
        param: &'p Binding,
        arg: Option<&'p Arg>,
        scope: &Scope<'p>,
        home: &Scope<'p>,
    ) -> EvalResult<Value> {
        let (written, from) = match (arg, &param.value) {
            (Some(arg), _) => (&arg.value, scope),
            (None, Some(default)) => (default, home),
            // Only an optional parameter is left out without a default.
            (None, None) => return Ok(Value::absent(param.name.span)),
        };
        let Some(ty) = &param.ty else {
            let value = self.eval(written, from, Expectation::Any)?;
            return match &param.value {
                Some(default) if value.is_absent() && arg.is_some() => self.eval(default, home, Expectation::Any),
                _ => Ok(value),
            };
        };
        let ty = self.cx.ty(home.frame.module_cx.module, ty)?;
        let value = self.eval(written, from, Expectation::Type(&ty))?;
        match &param.value {
            // To give what is absent is to give nothing.
            Some(default) if value.is_absent() && arg.is_some() => {
                let value = self.eval(default, home, Expectation::Type(&ty))?;
                self.conform(value, &ty, home, Some(param.name.span))
            }
            _ => self.conform(value, &ty, from, Some(param.name.span)),
        }
    }

    /// Matches the arguments to the parameters.
    fn match_args(&self, item: &'p FnItem, callee: &Ident, args: &'p [Arg]) -> EvalResult<Vec<Option<&'p Arg>>> {
        let mut given: Vec<Option<&'p Arg>> = vec![None; item.params.len()];
        let mut failed = None;
        let wrong = |message: String, at: Span, text: &str| {
            Diagnostic::error("GPB1408", message).with_label(at, text).with_label(item.name.span, signature(item))
        };
        for (position, arg) in args.iter().enumerate() {
            let slot = match &arg.name {
                None => Some(position),
                Some(name) => item.params.iter().position(|param| param.name.text == name.text),
            };
            let name = arg.name.as_ref();
            match slot.and_then(|slot| given.get_mut(slot)) {
                Some(slot) if slot.is_none() => *slot = Some(arg),
                Some(_) => {
                    let message = format!("`{}` is given one parameter twice", item.name.text);
                    failed = Some(self.report(wrong(message, arg.value.span, "given again here")));
                }
                None => {
                    let found = name.map_or_else(
                        || format!("`{}` is given more than it takes", item.name.text),
                        |name| format!("`{}` has no parameter `{}`", item.name.text, name.text),
                    );
                    let at = name.map_or(arg.value.span, |name| name.span);
                    let near = name
                        .and_then(|name| nearest(&name.text, item.params.iter().map(|param| param.name.text.as_str())));
                    let diagnostic =
                        wrong(found, at, if name.is_some() { "unknown parameter" } else { "one too many" });
                    failed = Some(self.report(match near {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic,
                    }));
                }
            }
        }
        for (param, slot) in item.params.iter().zip(&given) {
            if failed.is_none() && slot.is_none() && param.value.is_none() && !is_optional(param) {
                let message = format!("`{}` needs `{}`", item.name.text, param.name.text);
                failed = Some(self.report(wrong(message, callee.span, "an argument is missing")));
            }
        }
        failed.map_or(Ok(given), Err)
    }
}

/// Checks whether the type of a parameter is optional as it is written; an alias of an optional type needs its value written.
pub fn is_optional(param: &Binding) -> bool {
    param.ty.as_ref().is_some_and(|ty| matches!(ty.kind, gpb_syntax::ast::TypeKind::Optional(_)))
}

fn signature(item: &FnItem) -> String {
    let names: Vec<&str> = item.params.iter().map(|param| param.name.text.as_str()).collect();
    format!("it takes ({})", names.join(", "))
}
