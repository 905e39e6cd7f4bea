//! The types of what policies and tests see and nothing declares.

use gpb_base::unit::Dimension;
use gpb_model::Domain;
use gpb_model::ty::{FieldType, ObjectType, Type};
use std::sync::Arc;

/// Returns the type of a resource of any type, `each resource as r`.
pub(super) fn any_resource() -> Type {
    let text = |name| (name, Type::String);
    object(
        "resource",
        [
            text("type"),
            text("address"),
            text("layer"),
            text("region"),
            text("account"),
            ("stateful", Type::Bool),
            ("tags", Type::map(Type::String)),
        ],
    )
}

/// Returns the type of `plan`.
pub(super) fn plan() -> Type {
    let money = || Type::Dimension(Dimension::Money);
    let codes = || Type::list(Type::String);
    let figures = || {
        let time = |name| (name, Type::Dimension(Dimension::Duration));
        vec![time("rto"), time("rpo"), ("met", Type::Bool)]
    };
    let one = || object("verdict", figures().into_iter().chain([("verdict", Type::String)]));
    let domain = || object("verdicts", figures().into_iter().chain([("of", Type::map(one()))]));
    let recovery = object("recovery", Domain::ALL.map(|name| (name.as_str(), domain())));
    let cost = object("cost", ["minimum", "expected", "maximum"].map(|name| (name, money())));
    object(
        "plan",
        [
            ("cost", cost),
            ("recovery", recovery),
            ("resources", Type::Int),
            ("outputs", Type::map(Type::Any)),
            ("errors", codes()),
            ("warnings", codes()),
            ("refused", codes()),
        ],
    )
}

fn object<'n>(name: &str, fields: impl IntoIterator<Item = (&'n str, Type)>) -> Type {
    let field = |(name, ty): (&str, Type)| (Arc::from(name), FieldType { ty, default: None, doc: None, span: None });
    let fields = fields.into_iter().map(field).collect();
    Type::Object(Arc::new(ObjectType { name: Some(name.into()), fields, ..ObjectType::default() }))
}
