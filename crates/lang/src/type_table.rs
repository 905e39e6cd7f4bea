//! The types of a program, from expressions to what values are checked against.

use super::compile_context::{AlreadyReported, CompileContext, EvalResult};
use super::literal;
use super::modules::ModuleId;
use super::names::{ItemKind, NamedItem};
use super::node_id::NodeId;
use super::ty::{TypeContext, borrow_unit, check_order, conform};
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::Span;
use gpb_base::unit::Amount;
use gpb_model::ty::{BoundedType, DefaultId, FieldType, ObjectType, RequireId, Type};
use gpb_syntax::ast::{Binding, Expr, ExprKind, Ident, RequireStmt, TypeExpr, TypeItem, TypeKind};
use std::cell::RefCell;
use std::sync::Arc;

/// Every type expression, read once; and the defaults of object fields, by their number.
#[derive(Debug, Default)]
pub struct TypeTable<'p> {
    read: RefCell<HashMap<NodeId, EvalResult<Type>>>,
    defaults: RefCell<Vec<(ModuleId, &'p Expr)>>,
    requirements: RefCell<Vec<TypeRequirement<'p>>>,
    /// The named types being read now: one that comes up again is made of itself.
    open: RefCell<Vec<&'p TypeItem>>,
}

/// A requirement of an object type, and what it may name.
#[derive(Debug, Clone, Copy)]
pub struct TypeRequirement<'p> {
    /// The module of the type.
    pub module: ModuleId,
    /// The fields of the type, which the condition names.
    pub fields: &'p [Binding],
    /// The statement.
    pub stmt: &'p RequireStmt,
}

impl<'p> TypeTable<'p> {
    /// Returns the expression behind a default and the module it stands in.
    pub fn default_of(&self, id: DefaultId) -> Option<(ModuleId, &'p Expr)> {
        self.defaults.borrow().get(id.0 as usize).copied()
    }

    /// Returns a requirement of an object type.
    pub fn requirement(&self, id: RequireId) -> Option<TypeRequirement<'p>> {
        self.requirements.borrow().get(id.0 as usize).copied()
    }

    fn add_requirement(&self, requirement: TypeRequirement<'p>) -> RequireId {
        let mut requirements = self.requirements.borrow_mut();
        requirements.push(requirement);
        RequireId(u32::try_from(requirements.len() - 1).unwrap_or(u32::MAX))
    }

    fn add_default(&self, module: ModuleId, value: &'p Expr) -> DefaultId {
        let mut defaults = self.defaults.borrow_mut();
        defaults.push((module, value));
        DefaultId(u32::try_from(defaults.len() - 1).unwrap_or(u32::MAX))
    }
}

impl<'p> CompileContext<'p> {
    /// Returns the type an expression of a module means; mistakes in it are reported the first time.
    pub fn ty(&self, module: ModuleId, written: &'p TypeExpr) -> EvalResult<Type> {
        let key = NodeId::new(written.span);
        if let Some(known) = self.types.read.borrow().get(&key) {
            return known.clone();
        }
        let read = self.read_type(module, written);
        self.types.read.borrow_mut().insert(key, read.clone());
        read
    }

    fn read_type(&self, module: ModuleId, written: &'p TypeExpr) -> EvalResult<Type> {
        match &written.kind {
            TypeKind::Named { name, args } => self.named(module, name, args, written.span),
            TypeKind::Optional(inner) => Ok(self.ty(module, inner)?.optional()),
            TypeKind::Words(words) => Ok(Type::words(words.iter().map(|word| word.text.as_str()))),
            TypeKind::Bounded { of, bounds } => self.bounded(module, of, bounds),
            TypeKind::Object { fields, requires } => {
                let object = self.object(module, (fields, requires), None, written.span)?;
                Ok(Type::Object(Arc::new(object)))
            }
            TypeKind::Missing => Err(AlreadyReported),
        }
    }

