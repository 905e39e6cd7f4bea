//! The places resources live at.

use super::expander::Expander;
use crate::compile_context::EvalResult;
use crate::eval::{Expectation, Scope, any_place, waits_for_apply};
use gpb_base::diag::Diagnostic;
use gpb_model::Place;
use gpb_model::ty::Type;
use gpb_model::value::ValueKind;
use gpb_syntax::ast::Expr;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Returns the place an expression means: a region of the current account, or a place written in full.
    pub(super) fn place(&self, written: &'p Expr, scope: &Scope<'p>) -> EvalResult<Arc<Place>> {
        let value = self.interpreter().eval(written, scope, Expectation::Type(&Type::Place))?.with_span(written.span);
        if let (Some(_), ValueKind::Unknown(unknown)) = (&self.world, &value.kind)
            && !waits_for_apply(&unknown.value)
        {
            self.interpreter().conform(value, &Type::Place, scope, None)?;
            return Ok(any_place());
        }
        let value = self.interpreter().known(value, "where this lives")?;
        let found = value.describe();
        let read = match value.kind {
            ValueKind::Absent => None,
            _ => match self.interpreter().conform(value, &Type::Place, scope, None)?.kind {
                ValueKind::Place(place) => Some(place),
                _ => None,
            },
        };
        let Some(place) = read else {
            return Err(self.report(
                Diagnostic::error("GPB1801", format!("a place is expected here, not {found}"))
                    .with_label(written.span, "a region, or `place(region: …, account: …)`"),
            ));
        };
        Ok(Arc::new(inherit(&place, scope.place())))
    }
}

/// Fills what a place leaves unsaid as in the place around it: another region of one account is reached in the same way.
fn inherit(place: &Place, around: Option<&Place>) -> Place {
    let mut place = place.clone();
    let Some(around) = around else { return place };
    let same_account = place.account.is_none() || place.account == around.account;
    if same_account {
        place.account.clone_from(&around.account);
        place.role = place.role.or_else(|| around.role.clone());
        place.profile = place.profile.or_else(|| around.profile.clone());
    }
    place
}
