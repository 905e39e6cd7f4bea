//! Computes the calls that waited for apply.

use super::builtin::CallArg;
use super::call::call;
use super::table::{lookup, unknown};
use crate::ops;
use crate::property::{from_json, json_text, to_json};
use crate::ty::{ActionFact, CloudFacts, TypeContext};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::Value;
use gpb_syntax::ast::BinaryOp;
use serde_json::Value as Json;

/// Computes a call that waited for apply: the same functions, on JSON.
///
/// Besides the functions of the language these are its operators by their symbols, and `if`, `index` and `member`.
///
/// # Errors
/// A sentence that says why it cannot be computed.
pub fn resolve(function: &str, args: &[Json]) -> Result<Json, String> {
    let span = Span::default();
    let sentence = |diagnostic: Diagnostic| match diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message,
    };
    // A document goes into JSON text as it is, whatever its numbers: nothing is computed with them.
    if let ("json", [document]) = (function, args) {
        return Ok(json_text(document).into());
    }
    let values: Result<Vec<Value>, Diagnostic> = args.iter().map(|arg| from_json(arg, span)).collect();
    values.and_then(|values| compute(function, values, span)).and_then(|value| to_json(&value)).map_err(sentence)
}

fn compute(function: &str, values: Vec<Value>, span: Span) -> Result<Value, Diagnostic> {
    if let Some(builtin) = lookup(function) {
        let args = values.into_iter().map(|value| CallArg { name: None, value }).collect();
        return call(builtin, args, &TypeContext::new(&NoCloudFacts), span);
    }
    let mut values = values.into_iter();
    match (function, values.next(), values.next(), values.next()) {
        ("none", None, None, None) => Ok(Value::absent(span)),
        ("!", Some(value), None, None) => ops::not(value, span),
        ("if", Some(condition), Some(then), Some(otherwise)) => ops::choose(condition, then, otherwise, span),
        ("index", Some(of), Some(index), None) => ops::index(&of, &index, span),
        ("member", Some(of), Some(name), None) => {
            let name = name.as_text().cloned().unwrap_or_default();
            ops::member(&of, &name, span, false, span)
        }
        (symbol, Some(left), Some(right), None) => match BinaryOp::from_symbol(symbol) {
            Some(op) => ops::binary(op, left, right, span),
            None => Err(unknown(function, span, [])),
        },
        _ => Err(unknown(function, span, [])),
    }
}

/// Facts for apply, where nothing depends on the place: such functions never wait.
struct NoCloudFacts;

impl CloudFacts for NoCloudFacts {
    fn regions(&self) -> Vec<&str> {
        Vec::new()
    }

    fn zones(&self, _region: &str) -> Option<&[String]> {
        None
    }

    fn action(&self, _action: &str) -> ActionFact {
        ActionFact::Known
    }
}
