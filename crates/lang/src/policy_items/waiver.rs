//! Waivers: policies that need not hold for a time.

use super::named::named;
use super::settings::plain_text;
use crate::compile_context::CompileContext;
use crate::modules::ModuleId;
use gpb_model::Waiver;
use gpb_syntax::ast::WaiveStmt;

/// Returns the waiver of everything at or below `at`; none where it is not whole, which has been reported.
pub fn waiver(cx: &CompileContext<'_>, from: ModuleId, stmt: &WaiveStmt, at: &str) -> Option<Waiver> {
    let policies = named(cx, from, &stmt.policy.text);
    let [policy] = policies.as_slice() else { return None };
    Some(Waiver {
        scope: at.to_owned(),
        policy: stmt.policy.text.to_string(),
        declared: policy.item.name.span,
        until: plain_text(&stmt.until).filter(|day| super::is_day(day))?.to_owned(),
        because: plain_text(&stmt.because)?.to_owned(),
        span: stmt.span,
        until_span: stmt.until.span,
    })
}
