//! Reading a property of a resource whose model is made.

use super::super::compile_context::{AlreadyReported, EvalResult};
use super::super::eval::Interpreter;
use super::{DeclarationSite, FactEvaluator, ResourceGraph};
use gpb_base::source::Span;
use gpb_catalog::typed::{type_of, value_of};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{PropertyValue, ResourceHandle};
use gpb_model::{Evidence, Resource};
use gpb_syntax::ast::Ident;

impl Interpreter<'_, '_> {
    /// `self.property` in a fact: what is written, the schema's default, or nothing; unknown for what AWS decides.
    pub fn fact_property(
        &self,
        evaluator: &FactEvaluator,
        handle: &ResourceHandle,
        name: &Ident,
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let resource = evaluator.resource(&handle.address).ok_or(AlreadyReported)?;
        let def = self.cx.def(&resource.ty).ok_or(AlreadyReported)?;
        let Some(property) = def.root.by_name(&name.text).or_else(|| def.root.by_aws(&name.text)) else {
            if name.text == "id" {
                return Ok(match evaluator.identifier(&handle.address) {
                    Some(text) => PropertyValue::text(text, span),
                    None => PropertyValue::reference(handle.address.clone(), PropPath::default(), Type::String, span),
                });
            }
            let names: Vec<&str> = def.root.properties.iter().map(|property| property.name.as_str()).collect();
            return Err(self.no_property(&def.name, &name.text, name.span, &names));
        };
        let path = PropPath::default().child(&property.aws);
        let written = resource.properties.get(&property.aws);
        let value = match (written, &property.default) {
            (Some(value), _) => value_of(&def, &property.shape, value, span),
            (None, _) if def.is_read_only(&path) => {
                PropertyValue::reference(handle.address.clone(), path.clone(), type_of(&def, &property.shape), span)
            }
            (None, Some(default)) => match model::Value::try_from(default.clone()) {
                Ok(value) => value_of(&def, &property.shape, &value, span),
                Err(_) => PropertyValue::absent(span),
            },
            (None, None) => PropertyValue::absent(span),
        };
        if !evaluator.has_read(&handle.address, &path) {
            evaluator.read(evaluator.property(resource, path).into());
        }
        Ok(value)
    }

    /// Where the program's author has written a resource and what it holds.
    pub(super) fn written_of(&self, resource: &Resource) -> DeclarationSite {
        let here = DeclarationSite { declared: resource.span, elsewhere: Vec::new() };
        let is_library = |span: &Span| self.cx.library.contains(&span.file);
        let properties = || resource.properties.keys().map(|name| PropPath(name.clone()));
        let span_of = |path: &PropPath| resource.spans.get(path).copied();
        let mut spans = properties().filter_map(|path| span_of(&path)).chain([resource.span]);
        if !spans.any(|span| is_library(&span)) {
            return here;
        }
        let Some(node) = self.expansion.by_address(&resource.address) else { return here };
        let author = |at: Span| self.written_by_author(&node, at);
        let elsewhere = properties().filter_map(|path| {
            let at = span_of(&path).filter(is_library)?;
            Some((path, author(at)))
        });
        DeclarationSite { declared: author(resource.span), elsewhere: elsewhere.collect() }
    }
}

impl ResourceGraph {
    /// That a property of a resource decided something.
    pub(super) fn property(&self, resource: &Resource, property: PropPath) -> Evidence {
        let span = self.written(resource, &property);
        let written = resource.properties.contains_key(property.0.as_str());
        Evidence { resource: resource.address.clone(), property, written, span }
    }
}
