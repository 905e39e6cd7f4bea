//! The types that read bare words, as far as they are known without evaluating.

use super::ribs::MODES;
use crate::body_index::{BodyIndex, DeclKind};
use crate::compile_context::{CompileContext, dotted};
use crate::modules::ModuleId;
use gpb_base::source::Span;
use gpb_catalog::{Shape, TypeDef};
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_syntax::ast::NamePath;
use std::rc::Rc;
use std::sync::Arc;

/// The reader of a bare word: without one it can only be a name.
#[derive(Debug, Clone)]
pub(super) enum WordReader<'p> {
    /// Nothing reads it.
    Nobody,
    /// Evaluation knows what reads it: a fact, an override.
    Evaluation,
    /// A type, and the declaration the expectation comes from.
    Type(Type, Option<Span>),
    /// The parameters of a stack or a component, by name, each with a type of its own.
    Params(ModuleId, Rc<BodyIndex<'p>>),
    /// The fields of an environment: its own, and the parameters of its stack.
    Environment(ModuleId, Rc<BodyIndex<'p>>),
    /// The properties of a resource of a type. The catalog is asked only where a word needs it.
    Resource(&'p NamePath),
    /// A part of a property, whose shape the catalog knows.
    Property(Arc<TypeDef>, PropPath),
}

impl<'p> WordReader<'p> {
    /// Returns the reader that a type is. `any` reads nothing.
    pub fn of(ty: &Type, declared: Option<Span>) -> Self {
        match ty.required() {
            Type::Any => WordReader::Nobody,
            ty => WordReader::Type(ty.clone(), declared),
        }
    }

    /// Returns the reader of an element of a list, counted from 0.
    pub fn item(&self, at: usize) -> Self {
        match self {
            WordReader::Nobody => WordReader::Nobody,
            WordReader::Type(Type::List(item), declared) => Self::of(item, *declared),
            WordReader::Property(def, path) if matches!(def.shape_at(path), Some(Shape::List(_))) => {
                WordReader::Property(def.clone(), path.child(&at.to_string()))
            }
            // The value is of another kind than is expected, which evaluation reports.
            _ => WordReader::Evaluation,
        }
    }

    /// Returns the reader of the entry `name` of an object or a map.
    pub fn field(&self, name: &str, cx: &CompileContext<'p>) -> Self {
        match self {
            WordReader::Nobody => WordReader::Nobody,
            WordReader::Type(Type::Map(value), declared) => Self::of(value, *declared),
            WordReader::Type(Type::Object(object), _) => match object.fields.get(name) {
                Some(field) => Self::of(&field.ty, field.span),
                None => WordReader::Evaluation,
            },
            WordReader::Params(module, index) => param(*module, index, name, cx),
            WordReader::Environment(module, index) => match own_field(name) {
                Some(ty) => Self::of(&ty, None),
                None => param(*module, index, name, cx),
            },
            WordReader::Resource(ty) => {
                let property = || {
                    let def = cx.def(&dotted(ty)?)?;
                    let aws = def.root.by_name(name).or_else(|| def.root.by_aws(name))?.aws.clone();
                    Some(WordReader::Property(def, PropPath::default().child(&aws)))
                };
                property().unwrap_or(WordReader::Evaluation)
            }
            WordReader::Property(def, path) => match def.shape_at(path) {
                Some(Shape::Object(object)) => match object.by_name(name).or_else(|| object.by_aws(name)) {
                    Some(property) => WordReader::Property(def.clone(), path.child(&property.aws)),
                    None => WordReader::Evaluation,
                },
                Some(Shape::Map { .. }) => WordReader::Property(def.clone(), path.child(name)),
                _ => WordReader::Evaluation,
            },
            WordReader::Evaluation | WordReader::Type(..) => WordReader::Evaluation,
        }
    }

    /// Returns the reader of one block of the name `name`: where a list is expected, it is an element.
    pub fn block(&self, name: &str, cx: &CompileContext<'p>) -> Self {
        match self.field(name, cx) {
            list @ WordReader::Type(Type::List(_), _) => list.item(0),
            WordReader::Property(def, path) if matches!(def.shape_at(&path), Some(Shape::List(_))) => {
                WordReader::Property(def, path).item(0)
            }
            whole => whole,
        }
    }

    /// Checks whether it is of use only to words that are no names, and takes a look at the catalog.
    pub fn is_of_the_catalog(&self) -> bool {
        matches!(self, WordReader::Resource(_) | WordReader::Property(..))
    }
}

/// Returns the type of a field that an environment has itself.
fn own_field(name: &str) -> Option<Type> {
    Some(match name {
        "region" => Type::Region,
        "account" => Type::Account,
        "mode" => Type::words(MODES),
        "role" => Type::Arn,
        "profile" => Type::String,
        _ => return None,
    })
}

fn param<'p>(module: ModuleId, index: &BodyIndex<'p>, name: &str, cx: &CompileContext<'p>) -> WordReader<'p> {
    let Some(DeclKind::Param(binding)) = index.names.get(name).map(|declared| declared.what) else {
        return WordReader::Evaluation;
    };
    match binding.ty.as_ref().map(|ty| cx.ty(module, ty)) {
        Some(Ok(ty)) => WordReader::of(&ty, Some(binding.name.span)),
        Some(Err(_)) => WordReader::Evaluation,
        None => WordReader::Nobody,
    }
}
