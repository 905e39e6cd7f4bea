//! The places resources live at.

use super::expander::Expander;
use crate::compile_context::EvalResult;
use crate::eval::{Expectation, Scope, any_place, waits_for_apply};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::regions;
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
        let place = inherit(&place, scope.place());
        self.in_reach(&place, scope.place(), written.span)?;
        Ok(Arc::new(place))
    }

    /// Refuses a place that the credentials of the place around it do not open: one in another partition.
    fn in_reach(&self, place: &Place, around: Option<&Place>, span: Span) -> EvalResult<()> {
        let Some(around) = around else { return Ok(()) };
        let (Some(here), Some(there)) = (regions::partition(&around.region), regions::partition(&place.region)) else {
            return Ok(());
        };
        // An account of its own, entered by credentials of its own, may be anywhere.
        let is_other = place.account.is_some() && place.account != around.account && place.profile.is_some();
        if here == there || is_other {
            return match place.role.as_ref().and_then(|role| foreign_role(role, &place.region, span)) {
                Some(diagnostic) => Err(self.report(diagnostic)),
                None => Ok(()),
            };
        }
        let message = format!("`{}` is in the partition `{there}`, and `{}` in `{here}`", place.region, around.region);
        Err(self.report(
            Diagnostic::error("GPB2021", message)
                .with_label(span, format!("an account of `{here}` has nothing here"))
                .help(format!(
                    "write an environment in `{there}`, or name an account there and the profile that holds its credentials: `place(region: {}, account: \"…\", profile: \"…\")`",
                    place.region
                )),
        ))
    }
}

/// Returns the diagnostic of a role of another partition than a region's; none for one of the same.
pub fn foreign_role(role: &str, region: &str, span: Span) -> Option<Diagnostic> {
    let (of, here) = (role.split(':').nth(1)?, regions::partition(region)?);
    (of != here).then(|| {
        Diagnostic::error("GPB2021", format!("the role is of the partition `{of}`, and `{region}` is in `{here}`"))
            .with_label(span, format!("no session of this role is valid in `{region}`"))
            .help(format!("name a role of an account in `{here}`: `arn:{here}:iam::ACCOUNT:role/NAME`"))
    })
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