    fn named(&self, module: ModuleId, name: &'p Ident, args: &'p [TypeExpr], span: Span) -> EvalResult<Type> {
        if matches!(name.text.as_str(), "list" | "map" | "range") {
            return self.generic(module, name, args, span);
        }
        let global = self.names.ty(module, &name.text);
        let is_known = global.is_some() || Type::simple(&name.text).is_some();
        if !args.is_empty() && is_known {
            let message = format!("the type `{}` takes no type in `<…>`", name.text);
            let help = "only `list<T>`, `map<T>` and `range<T>` do";
            return Err(self.reports.add(Diagnostic::error("GPB1013", message).with_label(span, "here").help(help)));
        }
        if let Some(global) = global {
            self.check_visible(module, name, &NamedItem::Type(global));
            return self.alias(global.module, global.item, name.span);
        }
        if let Some(simple) = Type::simple(&name.text) {
            return Ok(simple);
        }
        if self.unknown_qualified(module, ItemKind::Type, name) {
            return Err(AlreadyReported);
        }
        if name.text.contains(['.', ':']) {
            return match self.def(&name.text) {
                Some(_) => Ok(Type::Resource(Some(name.text.as_str().into()))),
                None => Err(self.unknown_type(&name.text, name.span)),
            };
        }
        Err(self.unknown_type_name(module, name))
    }

    fn generic(&self, module: ModuleId, name: &'p Ident, args: &'p [TypeExpr], span: Span) -> EvalResult<Type> {
        let [arg] = args else {
            let message = format!("`{}` needs one type in `<…>`, not {}", name.text, args.len());
            let help = format!("write `{}<string>`, or another type in place of `string`", name.text);
            return Err(self.reports.add(Diagnostic::error("GPB1013", message).with_label(span, "here").help(help)));
        };
        let inner = self.ty(module, arg)?;
        match name.text.as_str() {
            "list" => Ok(Type::list(inner)),
            "map" => Ok(Type::map(inner)),
            _ if inner.is_ordered() => Ok(Type::range(inner)),
            _ => {
                let message = format!("there are no ranges of `{inner}`: its values have no order");
                let help = "ranges are of `int`, `number`, `count` or a quantity such as `duration`";
                Err(self
                    .reports
                    .add(Diagnostic::error("GPB1013", message).with_label(arg.span, "has no order").help(help)))
            }
        }
    }

