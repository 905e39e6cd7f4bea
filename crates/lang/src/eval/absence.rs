//! Absence: `none`, elements that are not there, and the sum of nothing.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::EvalResult;
use gpb_base::diag::Diagnostic;
use gpb_base::unit::Quantity;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind};

/// The word that is absent, but where a type has a word of that name.
const NONE: &str = "none";

impl<'p> Interpreter<'_, 'p> {
    /// Returns `none`: the word, where one of that name is expected, and otherwise the absent value.
    pub(super) fn none(&self, expr: &Expr, expect: Expectation<'_>) -> Value {
        // The fields of facts take words that no type declares: `mode = none`.
        let in_fact = self.view.is_finished() && matches!(expect, Expectation::Any);
        let is_word = (in_fact || expect.has_word(NONE)) && !expr.is_omitted();
        if is_word { Value::word(NONE, expr.span) } else { Value::absent(expr.span) }
    }

    /// Returns the side of a comparison that is `none` as it is written, and the other one.
    pub(super) fn compared_with_none<'e>(left: &'e Expr, right: &'e Expr) -> Option<(&'e Expr, &'e Expr)> {
        let is_none = |side: &Expr| matches!(*side.kind, ExprKind::None);
        match (is_none(left), is_none(right)) {
            (_, true) => Some((right, left)),
            (true, false) => Some((left, right)),
            (false, false) => None,
        }
    }

    /// Returns the `none` that a value is compared with: the word, where the value is one of words with that among them.
    pub(super) fn none_beside(&self, none: &Expr, other: &Value, scope: &Scope<'p>) -> EvalResult<Value> {
        let word = || Value::word(NONE, none.span);
        match &other.kind {
            ValueKind::Word(found) if found.among.iter().any(|among| among.iter().any(|one| &**one == NONE)) => {
                Ok(word())
            }
            ValueKind::Unknown(unknown) if Expectation::Type(&unknown.ty).has_word(NONE) => {
                self.conform(word(), unknown.ty.required(), scope, None)
            }
            _ => Ok(Value::absent(none.span)),
        }
    }

    /// Checks whether an absent element of a list takes no place in it.
    ///
    /// That is so where the writer says that it may not be there, `[a, if c { b }]`. What is said of finished resources
    /// lists what they have.
    pub(super) fn is_left_out(&self, element: &Expr, expect: Expectation<'_>) -> bool {
        !expect.keeps_absent() && (element.may_be_left_out() || self.view.is_finished())
    }

    /// Returns the diagnostic for an absent element where each has to be there.
    pub(super) fn absent_element(&self, element: &Expr) -> Diagnostic {
        let diagnostic = Diagnostic::error("GPB1150", "an element of this list is absent, and each has to be there")
            .with_label(element.span, "this may be absent");
        let written = self.cx.program.sources.slice(element.span);
        if matches!(*element.kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
            let instead = format!("if is_set({written}) {{ {written} }}");
            return diagnostic
                .help("left out where it is absent, it is written with `if`; or choose a value for that case with `??`")
                .fix("leave it out where it is absent", element.span, instead);
        }
        diagnostic.help("leave it out with `if c { v }`, or choose a value for that case with `??`")
    }

    /// Returns the sum of no elements as zero of the unit that is expected; any other value as it is.
    pub(super) fn zero_of(&self, written: &'p Expr, value: Value, ty: &Type, scope: &Scope<'p>) -> EvalResult<Value> {
        let Type::Dimension(dimension) = ty else { return Ok(value) };
        if !self.is_sum_of_nothing(written, &value, scope)? {
            return Ok(value);
        }
        let zero = Quantity::zero(*dimension);
        Ok(zero.map_or_else(|| value.clone(), |zero| Value::new(ValueKind::Quantity(zero), value.span)))
    }

    /// Returns two operands, a sum of no elements in the unit of the other.
    pub(super) fn with_one_unit(
        &self,
        [left, right]: [(&'p Expr, Value); 2],
        scope: &Scope<'p>,
    ) -> EvalResult<(Value, Value)> {
        let dimension = |value: &Value| match &value.kind {
            ValueKind::Quantity(quantity) => Some(Type::Dimension(quantity.dimension)),
            _ => None,
        };
        Ok(match (dimension(&left.1), dimension(&right.1)) {
            (Some(ty), None) => (left.1, self.zero_of(right.0, right.1, &ty, scope)?),
            (None, Some(ty)) => (self.zero_of(left.0, left.1, &ty, scope)?, right.1),
            _ => (left.1, right.1),
        })
    }

    fn is_sum_of_nothing(&self, written: &'p Expr, value: &Value, scope: &Scope<'p>) -> EvalResult<bool> {
        let ExprKind::Call { callee, args } = &*written.kind else { return Ok(false) };
        let is_zero = matches!(&value.kind, ValueKind::Number(number) if number.is_zero());
        let [only] = args.as_slice() else { return Ok(false) };
        if callee.text != "sum"
            || !is_zero
            || self.cx.names.function(scope.frame.module_cx.module, &callee.text).is_some()
        {
            return Ok(false);
        }
        // Whether there was nothing to add shows only in the list.
        let list = self.eval(&only.value, scope, Expectation::Any)?;
        Ok(list.as_list().is_some_and(<[Value]>::is_empty))
    }
}
