//! Today's date, which prices are looked up for.

/// Returns today's date in local time, `2026-11-23`.
///
/// The price book compares dates in this form.
pub fn today() -> String {
    jiff::Zoned::now().date().to_string()
}