    fn unknown_type_name(&self, module: ModuleId, name: &Ident) -> AlreadyReported {
        let diagnostic = Diagnostic::error("GPB1007", format!("there is no type `{}`", name.text))
            .with_label(name.span, "unknown type");
        if let Some(foreign) = foreign::type_name(&name.text) {
            let diagnostic = diagnostic.help(foreign.help());
            return self.reports.add(match foreign.replacement {
                "" => diagnostic,
                own => diagnostic.fix(format!("change it to `{own}`"), name.span, own),
            });
        }
        let near = self.names.nearest(module, ItemKind::Type, &name.text, &gpb_model::ty::names());
        self.reports.add(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                name.span,
                near,
            ),
            None => diagnostic
                .help(format!("the types are {}, and those declared with `type`", gpb_model::ty::names().join(", "))),
        })
    }

    /// Returns a type of the program, by its name; `used` is where the name stands.
    fn alias(&self, module: ModuleId, item: &'p TypeItem, used: Span) -> EvalResult<Type> {
        let open = self.types.open.borrow().iter().position(|other| other.span == item.span);
        if let Some(start) = open {
            let mut diagnostic =
                Diagnostic::error("GPB1012", format!("the type `{}` is made of itself", item.name.text))
                    .with_label(used, "which needs the whole type again");
            for other in self.types.open.borrow().iter().skip(start) {
                diagnostic = diagnostic.with_label(other.name.span, format!("`{}` is made of …", other.name.text));
            }
            return Err(self.reports.add(diagnostic.help("values are finite, so a type cannot contain itself")));
        }
        self.types.open.borrow_mut().push(item);
        let read = match &item.ty.kind {
            TypeKind::Object { fields, requires } => self.named_object(module, item, (fields, requires)),
            _ => self.ty(module, &item.ty),
        };
        self.types.open.borrow_mut().pop();
        read
    }

    fn named_object(
        &self,
        module: ModuleId,
        item: &'p TypeItem,
        parts: (&'p [Binding], &'p [RequireStmt]),
    ) -> EvalResult<Type> {
        let key = NodeId::new(item.span);
        if let Some(known) = self.types.read.borrow().get(&key) {
            return known.clone();
        }
        let read = self.object(module, parts, Some(item.name.text.as_str().into()), item.name.span);
        let read = read.map(|object| Type::Object(Arc::new(object)));
        self.types.read.borrow_mut().insert(key, read.clone());
        read
    }

    fn object(
        &self,
        module: ModuleId,
        (fields, requires): (&'p [Binding], &'p [RequireStmt]),
        name: Option<Arc<str>>,
        span: Span,
    ) -> EvalResult<ObjectType> {
        let requires = requires.iter().map(|stmt| self.types.add_requirement(TypeRequirement { module, fields, stmt }));
        let requires = requires.collect();
        let mut object = ObjectType { name, requires, span: Some(span), ..ObjectType::default() };
        let mut failed = None;
        for field in fields {
            let ty = match &field.ty {
                Some(written) => self.ty(module, written),
                None => Ok(Type::Any),
            };
            let Ok(ty) = ty else {
                failed = Some(AlreadyReported);
                continue;
            };
            let default = field.value.as_ref().map(|value| self.types.add_default(module, value));
            let doc = field.doc.as_deref().map(Arc::from);
            let declared = FieldType { ty, default, doc, span: Some(field.name.span) };
            if let Some(first) = object.fields.insert(field.name.text.as_str().into(), declared) {
                let first = first.span.unwrap_or(span);
                failed = Some(self.reports.add(super::names::duplicate("field", &field.name, first)));
            }
        }
        failed.map_or(Ok(object), Err)
    }

    /// Returns a type with bounds, which are numbers or quantities of that type.
    fn bounded(&self, module: ModuleId, of: &'p TypeExpr, bounds: &'p Expr) -> EvalResult<Type> {
        let inner = self.ty(module, of)?;
        let refused =
            |at: Span, message: String, label: &str| Diagnostic::error("GPB1132", message).with_label(at, label);
        if !inner.is_ordered() || inner == Type::Any {
            let help = match &inner {
                Type::Range(end) => format!("bounds of the ends of a range stand inside: `range<{end} low..high>`"),
                ty if ty.is_text() || matches!(ty, Type::List(_) | Type::Map(_)) => {
                    "of a length, write `require length(x) <= 63 else \"…\"`".to_owned()
                }
                Type::Optional(of) => format!("the `?` stands behind the bounds: `{of} low..high?`"),
                _ => "bounds are of `int`, `number`, `count` or a quantity such as `duration`".to_owned(),
            };
            let message = format!("a `{inner}` has no bounds: its values have no order");
            return Err(self.reports.add(refused(bounds.span, message, "bounds of a type without order").help(help)));
        }
        let ExprKind::Range { low, high } = &*bounds.kind else {
            if bounds.is_missing() {
                return Err(AlreadyReported);
            }
            let written = self.program.sources.slice(bounds.span);
            let help =
                format!("write the least and the greatest value: `low..high`; a default is written `= {written}`");
            let message = format!("the bounds of a `{inner}` are a range");
            return Err(self.reports.add(refused(bounds.span, message, "expected `low..high`").help(help)));
        };
        if low.is_missing() || high.is_missing() {
            return Err(AlreadyReported);
        }
        let ends = [low, high].map(literal::amount);
        let [Some(low), Some(high)] = ends else {
            let message = "bounds are numbers or quantities, as they are written".to_owned();
            let help = "what depends on other values is said with `require`";
            return Err(self.reports.add(refused(bounds.span, message, "expected `1..60`, `10s..5min`").help(help)));
        };
        let read = || -> Result<(Amount, Amount), Vec<Diagnostic>> {
            let one = |diagnostic: Diagnostic| vec![diagnostic];
            let (low, high) = (low.map_err(one)?, high.map_err(one)?);
            let low = borrow_unit(&low, &high).map_err(one)?;
            let cx = TypeContext::new(self.facts).expected_at(Some(of.span));
            let (low, high) = (conform(low, &inner, &cx)?, conform(high, &inner, &cx)?);
            check_order(&low, &high).map_err(one)?;
            low.as_amount().zip(high.as_amount()).ok_or_else(Vec::new)
        };
        let (low, high) = read().map_err(|diagnostics| self.reports.all(diagnostics))?;
        Ok(Type::Bounded(Arc::new(BoundedType { of: inner, low, high, span: bounds.span })))
    }

    /// Reads a declared type for its mistakes alone.
    pub fn check_type(&self, module: ModuleId, item: &'p TypeItem) {
        // Its use reports what is wrong inside; here the type is not needed.
        let _ = self.alias(module, item, item.name.span);
    }
}
