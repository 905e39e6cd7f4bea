//! Waivers: policies that need not hold for a time.

use super::settings::plain_text;
use gpb_model::Waiver;
use gpb_syntax::ast::WaiveStmt;

/// Returns the waiver of everything at or below `at`; none where it is not whole, which has been reported.
pub fn waiver(stmt: &WaiveStmt, at: &str) -> Option<Waiver> {
    Some(Waiver {
        scope: at.to_owned(),
        policy: stmt.policy.text.to_string(),
        until: plain_text(&stmt.until).filter(|day| super::is_day(day))?.to_owned(),
        because: plain_text(&stmt.because)?.to_owned(),
        span: stmt.span,
        until_span: stmt.until.span,
    })
}
