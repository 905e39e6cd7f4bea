//! The types of expressions, as far as they are known without evaluating.

use super::resolver::Resolver;
use super::ribs::{MODES, Resolution, RibVar, ScopeRib, VarSource};
use super::rule_types;
use super::word_reader::WordReader;
use crate::body_index::{BodyIndex, DeclKind, Declaration};
use crate::builtins;
use crate::compile_context::dotted;
use crate::graph_functions::spelt_type;
use crate::modules::ModuleId;
use crate::policy_items::plain_text;
use gpb_base::source::Span;
use gpb_catalog::typed::type_of;
use gpb_catalog::{Shape, TypeDef, regions};
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_syntax::ast::{Arg, BinaryOp, Binding, Expr, ExprKind, Ident, NamePath};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// The most expressions that are looked at for one type: a chain of `let`s may branch at every step.
const MAX_STEPS: u32 = 64;

/// The type of an expression.
#[derive(Debug, Clone)]
pub(super) enum StaticType {
    /// A type of the language.
    Type(Type),
    /// A part of a property of a resource, whose shape the catalog knows.
    Property(Arc<TypeDef>, PropPath),
}

/// The names that an expression sees.
struct StaticScope<'a, 'p> {
    ribs: &'a [ScopeRib<'p>],
    module: ModuleId,
}

impl StaticType {
    /// Returns the reader of a word that stands next to a value of this type.
    pub fn reader<'p>(&self, other: Span) -> WordReader<'p> {
        WordReader::of(&self.ty(), Some(other))
    }

    /// Returns it as a type of the language.
    pub fn ty(&self) -> Type {
        match self {
            StaticType::Type(ty) => ty.clone(),
            StaticType::Property(def, path) => match def.shape_at(path) {
                Some(Shape::Text(text)) if !text.one_of.is_empty() => {
                    Type::words(text.one_of.iter().map(String::as_str))
                }
                Some(shape) => type_of(def, shape),
                None => Type::Any,
            },
        }
    }

    /// Returns the type of the elements of a list or a map, or of the ends of a range.
    pub fn element(&self) -> Option<StaticType> {
        match self {
            StaticType::Type(ty) => match ty.required() {
                Type::List(of) | Type::Map(of) | Type::Range(of) => Some(StaticType::Type(of.as_ref().clone())),
                _ => None,
            },
            StaticType::Property(def, path) => match def.shape_at(path)? {
                Shape::List(_) => Some(StaticType::Property(def.clone(), path.child("0"))),
                Shape::Map { .. } => Some(StaticType::Property(def.clone(), path.child("x"))),
                _ => None,
            },
        }
    }
}

