//! Resolves names in expressions.

use super::body_kind::{BodyKind, describe};
use super::resolver::{GroupKind, Resolver};
use super::ribs::{Resolution, ScopeRib};
use crate::builtins;
use crate::names::ItemKind;
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_syntax::ast::{
    BinaryOp, Binding, Comprehension, Expr, ExprKind, Ident, PolicyStatement, Stmt, TextPart, TypeExpr, TypeKind,
};

impl<'p> Resolver<'_, 'p> {
    pub(super) fn expr(&mut self, expr: &'p Expr) {
        match &*expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::Missing => {}
            // A bare word that is no name is read by the type that is expected of it.
            ExprKind::Name(name) => {
                if self.find(&name.text).is_some() {
                    self.require(name);
                }
            }
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::Tagged { value, .. } => self.expr(value),
            ExprKind::List(items) => {
                for item in items {
                    self.expr(item);
                }
            }
            ExprKind::Object(stmts) => self.object(stmts, BodyKind::Object),
            ExprKind::Call { callee, args } => {
                self.callee(callee);
                for arg in args {
                    self.expr(&arg.value);
                }
            }
            ExprKind::Member { of, name, .. } => self.member(of, name),
            ExprKind::Index { of, index } => {
                self.head(of);
                self.expr(index);
            }
            ExprKind::Not(inner) | ExprKind::Negate(inner) => self.head(inner),
            // Words are compared and chosen, but neither added nor put in order.
            ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Coalesce, left, right } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Binary { left, right, .. } => {
                self.head(left);
                self.head(right);
            }
            ExprKind::Range { low, high } => {
                self.expr(low);
                self.expr(high);
            }
            ExprKind::If { condition, then, otherwise } => {
                self.head(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Policy(statements) => self.object(statements, BodyKind::Policy),
        }
    }

    /// Resolves an expression in a place where a bare word can only be a name.
    pub(super) fn head(&mut self, expr: &'p Expr) {
        match &*expr.kind {
            ExprKind::Name(name) => {
                self.require(name);
            }
            _ => self.expr(expr),
        }
    }

    fn text(&mut self, parts: &'p [TextPart]) {
        for part in parts {
            if let TextPart::Interpolation(expr) = part {
                self.head(expr);
            }
        }
    }

    fn member(&mut self, of: &'p Expr, name: &'p Ident) {
        match &*of.kind {
            ExprKind::Name(head) => {
                if let Some(Resolution::Declared(declared)) = self.require(head) {
                    self.member_of(&declared, name);
                }
            }
            _ => self.expr(of),
        }
    }

    fn callee(&mut self, callee: &'p Ident) {
        if let Some(function) = self.world.names.function(self.module, &callee.text) {
            self.functions.edge(self.item, NodeId::new(function.item.span), callee.span);
            return;
        }
        if builtins::lookup(&callee.text).is_some() || crate::graph_functions::find(&callee.text).is_some() {
            return;
        }
        let own: Vec<&str> =
            self.world.names.nearest(self.module, ItemKind::Fn, &callee.text, &[]).into_iter().collect();
        let diagnostic = builtins::unknown(&callee.text, callee.span, own);
        self.report(match self.world.names.elsewhere(ItemKind::Fn, &callee.text) {
            Some(_) => self.hint(diagnostic, ItemKind::Fn, callee, None),
            None => diagnostic,
        });
    }

    fn comprehension(&mut self, comprehension: &'p Comprehension) {
        self.head(&comprehension.over);
        self.ribs.push(ScopeRib::Vars(comprehension.names.iter().map(|name| name.text.as_str()).collect()));
        for expr in [&comprehension.condition, &comprehension.key].into_iter().flatten() {
            self.expr(expr);
        }
        self.expr(&comprehension.value);
        self.ribs.pop();
    }

    pub(super) fn policy(&mut self, statement: &'p PolicyStatement) {
        let values = statement.actions.values.iter().chain(&statement.resources.values).chain(&statement.sid);
        let principals = statement.principals.values.iter().flat_map(|principal| &principal.values);
        values.chain(principals).for_each(|expr| self.expr(expr));
        if let Some(when) = &statement.conditions {
            self.object(&when.stmts, BodyKind::Object);
        }
    }

    pub(super) fn binding(&mut self, binding: &'p Binding) {
        if let Some(ty) = &binding.ty {
            // The type's own mistakes are reported as it is read.
            let _ = self.world.ty(self.module, ty);
            self.type_defaults(ty);
        }
        if let Some(value) = &binding.value {
            self.expr(value);
        }
    }

    /// Resolves the defaults of an object type, which see the module's names alone.
    pub(super) fn type_defaults(&mut self, ty: &'p TypeExpr) {
        match &ty.kind {
            TypeKind::Named { args, .. } => args.iter().for_each(|arg| self.type_defaults(arg)),
            TypeKind::Optional(inner) => self.type_defaults(inner),
            TypeKind::Object(fields) => {
                let views = std::mem::take(&mut self.ribs);
                for field in fields {
                    field.ty.iter().for_each(|ty| self.type_defaults(ty));
                    field.value.iter().for_each(|value| self.expr(value));
                }
                self.ribs = views;
            }
            TypeKind::Words(_) | TypeKind::Missing => {}
        }
    }

    /// Reports a statement in a body that has no use for it.
    pub(super) fn misplaced(&mut self, stmt: &Stmt, place: BodyKind) {
        // The mere beginning of an entry may become anything.
        if matches!(stmt, Stmt::Field(field) if field.value.is_missing()) {
            return;
        }
        let (what, span, help) = describe(stmt, place);
        let within = match (stmt, self.group) {
            (Stmt::Param(_) | Stmt::Output(_) | Stmt::Layer(_), Some(GroupKind::For)) => "a `for`",
            (Stmt::Param(_), Some(GroupKind::Once)) => "a group",
            _ => place.describe(),
        };
        self.report(
            Diagnostic::error("GPB1014", format!("{what} cannot stand here, in {within}"))
                .with_label(span, "misplaced")
                .help(help),
        );
    }
}
