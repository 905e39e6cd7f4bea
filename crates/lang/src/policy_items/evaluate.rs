//! Evaluates the rules of policies for each resource they are about.

use super::any_resource;
use super::reason::spoken;
use super::settings::{PolicySettings, is_of_any_type};
use crate::compile_context::{EvalResult, dotted};
use crate::eval::{Expectation, Scope};
use crate::facts::FactWorker;
use crate::names::GlobalItem;
use gpb_model::value::{ResourceHandle, Value, ValueKind};
use gpb_model::{Applicability, PolicyFinding, PolicyRule, Resource};
use gpb_syntax::ast::{Body, EachStmt, Expr, RequireClause, Stmt};
use std::sync::Arc;

/// Returns the resources that break one of the policies, or of which that is unknown until apply.
pub fn evaluate<'p>(worker: &FactWorker<'_, 'p>, policies: &[GlobalItem<'p, Body>]) -> Vec<PolicyFinding> {
    let mut run = PolicyRun { worker, found: Vec::new() };
    for policy in policies {
        for stmt in &policy.item.stmts {
            // One without a name has been reported.
            if let Stmt::Each(each) = stmt
                && !each.name.text.is_empty()
            {
                run.rule(policy, each);
            }
        }
    }
    run.found
}

struct PolicyRun<'a, 'w, 'p> {
    worker: &'a FactWorker<'w, 'p>,
    found: Vec<PolicyFinding>,
}

impl<'p> PolicyRun<'_, '_, 'p> {
    fn rule(&mut self, policy: &GlobalItem<'p, Body>, each: &'p EachStmt) {
        let graph = self.worker.reader.graph.clone();
        let is_any = is_of_any_type(each);
        let handles = match dotted(&each.ty) {
            _ if is_any => graph.all().to_vec(),
            Some(ty) => graph.of_type(&ty),
            None => return,
        };
        if handles.is_empty() {
            return;
        }
        let settings = PolicySettings::of(policy.item);
        let rule = |clause: &RequireClause| {
            Arc::new(PolicyRule {
                policy: policy.item.name.text.to_string(),
                declared: policy.item.name.span,
                severity: settings.severity,
                help: settings.help.clone(),
                source: settings.source.clone(),
                span: clause.condition.span,
            })
        };
        let rules: Vec<_> = each.requires.iter().map(|clause| (clause, rule(clause))).collect();
        for handle in handles {
            let Some(resource) = graph.resource(&handle.address).filter(|resource| !resource.existing) else {
                continue;
            };
            // What one resource may take does not shrink with the number of resources.
            self.worker.state.meter.renew();
            let value = if is_any {
                any_resource::value(self.worker, resource, each.name.span)
            } else {
                Value::new(ValueKind::Resource(handle.clone()), each.name.span)
            };
            let scope = self.worker.interpreter().root(policy.module).bind(&each.name.text, value);
            for (clause, rule) in &rules {
                // A failure has been reported where it happened.
                let _ = self.requirement(each.condition.as_ref(), clause, rule, resource, &handle, &scope);
            }
        }
    }

    fn requirement(
        &mut self,
        condition: Option<&'p Expr>,
        clause: &'p RequireClause,
        rule: &Arc<PolicyRule>,
        resource: &Resource,
        handle: &ResourceHandle,
        scope: &Scope<'p>,
    ) -> EvalResult<()> {
        self.worker.reader.start(true);
        let applies = condition.map_or(Ok(Applicability::Yes), |condition| self.holds(condition, scope))?;
        if applies == Applicability::No {
            return Ok(());
        }
        let judged = match self.holds(&clause.condition, scope)? {
            Applicability::Yes => return Ok(()),
            Applicability::No => applies == Applicability::Yes,
            Applicability::Unknown => false,
        };
        let evidence = self.worker.reader.evidence();
        let declared = self.worker.reader.declared(&handle.address).unwrap_or(resource.span);
        let reason = spoken(self.worker, &clause.reason, scope);
        let of = handle.address.clone();
        self.found.push(PolicyFinding { rule: rule.clone(), of, judged, reason, declared, evidence });
        Ok(())
    }

    /// Tells whether a condition holds. What is not there does not.
    fn holds(&self, condition: &'p Expr, scope: &Scope<'p>) -> EvalResult<Applicability> {
        let value = self.worker.interpreter().eval(condition, scope, Expectation::Any)?;
        match value.kind {
            ValueKind::Bool(true) => Ok(Applicability::Yes),
            ValueKind::Bool(false) | ValueKind::Absent => Ok(Applicability::No),
            ValueKind::Unknown(_) => Ok(Applicability::Unknown),
            _ => Err(self.worker.interpreter().not_a_condition(&value, condition.span)),
        }
    }
}
