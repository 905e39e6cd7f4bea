//! The outputs of a stack and of its layers.

use crate::expand::{Expander, ExpansionOutput};
use crate::property;
use gpb_base::diag::Diagnostic;
use gpb_model::Output;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use std::collections::BTreeMap;

impl<'p> Expander<'_, 'p> {
    /// Returns the outputs. A secret has no string form, so it is no output.
    pub fn outputs(&self, collected: &ExpansionOutput<'p>) -> BTreeMap<String, Output> {
        let mut outputs = BTreeMap::new();
        for found in &collected.outputs {
            let secret = found.value.find_secret().or_else(|| secret_unknown(&found.value));
            if let Some(secret) = secret {
                self.report(
                    Diagnostic::error("GPB1907", format!("the output `{}` holds a secret", found.name))
                        .with_label(secret.span, "a secret has no text form")
                        .help("give out the name or the ARN of the secret instead"),
                );
                continue;
            }
            match property::untyped(&found.value) {
                Ok(value) => {
                    let (span, doc) = (found.binding.name.span, found.binding.doc.as_deref().map(str::to_owned));
                    outputs.insert(found.name.clone(), Output { value, span, doc });
                }
                Err(diagnostic) => {
                    self.report(diagnostic);
                }
            }
        }
        outputs
    }
}

fn secret_unknown(value: &Value) -> Option<&Value> {
    match &value.kind {
        ValueKind::Unknown(unknown) if matches!(unknown.ty.required(), Type::Secret) => Some(value),
        _ => None,
    }
}
