//! Resolves names in expressions.

use super::body_kind::BodyKind;
use super::resolver::Resolver;
use super::ribs::{Resolution, RibVar, ScopeRib, VarSource};
use super::static_type::StaticType;
use super::word_reader::WordReader;
use crate::modules::ModuleId;
use crate::ty::{TypeContext, check_text};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_syntax::ast::{
    BinaryOp, Binding, Comprehension, Expr, ExprKind, Ident, PolicyStatement, RequireStmt, TextPart, TypeExpr, TypeKind,
};

impl<'p> Resolver<'_, 'p> {
    /// Resolves an expression; `reader` reads the bare words that are its value.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of expression")]
    pub(super) fn expr(&mut self, expr: &'p Expr, reader: &WordReader<'p>) {
        match &*expr.kind {
            ExprKind::Number(_)
            | ExprKind::Quantity { .. }
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Missing => {}
            ExprKind::Name(name) => self.word(name, reader),
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::Tagged { value, .. } => self.expr(value, &WordReader::Nobody),
            ExprKind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    if let ExprKind::Spread(list) = &*item.kind {
                        self.head(list);
                        continue;
                    }
                    let is_plain = reader.is_of_the_catalog() && !self.may_hold_words(item);
                    let reader = if is_plain { WordReader::Evaluation } else { reader.item(at) };
                    self.expr(item, &reader);
                }
            }
            ExprKind::Spread(value) => self.head(value),
            ExprKind::Object(stmts) => self.object(stmts, BodyKind::Object, reader),
            ExprKind::Call { callee, args } => {
                self.callee(callee);
                self.arguments(callee, args, reader);
            }
            ExprKind::Member { of, name, optional } => {
                self.member(of, name);
                if *optional || self.placeless {
                    self.known_member(of, name);
                }
            }
            ExprKind::Index { of, index } => {
                self.head(of);
                self.expr(index, &WordReader::Nobody);
            }
            ExprKind::Not(inner) | ExprKind::Negate(inner) => self.head(inner),
            ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
                self.beside(left, right);
                self.beside(right, left);
                self.text_beside(left, right);
                self.text_beside(right, left);
            }
            ExprKind::Binary { op: BinaryOp::Coalesce, left, right } => {
                self.expr(left, reader);
                match reader {
                    WordReader::Nobody => self.beside(right, left),
                    _ => self.expr(right, reader),
                }
            }
            // Words are compared and chosen, but neither added nor put in order.
            ExprKind::Binary { left, right, .. } => {
                self.head(left);
                self.head(right);
            }
            ExprKind::Range { low, high } => {
                self.head(low);
                self.head(high);
            }
            ExprKind::If { condition, then, otherwise } => {
                self.head(condition);
                self.expr(then, reader);
                self.expr(otherwise, reader);
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, reader),
            ExprKind::Policy(statements) => self.object(statements, BodyKind::Policy, &WordReader::Evaluation),
        }
    }

    /// Resolves one side of a comparison or a choice: the type of the other side reads its words.
    pub(super) fn beside(&mut self, expr: &'p Expr, other: &'p Expr) {
        let reader = if self.may_hold_words(expr) { self.reader_beside(other) } else { WordReader::Nobody };
        self.expr(expr, &reader);
    }

    /// Reports a string that is compared with a region, an account or a network, and is none: the comparison never holds.
    fn text_beside(&self, expr: &'p Expr, other: &'p Expr) {
        let ExprKind::Text(parts) = &*expr.kind else { return };
        let [TextPart::Text(text)] = parts.as_slice() else { return };
        let Some(StaticType::Type(ty)) = self.static_type(other) else { return };
        if matches!(ty.required(), Type::Region | Type::Account | Type::Cidr)
            && let Err(mistake) = check_text(text, ty.required(), expr.span, true, &TypeContext::new(self.world.facts))
        {
            self.report(mistake);
        }
    }

    /// Checks whether the value of an expression may be, or hold, a bare word.
    pub(super) fn may_hold_words(&self, expr: &Expr) -> bool {
        match &*expr.kind {
            ExprKind::Name(name) => self.find(&name.text).is_none(),
            ExprKind::List(_)
            | ExprKind::Object(_)
            | ExprKind::If { .. }
            | ExprKind::Call { .. }
            | ExprKind::Comprehension(_)
            | ExprKind::Binary { op: BinaryOp::Coalesce, .. } => true,
            _ => false,
        }
    }

    /// Resolves an expression in a place where a bare word can only be a name.
    pub(super) fn head(&mut self, expr: &'p Expr) {
        match &*expr.kind {
            ExprKind::Name(name) => {
                self.require(name);
            }
            _ => self.expr(expr, &WordReader::Nobody),
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
            ExprKind::Name(head) if self.foreign_path(head, name) => {}
            ExprKind::Name(head) => match self.require(head) {
                Some(Resolution::Declared(declared)) => self.member_of(&declared, name),
                Some(Resolution::Var(RibVar { source: VarSource::Declared(declared), .. })) => {
                    self.member_of(&declared, name);
                }
                Some(Resolution::Var(var)) if !self.placeless => self.property_of(&var, name),
                _ => {}
            },
            _ => self.expr(of, &WordReader::Nobody),
        }
    }

    fn comprehension(&mut self, comprehension: &'p Comprehension, reader: &WordReader<'p>) {
        self.head(&comprehension.over);
        self.variables(&comprehension.names);
        self.ribs.push(ScopeRib::Vars(RibVar::of_iteration(&comprehension.names, &comprehension.over)));
        for expr in [&comprehension.condition, &comprehension.key].into_iter().flatten() {
            self.expr(expr, &WordReader::Nobody);
        }
        let reader = if comprehension.key.is_some() { reader.field("", self.world) } else { reader.item(0) };
        self.expr(&comprehension.value, &reader);
        self.ribs.pop();
    }

    pub(super) fn policy(&mut self, statement: &'p PolicyStatement) {
        let values = statement.actions.values.iter().chain(&statement.resources.values).chain(&statement.sid);
        let principals = statement.principals.values.iter().flat_map(|principal| &principal.values);
        values.chain(principals).for_each(|expr| self.expr(expr, &WordReader::Evaluation));
        if let Some(when) = &statement.conditions {
            self.object(&when.stmts, BodyKind::Object, &WordReader::Evaluation);
        }
    }

    /// Resolves a condition that has to hold, and the reason.
    pub(super) fn requirement(&mut self, require: &'p RequireStmt) {
        self.head(&require.condition);
        self.expr(&require.reason, &WordReader::of(&Type::String, None));
        self.says_something(&require.reason, "the reason of a requirement");
    }

    pub(super) fn binding(&mut self, binding: &'p Binding) {
        if let Some(ty) = &binding.ty {
            self.type_defaults(ty);
        }
        let reader = self.reader_of(self.module, binding.ty.as_ref(), binding.name.span);
        if let Some(value) = &binding.value {
            self.expr(value, &reader);
        }
    }

    /// Returns what reads the words of a value of a declared type; its own mistakes are reported as it is read.
    pub(super) fn reader_of(&self, module: ModuleId, ty: Option<&'p TypeExpr>, declared: Span) -> WordReader<'p> {
        match ty.map(|ty| self.world.ty(module, ty)) {
            Some(Ok(ty)) => WordReader::of(&ty, Some(declared)),
            Some(Err(_)) => WordReader::Evaluation,
            None => WordReader::Nobody,
        }
    }

    /// Resolves the defaults of an object type, which see the module's names alone.
    pub(super) fn type_defaults(&mut self, ty: &'p TypeExpr) {
        match &ty.kind {
            TypeKind::Named { args, .. } => args.iter().for_each(|arg| self.type_defaults(arg)),
            TypeKind::Optional(inner) => self.type_defaults(inner),
            TypeKind::Bounded { of, .. } => self.type_defaults(of),
            TypeKind::Object { fields, requires } => {
                let views = std::mem::take(&mut self.ribs);
                for field in fields {
                    field.ty.iter().for_each(|ty| self.type_defaults(ty));
                    let reader = self.reader_of(self.module, field.ty.as_ref(), field.name.span);
                    field.value.iter().for_each(|value| self.expr(value, &reader));
                }
                self.ribs.push(ScopeRib::Vars(fields.iter().map(RibVar::bound).collect()));
                for require in requires {
                    self.requirement(require);
                }
                self.ribs = views;
            }
            TypeKind::Words(words) => self.union_words(words),
            TypeKind::Missing => {}
        }
    }
}
