//! Property paths as they are written.

use super::interpreter::Interpreter;
use crate::compile_context::EvalResult;
use gpb_base::source::Span;
use gpb_catalog::{Shape, TypeDef};
use gpb_model::PropPath;

impl Interpreter<'_, '_> {
    /// Returns the property path that is written, in AWS's spelling: `vpc_config.subnet_ids`.
    pub fn property_path(&self, def: &TypeDef, segments: &[(String, Span)]) -> EvalResult<PropPath> {
        let mut path = PropPath::default();
        let mut shape: Option<&Shape> = None;
        for (name, span) in segments {
            let object = match shape {
                None => Some(&def.root),
                Some(Shape::Object(object)) => Some(object),
                Some(_) => None,
            };
            let next = match (object, shape) {
                (Some(object), _) => {
                    let Some(property) = object.by_name(name).or_else(|| object.by_aws(name)) else {
                        let names: Vec<&str> = object.properties.iter().map(|one| one.name.as_str()).collect();
                        let of = if path.0.is_empty() { def.name.to_string() } else { def.display(&path) };
                        return Err(self.no_property(&of, name, *span, &names));
                    };
                    path = path.child(&property.aws);
                    Some(&property.shape)
                }
                (None, Some(Shape::List(list))) => {
                    path = path.child(name);
                    Some(&*list.item)
                }
                (None, Some(Shape::Map { value, .. })) => {
                    path = path.child(name);
                    Some(&**value)
                }
                _ => {
                    path = path.child(name);
                    None
                }
            };
            shape = next.map(|shape| def.resolve(shape));
            if shape.is_none() {
                return Ok(path);
            }
        }
        Ok(path)
    }
}
