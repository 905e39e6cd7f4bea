//! Today's date, which prices are looked up for.

/// Returns today's date in local time, `2026-11-23`, in the form the price book compares with.
pub fn today() -> String {
    jiff::Zoned::now().date().to_string()
}
