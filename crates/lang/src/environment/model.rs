//! An environment: its place, its mode, its tags, and the model of its stack.

use super::moves::moves_of;
use super::removals::removals_of;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{BlockEntries, Expectation, Frame, ModuleContext, Scope};
use crate::expand::{Expander, ExpansionOutput, foreign_role};
use crate::facts::{self, FactInputs, FactWorker};
use crate::modules::ModuleId;
use crate::names::EnvironmentItem;
use crate::policy_items;
use crate::property;
use crate::resolve::MODES;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_model::{Mode, Model, Place};
use gpb_syntax::ast::{Body, Stmt};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Returns the model of an environment. Whatever is wrong has been reported; the model holds what could be evaluated.
    ///
    /// A `tier` gives one of the drivers in its `usage` another value.
    pub fn model(&self, item: &EnvironmentItem<'p>, tier: Option<&(String, Decimal)>) -> EvalResult<Model> {
        let stack = self.cx.names.stack(item.module, &item.of.text).ok_or(AlreadyReported)?;
        let scope = self.interpreter().root(item.module);
        let stmts = item.body.stmts.as_slice();
        let environment = self.own_fields(item, &scope)?;
        let entries = self.interpreter().entries(stmts, &scope)?;
        let usage = self.usage_at(&entries, item.body.name.span, tier)?;
        self.goals.borrow_mut().usage = usage;
        *self.environment.borrow_mut() = Some(Rc::new(environment.clone()));
        self.budgets(stmts, &scope);
        for (stmt, scope) in &entries.rest {
            self.demanded(stmt, scope, "");
        }
        self.read_overrides(stmts, &scope);

        let given = Some((stmts, scope.clone()));
        let frame = |id| self.stack_frame(id, stack.module, stack.item, environment.place.clone());
        let what = format!("stack {}", stack.item.name.text);
        let instance = self.instantiate(what.into(), given, item.body.name.span, stack.item.name.span, frame)?;
        self.check_arguments(&instance);
        let frame = instance.frame.get().cloned().ok_or(AlreadyReported)?;
        let mut collected = ExpansionOutput::default();
        self.visit(&frame, &mut collected);

        let tags = self.tags(item, &scope);
        let resources = self.assemble(&collected, &tags);
        self.check_overrides();
        let mut moved = std::mem::take(&mut collected.moves);
        moved.extend(moves_of(stmts));
        let mut removed = std::mem::take(&mut collected.removals);
        removed.extend(removals_of(stmts));
        let params = self.params(&frame);
        let shown = params.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let model = Model {
            environment: model::Environment { params: shown, ..environment },
            params,
            outputs: self.outputs(&collected),
            moves: self.moves(&moved, &scope),
            removals: self.removals(&removed, &scope),
            overrides: self.applied_overrides(),
            inputs: self.inputs_used(&frame),
            layers: std::mem::take(&mut collected.layers),
            parts: std::mem::take(&mut collected.parts),
            ..Model::default()
        };
        // The facts look at the model alone, and need the room.
        drop(collected);
        self.expansion.forget_bodies();
        self.state.memo.forget_properties();
        let sites: Vec<_> = resources.iter().map(|resource| self.declaration_site(resource)).collect();
        let in_library = resources.iter().zip(&sites).filter(|(resource, site)| resource.span != site.declared);
        let authored = in_library.map(|(resource, site)| (resource.address.clone(), site.authored())).collect();
        let ambient = Some(&model.environment);
        let goals = self.goals.take();
        let inputs = FactInputs { cx: self.cx, resolved: self.resolved, environment: ambient, goals: &goals };
        // Under another usage the same policies hold.
        let in_force = if tier.is_some() { Vec::new() } else { policy_items::in_force(self.cx, item, stack) };
        let judge = |worker: &FactWorker<'_, 'p>| policy_items::evaluate(worker, &in_force);
        let (resources, facts, findings) = facts::evaluate_and(&inputs, resources, sites, judge);
        let policies = policy_items::places(&in_force);
        Ok(Model { resources, facts, findings, policies, goals, authored, ..model })
    }

    /// Returns the usage of the environment, in which a `tier` gives one driver another value.
    fn usage_at(
        &self,
        entries: &BlockEntries<'p>,
        name: Span,
        tier: Option<&(String, Decimal)>,
    ) -> EvalResult<BTreeMap<String, Value>> {
        let mut usage = self.usage(entries);
        let Some((driver, value)) = tier else { return Ok(usage) };
        let Some(known) = usage.get_mut(driver) else {
            let message = format!("the environment has no usage `{driver}`");
            return Err(self
                .report(Diagnostic::error("GPB1912", message).with_label(name, "its `usage` block does not name it")));
        };
        *known = Value::number(*value, name);
        Ok(usage)
    }

    fn stack_frame(&self, id: u32, module: ModuleId, stack: &'p Body, place: Place) -> Frame<'p> {
        let module_cx = Rc::new(ModuleContext { instance: Some(id), ..ModuleContext::of_module(module) });
        let bare = Frame::bare(module_cx, None, &stack.stmts, self.cx.indexes.get_or_build(&stack.stmts));
        Frame { place: Some(Arc::new(place)), ..bare }
    }

    /// Reads `account`, `region`, `mode`, `role` and `profile`.
    fn own_fields(&self, item: &EnvironmentItem<'p>, scope: &Scope<'p>) -> EvalResult<model::Environment> {
        let region = self.own_field(item, scope, "region", &Type::Region);
        let account = self.own_field(item, scope, "account", &Type::Account);
        let role = self.own_field(item, scope, "role", &Type::Arn);
        let profile = self.own_field(item, scope, "profile", &Type::String);
        let mode = self.own_field(item, scope, "mode", &Type::words(MODES));
        let text = |value: Option<Value>| value.and_then(|value| value.as_text().map(ToString::to_string));
        // Without a region nothing can be placed. What else is wrong is reported, and stands in the way of nothing.
        let account = account.map_or_else(|AlreadyReported| Some("000000000000".to_owned()), text);
        let or_none = |value: EvalResult<Option<Value>>| text(value.unwrap_or_default());
        let Some(region) = text(region?) else {
            return Err(self.report(
                Diagnostic::error("GPB1905", format!("the environment `{}` has no region", item.body.name.text))
                    .with_label(item.body.name.span, "`region` is not given")
                    .help("add `region = us-east-1`, or another region"),
            ));
        };
        let role = role.unwrap_or_default();
        let foreign = role.as_ref().and_then(|role| foreign_role(role.as_text()?, &region, role.span));
        if let Some(diagnostic) = foreign {
            self.report(diagnostic);
        }
        let mode = match or_none(mode).as_deref() {
            Some("live") => Mode::Live,
            _ => Mode::Sandbox,
        };
        Ok(model::Environment {
            name: item.body.name.text.to_string(),
            stack: item.of.text.to_string(),
            place: Place {
                account: account.map(Into::into),
                region: region.into(),
                role: text(role),
                profile: or_none(profile),
            },
            mode,
            span: item.body.name.span,
            params: BTreeMap::new(),
        })
    }

    fn own_field(
        &self,
        item: &EnvironmentItem<'p>,
        scope: &Scope<'p>,
        name: &str,
        ty: &Type,
    ) -> EvalResult<Option<Value>> {
        let mut fields = item.body.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Field(field) if field.head.text == name && field.label.is_none() => Some(field),
            _ => None,
        });
        let Some(field) = fields.next() else { return Ok(None) };
        if let Some(second) = fields.next() {
            // The first one holds, so that what else is wrong is found as well.
            self.interpreter().twice(name, second.head.span, Some(field.head.span));
        }
        let value = self.interpreter().eval(&field.value, scope, Expectation::Type(ty))?;
        let value = self.interpreter().conform(value, ty, scope, None)?;
        Ok(Some(value).filter(|value| !value.is_absent()))
    }

    fn tags(&self, item: &EnvironmentItem<'p>, scope: &Scope<'p>) -> model::PropertyMap {
        let read = || -> EvalResult<model::PropertyMap> {
            let entries = self.interpreter().entries(&item.body.stmts, scope)?;
            let Some(given) = entries.assignments.get("tags") else { return Ok(model::PropertyMap::default()) };
            let ty = Type::map(Type::String);
            let value = self.interpreter().given("tags", given, Expectation::Type(&ty))?;
            let value = self.interpreter().conform(value, &ty, scope, None)?;
            let tags = value.as_map().into_iter().flatten().filter(|(_, entry)| !entry.value.is_absent());
            tags.map(|(key, entry)| Ok((key.as_ref().into(), self.interpreter().ok(property::untyped(&entry.value))?)))
                .collect()
        };
        read().unwrap_or_default()
    }

    /// Returns the values of the parameters.
    fn params(&self, frame: &Rc<Frame<'p>>) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        for binding in frame.params() {
            let Some(declared) = frame.index.names.get(binding.name.text.as_str()) else { continue };
            if let Ok(value) = self.interpreter().declared(frame, declared, binding.name.span)
                && !value.is_absent()
            {
                values.insert(binding.name.text.to_string(), value);
            }
        }
        values
    }
}
