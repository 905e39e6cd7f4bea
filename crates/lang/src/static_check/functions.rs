//! Functions, checked with symbols for their arguments.

use super::worlds::StaticCheck;
use crate::compile_context::EvalResult;
use crate::eval::Expectation;
use crate::expand::Expander;
use crate::names::GlobalItem;
use gpb_syntax::ast::{Binding, FnItem};

impl<'p> StaticCheck<'_, 'p> {
    /// Checks the body of a function against the types of its parameters and of its result.
    pub fn function(&self, function: GlobalItem<'p, FnItem>) {
        let params = &function.item.params;
        let is_twice =
            |(at, one): (usize, &Binding)| params.iter().take(at).any(|other| other.name.text == one.name.text);
        if params.iter().enumerate().any(is_twice) {
            // Which of them a name means, nobody knows; that has been reported.
            return;
        }
        let types = params.iter().filter_map(|param| param.ty.as_ref()).chain(&function.item.result);
        types.for_each(|ty| self.inside_type(function.module, ty));
        self.in_worlds(&[function.item.span], function.item.params.iter(), |expander, _| {
            // A failure has been reported where it happened.
            let _ = result_of(expander, function);
        });
    }
}

fn result_of<'p>(expander: &Expander<'_, 'p>, function: GlobalItem<'p, FnItem>) -> EvalResult<()> {
    let item = function.item;
    let interpreter = expander.interpreter();
    let home = interpreter.root(function.module);
    let mut scope = home.clone();
    if let Some(world) = &expander.world {
        for param in &item.params {
            scope = scope.bind(&param.name.text, expander.any_argument(world, &home.frame, param)?);
        }
    }
    let Some(result) = &item.result else {
        return interpreter.eval(&item.value, &scope, Expectation::Any).map(drop);
    };
    let ty = expander.cx.ty(function.module, result)?;
    let value = interpreter.eval(&item.value, &scope, Expectation::Type(&ty))?;
    interpreter.conform(value, &ty, &scope, Some(result.span)).map(drop)
}
