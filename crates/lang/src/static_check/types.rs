//! Object types, checked with symbols for their fields: nobody may have made a value of them.

use super::worlds::StaticCheck;
use crate::eval::{RequiredOf, Scope};
use crate::expand::Expander;
use crate::modules::ModuleId;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, RequireStmt, TypeExpr, TypeKind};

impl<'p> StaticCheck<'_, 'p> {
    /// Checks the defaults and the requirements of the object types in a type.
    pub fn inside_type(&self, module: ModuleId, ty: &'p TypeExpr) {
        match &ty.kind {
            TypeKind::Named { args, .. } => args.iter().for_each(|arg| self.inside_type(module, arg)),
            TypeKind::Optional(inner) => self.inside_type(module, inner),
            TypeKind::Bounded { of, .. } => self.inside_type(module, of),
            TypeKind::Object { fields, requires } => {
                fields.iter().filter_map(|field| field.ty.as_ref()).for_each(|ty| self.inside_type(module, ty));
                let is_plain = requires.is_empty() && fields.iter().all(|field| field.value.is_none());
                // Of two fields of one name nobody knows which is meant.
                let is_twice =
                    |field: &Binding| fields.iter().filter(|other| other.name.text == field.name.text).count() > 1;
                if is_plain || fields.iter().any(is_twice) {
                    return;
                }
                self.in_worlds(&[ty.span], fields.iter(), |expander, _| {
                    object(expander, module, (fields, requires), ty.span);
                });
            }
            TypeKind::Words(_) | TypeKind::Missing => {}
        }
    }
}

/// Gives each field a symbol, which looks at its default, and holds the requirements against them.
fn object<'p>(
    expander: &Expander<'_, 'p>,
    module: ModuleId,
    (fields, requires): (&'p [Binding], &'p [RequireStmt]),
    span: Span,
) {
    let Some(world) = &expander.world else { return };
    let interpreter = expander.interpreter();
    let home: Scope<'p> = interpreter.root(module);
    let mut scope = home.clone();
    for field in fields {
        // A type that is wrong has been reported, and says nothing about the requirements.
        let Ok(value) = expander.any_argument(world, &home.frame, field) else { return };
        scope = scope.bind(&field.name.text, value);
    }
    let required_of = RequiredOf { head: span, given: &|_| None };
    for stmt in requires {
        // A failure has been reported where it happened.
        let _ = interpreter.require(stmt, &scope, &required_of);
    }
}
