//! Values that are read as they are written, without a name in them.

use gpb_base::diag::Diagnostic;
use gpb_base::unit;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap, ValueRange};
use gpb_syntax::ast::{Expr, ExprKind, Stmt, TextPart};
use std::sync::Arc;

/// Returns a number or a quantity, perhaps negative; `None` for any other expression.
pub fn amount(expr: &Expr) -> Option<Result<Value, Diagnostic>> {
    let span = expr.span;
    match &*expr.kind {
        ExprKind::Number(number) => Some(Ok(Value::number(*number, span))),
        ExprKind::Quantity { amount, unit } => Some(match unit::thousands(*amount, &unit.text) {
            Some(number) => Ok(Value::number(number, span)),
            None => unit::quantity(*amount, &unit.text, span)
                .map(|quantity| Value::new(ValueKind::Quantity(quantity), span)),
        }),
        ExprKind::Negate(inner) => {
            let negated = |value: Value| {
                let kind = match value.kind {
                    ValueKind::Number(number) => ValueKind::Number(-number),
                    ValueKind::Quantity(quantity) => {
                        ValueKind::Quantity(unit::Quantity { amount: -quantity.amount, ..quantity })
                    }
                    other => other,
                };
                Value::new(kind, span)
            };
            Some(amount(inner)?.map(negated))
        }
        _ => None,
    }
}

/// Returns the value of an expression in which nothing has to be looked up or computed.
///
/// # Errors
/// GPB1133 where a name of a value, a call or an operator is in it.
pub fn value(expr: &Expr) -> Result<Value, Diagnostic> {
    let span = expr.span;
    let no_literal = || {
        Diagnostic::error("GPB1133", "a value from outside is a literal: nothing in it is computed")
            .with_label(span, "has to be computed")
            .help("write a number, a quantity, a string, a word, a list or an object")
    };
    if let Some(amount) = amount(expr) {
        return amount;
    }
    match &*expr.kind {
        ExprKind::Bool(truth) => Ok(Value::bool(*truth, span)),
        ExprKind::None => Ok(Value::absent(span)),
        ExprKind::Name(name) => Ok(Value::word(name.text.as_str(), span)),
        ExprKind::Text(parts) => match parts.as_slice() {
            [] => Ok(Value::text("", span)),
            [TextPart::Text(text)] => Ok(Value::text(text.as_str(), span)),
            _ => Err(no_literal()),
        },
        ExprKind::Tagged { tag, value: inner } => Ok(Value::tagged(tag.text.as_str(), tag.span, value(inner)?)),
        ExprKind::List(items) => Ok(Value::list(items.iter().map(value).collect::<Result<_, _>>()?, span)),
        ExprKind::Range { low, high } => {
            let (low, high) = (value(low)?, value(high)?);
            Ok(Value::new(ValueKind::Range(Arc::new(ValueRange { low, high })), span))
        }
        ExprKind::Object(stmts) => {
            let mut map = ValueMap::default();
            for stmt in stmts {
                let Stmt::Field(field) = stmt else { return Err(no_literal()) };
                if field.label.is_some() || map.contains_key(field.head.text.as_str()) {
                    return Err(no_literal());
                }
                let entry = ValueEntry { key: field.head.span, value: value(&field.value)? };
                map.insert(field.head.text.as_str().into(), entry);
            }
            Ok(Value::map(map, span))
        }
        _ => Err(no_literal()),
    }
}
