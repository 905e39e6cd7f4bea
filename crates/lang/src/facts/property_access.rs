//! Properties of finished resources.

use super::tags;
use super::worker::FactWorker;
use crate::compile_context::{AlreadyReported, EvalResult};
use gpb_base::source::Span;
use gpb_catalog::typed::{type_of, value_of};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{ResourceHandle, Value};
use gpb_syntax::ast::Ident;

impl FactWorker<'_, '_> {
    /// Returns `self.property` in a fact: what is written, the schema's default, or nothing; unknown for what AWS decides.
    pub(super) fn finished_property(&self, handle: &ResourceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        let resource = self.reader.resource(&handle.address).ok_or(AlreadyReported)?;
        let def = self.cx.def(&resource.ty).ok_or(AlreadyReported)?;
        let Some(property) = def.root.by_name(&name.text).or_else(|| def.root.by_aws(&name.text)) else {
            if name.text == "id" {
                return Ok(match self.reader.identifier(&handle.address) {
                    Some(text) => Value::text(text, span),
                    None => Value::reference(handle.address.clone(), PropPath::default(), Type::String, span),
                });
            }
            let names: Vec<&str> = def.root.properties.iter().map(|property| property.name.as_str()).collect();
            return Err(self.interpreter().no_property(&def.name, &name.text, name.span, &names));
        };
        let path = PropPath::default().child(&property.aws);
        let written = resource.properties.get(&property.aws);
        let reference = |ty| Value::reference(handle.address.clone(), path.clone(), ty, span);
        let is_tagging = self.is_of_rules && def.is_tagged_by(&property.aws);
        // Of what gpb does not make, a policy and a test know the plain values it is found by.
        let is_open = self.is_of_rules && resource.existing && !written.is_some_and(is_plain);
        let value = match (written, &property.default) {
            _ if is_open && def.is_returned(&path) => reference(type_of(&def, &property.shape)),
            // Whether there is anything is unknown too.
            _ if is_open && is_tagging => reference(Type::map(Type::String).optional()),
            _ if is_open => reference(type_of(&def, &property.shape).optional()),
            _ if is_tagging => tags::of_resource(&def, resource, span),
            (Some(value), _) => value_of(&def, &property.shape, value, span),
            (None, _) if def.is_read_only(&path) => reference(type_of(&def, &property.shape)),
            (None, Some(default)) => match model::PropertyValue::try_from(default.clone()) {
                Ok(value) => value_of(&def, &property.shape, &value, span),
                Err(_) => Value::absent(span),
            },
            (None, None) => Value::absent(span),
        };
        if !self.reader.has_read(&handle.address, &path) {
            self.reader.read(self.reader.property(resource, path).into());
        }
        Ok(value)
    }
}

fn is_plain(value: &model::PropertyValue) -> bool {
    use model::PropertyValue as Written;
    !matches!(value, Written::List(_) | Written::Map(_))
}
