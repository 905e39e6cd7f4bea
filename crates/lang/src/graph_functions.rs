//! The functions that look at the graph of resources, which facts alone may call.

use gpb_syntax::ast::{Expr, ExprKind, Ident};

/// Describes one function.
#[derive(Debug, Clone, Copy)]
pub struct GraphFunction {
    /// Its name.
    pub name: &'static str,
    /// The least number of arguments.
    least: usize,
    /// The greatest number of arguments.
    most: usize,
    /// The form of a call: `all(type)`.
    pub usage: &'static str,
}

impl GraphFunction {
    const fn new(name: &'static str, least: usize, most: usize, usage: &'static str) -> Self {
        Self { name, least, most, usage }
    }

    /// Checks whether an argument is a resource type, which may be written as it is: `count(aws.service.type)`.
    pub fn takes_a_type(&self, at: usize) -> bool {
        match self.name {
            "all" | "count" | "resources_where" => at == 0,
            "resource_of" => at == 1,
            _ => false,
        }
    }

    /// Checks whether it takes this number of arguments.
    pub fn takes(&self, arguments: usize) -> bool {
        (self.least..=self.most).contains(&arguments)
    }
}

/// Returns the resource type that an expression spells, `aws.sqs.queue`.
pub fn spelt_type(expr: &Expr) -> Option<String> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(name.text.to_string()),
        ExprKind::Member { of, name, optional: false } => Some(format!("{}.{}", spelt_type(of)?, name.text)),
        _ => None,
    }
}

/// Returns the name that an expression of members begins with.
pub fn head_of(expr: &Expr) -> Option<&Ident> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Member { of, .. } => head_of(of),
        _ => None,
    }
}

const FUNCTIONS: &[GraphFunction] = &[
    GraphFunction::new("account_of", 1, 1, "account_of(resource)"),
    GraphFunction::new("address_of", 1, 1, "address_of(resource)"),
    GraphFunction::new("all", 1, 1, "all(type)"),
    GraphFunction::new("count", 1, 1, "count(type)"),
    GraphFunction::new("document_of", 1, 1, "document_of(value)"),
    GraphFunction::new("region_of", 1, 1, "region_of(resource)"),
    GraphFunction::new("required_by", 2, 2, "required_by(resource, what)"),
    GraphFunction::new("resource_of", 1, 2, "resource_of(value, type)"),
    GraphFunction::new("resources_where", 3, 3, "resources_where(type, property, value)"),
    GraphFunction::new("same_target", 2, 2, "same_target(a, b)"),
    GraphFunction::new("type_of", 1, 1, "type_of(resource)"),
];

/// Returns the function of a name.
pub fn find(name: &str) -> Option<&'static GraphFunction> {
    FUNCTIONS.iter().find(|known| known.name == name)
}