impl<'p> Resolver<'_, 'p> {
    /// Returns what reads a word that is compared with an expression, or chosen in its place.
    pub(super) fn reader_beside(&self, other: &'p Expr) -> WordReader<'p> {
        self.static_type(other).map_or(WordReader::Nobody, |ty| ty.reader(other.span))
    }

    /// Returns the type of an expression; none where only evaluation knows it.
    pub(super) fn static_type(&self, expr: &'p Expr) -> Option<StaticType> {
        self.type_in(expr, &StaticScope { ribs: &self.ribs, module: self.module }, &mut 0)
    }

    fn type_in(&self, expr: &'p Expr, scope: &StaticScope<'_, 'p>, steps: &mut u32) -> Option<StaticType> {
        *steps += 1;
        if *steps > MAX_STEPS {
            return None;
        }
        let simple = |ty| Some(StaticType::Type(ty));
        match &*expr.kind {
            ExprKind::Number(_) => simple(Type::Number),
            ExprKind::Text(_) => simple(Type::String),
            ExprKind::Policy(_) => simple(Type::Policy),
            ExprKind::Name(name) => self.type_of_name(name, scope, steps),
            ExprKind::List(items) => {
                let item = items.iter().find_map(|item| self.type_in(item, scope, steps))?;
                simple(Type::list(item.ty()))
            }
            ExprKind::Spread(list) => self.type_in(list, scope, steps)?.element(),
            ExprKind::Member { of, name, .. } => self.type_of_member(of, name, scope, steps),
            ExprKind::Index { of, .. } => self.type_in(of, scope, steps)?.element(),
            ExprKind::Call { callee, args } => {
                if let Some(function) = self.world.names.function(scope.module, &callee.text) {
                    let result = function.item.result.as_ref()?;
                    return self.world.ty(function.module, result).ok().map(StaticType::Type);
                }
                if let Some(found) = of_graph_function(&callee.text, args) {
                    return simple(found);
                }
                match (callee.text.as_str(), args.first()) {
                    ("low" | "high", Some(range)) => self.type_in(&range.value, scope, steps)?.element(),
                    ("region_of", _) => simple(Type::Region),
                    ("account_of", _) => simple(Type::Account),
                    (name, _) => builtins::lookup(name).map(|builtin| StaticType::Type(builtin.result.clone())),
                }
            }
            ExprKind::If { then, otherwise, .. } => {
                self.type_in(then, scope, steps).or_else(|| self.type_in(otherwise, scope, steps))
            }
            ExprKind::Binary { op: BinaryOp::Coalesce, left, right } => {
                self.type_in(left, scope, steps).or_else(|| self.type_in(right, scope, steps))
            }
            ExprKind::Binary { op, left, .. } if is_arithmetic(*op) => self.type_in(left, scope, steps),
            ExprKind::Bool(_) | ExprKind::Not(_) | ExprKind::Binary { .. } => simple(Type::Bool),
            ExprKind::Negate(inner) => self.type_in(inner, scope, steps),
            _ => None,
        }
    }

    fn type_of_name(&self, name: &Ident, scope: &StaticScope<'_, 'p>, steps: &mut u32) -> Option<StaticType> {
        let (found, around) = self.find_in(scope.ribs, scope.module, &name.text)?;
        let outer = StaticScope { ribs: scope.ribs.get(..around)?, module: scope.module };
        match found {
            Resolution::Declared(declared) => self.type_of_declared(&declared, &outer, steps),
            Resolution::Var(var) => self.type_of_var(&var, &outer, steps),
            Resolution::Const(global) => {
                let home = StaticScope { ribs: &[], module: global.module };
                self.type_of_binding(global.item, &home, steps)
            }
            Resolution::Ambient => Some(StaticType::Type(match name.text.as_str() {
                "region" => Type::Region,
                "account" => Type::Account,
                "partition" => partitions(),
                _ => return None,
            })),
        }
    }

    fn type_of_declared(
        &self,
        declared: &Declaration<'p>,
        scope: &StaticScope<'_, 'p>,
        steps: &mut u32,
    ) -> Option<StaticType> {
        let home = self.world.home_of(declared.name.span, scope.module);
        let scope = &StaticScope { ribs: scope.ribs, module: home };
        match declared.what {
            DeclKind::Param(binding) | DeclKind::Let(binding) => self.type_of_binding(binding, scope, steps),
            DeclKind::Resource(resource) => {
                let one = resource_type(&resource.ty)?;
                Some(StaticType::Type((0..declared.keyed).fold(one, |ty, _| Type::map(ty))))
            }
            DeclKind::Layer(_) | DeclKind::Use(_) => None,
        }
    }

    fn type_of_binding(
        &self,
        binding: &'p Binding,
        scope: &StaticScope<'_, 'p>,
        steps: &mut u32,
    ) -> Option<StaticType> {
        match &binding.ty {
            Some(ty) => self.world.ty(scope.module, ty).ok().map(StaticType::Type),
            None => self.type_in(binding.value.as_ref()?, scope, steps),
        }
    }

    fn type_of_var(&self, var: &RibVar<'p>, scope: &StaticScope<'_, 'p>, steps: &mut u32) -> Option<StaticType> {
        match var.source {
            VarSource::Binding(binding) => self.type_of_binding(binding, scope, steps),
            VarSource::Element(over) => self.type_in(over, scope, steps)?.element(),
            VarSource::Key(over) => match self.type_in(over, scope, steps)?.ty().required() {
                Type::List(_) => Some(StaticType::Type(Type::Int)),
                Type::Map(_) => Some(StaticType::Type(Type::String)),
                _ => None,
            },
            VarSource::Resource(path) => resource_type(path).map(StaticType::Type),
            VarSource::Declared(declared) => self.type_of_declared(&declared, scope, steps),
            VarSource::AnyResource => Some(StaticType::Type(rule_types::any_resource())),
            VarSource::Plan => Some(StaticType::Type(rule_types::plan())),
            VarSource::Evaluation => None,
        }
    }

    fn type_of_member(
        &self,
        of: &'p Expr,
        name: &Ident,
        scope: &StaticScope<'_, 'p>,
        steps: &mut u32,
    ) -> Option<StaticType> {
        if let ExprKind::Name(head) = &*of.kind
            && head.text == "environment"
            && let Some((Resolution::Ambient, _)) = self.find_in(scope.ribs, scope.module, &head.text)
        {
            return of_environment(&name.text);
        }
        if let Some((index, home)) = self.body_of(of, scope) {
            return self.type_of_part(&[ScopeRib::Body(index)], home, name, steps);
        }
        match self.type_in(of, scope, steps)? {
            StaticType::Type(ty) => match ty.required() {
                Type::Object(object) => {
                    object.fields.get(name.text.as_str()).map(|field| StaticType::Type(field.ty.clone()))
                }
                Type::Map(of) => Some(StaticType::Type(of.as_ref().clone())),
                Type::Resource(Some(of)) => self.type_of_property(of, &name.text),
                Type::Place => {
                    of_environment(&name.text).filter(|_| matches!(name.text.as_str(), "region" | "account"))
                }
                _ => None,
            },
            StaticType::Property(def, path) => match def.shape_at(&path)? {
                Shape::Object(object) => {
                    let property = object.by_name(&name.text).or_else(|| object.by_aws(&name.text))?;
                    let inner = path.child(&property.aws);
                    Some(StaticType::Property(def, inner))
                }
                Shape::Map { .. } => Some(StaticType::Property(def, path.child(&name.text))),
                _ => None,
            },
        }
    }

    fn type_of_property(&self, of: &str, name: &str) -> Option<StaticType> {
        let def = self.world.def(of)?;
        let Some(property) = def.root.by_name(name).or_else(|| def.root.by_aws(name)) else {
            return (name == "id").then_some(StaticType::Type(Type::String));
        };
        if self.placeless && def.is_tagged_by(&property.aws) {
            // Policies and tests see tags as a map, whatever their form.
            return Some(StaticType::Type(Type::map(Type::String)));
        }
        let path = PropPath::default().child(&property.aws);
        Some(StaticType::Property(def, path))
    }

    /// Returns the body that an expression leads to, a layer's or a component's, and its module: `data.main`.
    fn body_of(&self, of: &'p Expr, scope: &StaticScope<'_, 'p>) -> Option<(Rc<BodyIndex<'p>>, ModuleId)> {
        let (declared, keys, home) = self.declaration_in(of, scope)?;
        if keys == declared.keyed { self.inside(&declared, home) } else { None }
    }

    /// Returns the declaration that an expression leads to, through layers and components.
    ///
    /// With it comes the number of keys behind it.
    pub(super) fn declaration_of(&self, of: &'p Expr) -> Option<(Declaration<'p>, usize)> {
        let scope = StaticScope { ribs: &self.ribs, module: self.module };
        self.declaration_in(of, &scope).map(|(declared, keys, _)| (declared, keys))
    }

    fn declaration_in(&self, of: &'p Expr, scope: &StaticScope<'_, 'p>) -> Option<(Declaration<'p>, usize, ModuleId)> {
        match &*of.kind {
            ExprKind::Name(head) => match self.find_in(scope.ribs, scope.module, &head.text)?.0 {
                Resolution::Declared(declared)
                | Resolution::Var(RibVar { source: VarSource::Declared(declared), .. }) => {
                    Some((declared, 0, scope.module))
                }
                _ => None,
            },
            ExprKind::Index { of, .. } => {
                let (declared, keys, home) = self.declaration_in(of, scope)?;
                Some((declared, keys + 1, home))
            }
            ExprKind::Member { of, name, .. } => {
                let (declared, keys, home) = self.declaration_in(of, scope)?;
                if keys < declared.keyed {
                    return Some((declared, keys + 1, home));
                }
                let (index, home) = self.inside(&declared, home)?;
                let is_output = index.outputs.contains_key(name.text.as_str());
                let declared = index.names.get(name.text.as_str()).filter(|_| !is_output)?;
                Some((*declared, 0, home))
            }
            _ => None,
        }
    }

    /// Returns the body of a layer or of the component that is used.
    fn inside(&self, declared: &Declaration<'p>, around: ModuleId) -> Option<(Rc<BodyIndex<'p>>, ModuleId)> {
        match declared.what {
            DeclKind::Layer(layer) => {
                Some((self.world.indexes.get_or_build(&layer.stmts), self.world.home_of(layer.span, around)))
            }
            DeclKind::Use(block) => {
                let home = self.world.home_of(block.span, around);
                let component = self.world.names.component(home, &block.head.text)?;
                Some((self.world.indexes.get_or_build(&component.item.stmts), component.module))
            }
            DeclKind::Param(_) | DeclKind::Let(_) | DeclKind::Resource(_) => None,
        }
    }

    /// Returns the type of an output, an item or a parameter of a layer or a component.
    fn type_of_part(
        &self,
        body: &[ScopeRib<'p>],
        module: ModuleId,
        name: &Ident,
        steps: &mut u32,
    ) -> Option<StaticType> {
        let [ScopeRib::Body(index)] = body else { return None };
        let index: &BodyIndex<'p> = index;
        let scope = StaticScope { ribs: body, module };
        match index.outputs.get(name.text.as_str()) {
            Some((binding, _)) => self.type_of_binding(binding, &scope, steps),
            None => self.type_of_declared(index.names.get(name.text.as_str())?, &scope, steps),
        }
    }
}

/// Returns the type of what a function of the graph finds, where its call names the type of the resources.
fn of_graph_function(name: &str, args: &[Arg]) -> Option<Type> {
    let resource = |at: usize| {
        let arg = &args.get(at)?.value;
        let ty = plain_text(arg).map(str::to_owned).or_else(|| spelt_type(arg))?;
        ty.contains('.').then(|| Type::Resource(Some(ty.as_str().into())))
    };
    match name {
        "all" | "resources_where" => resource(0).map(Type::list),
        "resource_of" => resource(1),
        _ => None,
    }
}

fn resource_type(path: &NamePath) -> Option<Type> {
    Some(Type::Resource(Some(dotted(path)?.as_str().into())))
}

/// Returns the type of a member of `environment`.
fn of_environment(name: &str) -> Option<StaticType> {
    Some(StaticType::Type(match name {
        "name" => Type::String,
        "mode" => Type::words(MODES),
        "region" => Type::Region,
        "account" => Type::Account,
        _ => return None,
    }))
}

fn partitions() -> Type {
    let all: BTreeSet<&str> = regions::names().filter_map(regions::partition).collect();
    Type::words(all)
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp as Op;
    matches!(op, Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder)
}
