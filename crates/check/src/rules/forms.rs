//! Forms of strings: address blocks and windows of time.

use ipnet::IpNet;

/// A form that a string may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    /// An IPv4 address block: `10.0.0.0/16`.
    Ipv4Block,
    /// An IPv6 address block: `2001:db8::/56`.
    Ipv6Block,
    /// An address block of either kind.
    Block,
    /// An address block of either kind without bits behind its mask.
    Network,
    /// An IPv4 address: `10.0.0.1`.
    Ipv4,
    /// An IPv6 address: `2001:db8::1`.
    Ipv6,
    /// A window in every day: `04:00-05:00`.
    DailyWindow,
    /// A window in every week: `sun:04:30-sun:05:30`.
    WeeklyWindow,
}

impl TextForm {
    /// Returns a form by its name.
    ///
    /// # Errors
    /// The mistake in words, where there is no form of that name.
    pub fn named(name: &str) -> Result<TextForm, String> {
        Ok(match name {
            "ipv4_block" => TextForm::Ipv4Block,
            "ipv6_block" => TextForm::Ipv6Block,
            "block" => TextForm::Block,
            "network" => TextForm::Network,
            "ipv4" => TextForm::Ipv4,
            "ipv6" => TextForm::Ipv6,
            "daily_window" => TextForm::DailyWindow,
            "weekly_window" => TextForm::WeeklyWindow,
            _ => return Err(format!("there is no form `{name}`")),
        })
    }

    /// Checks whether a string has the form.
    pub fn fits(self, text: &str) -> bool {
        match self {
            TextForm::Ipv4Block => text.parse::<ipnet::Ipv4Net>().is_ok(),
            TextForm::Ipv6Block => text.parse::<ipnet::Ipv6Net>().is_ok(),
            TextForm::Block => text.parse::<IpNet>().is_ok(),
            TextForm::Network => text.parse::<IpNet>().is_ok_and(|block| block == block.trunc()),
            TextForm::Ipv4 => text.parse::<std::net::Ipv4Addr>().is_ok(),
            TextForm::Ipv6 => text.parse::<std::net::Ipv6Addr>().is_ok(),
            TextForm::DailyWindow => window(text).is_some_and(|(_, weekly)| !weekly),
            TextForm::WeeklyWindow => window(text).is_some_and(|(_, weekly)| weekly),
        }
    }
}

/// Returns the length of an address block's prefix, in bits.
pub(super) fn prefix_bits(text: &str) -> Option<u8> {
    text.parse::<IpNet>().ok().map(|block| block.prefix_len())
}

/// Checks whether an address block lies in another one; none where one of them is no block.
pub(super) fn lies_within(inner: &str, outer: &str) -> Option<bool> {
    let (inner, outer) = (inner.parse::<IpNet>().ok()?, outer.parse::<IpNet>().ok()?);
    Some(outer.trunc().contains(&inner.trunc()))
}

/// Returns an address block without the bits behind its mask; none for a string that is no block.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().map(|block| block.trunc())
}

/// Returns the length of a window, in minutes.
pub(super) fn minutes(text: &str) -> Option<u32> {
    window(text).map(|((from, to), _)| to - from)
}

/// Checks whether two windows have a minute in common; none where one of them is no window.
pub(super) fn overlap(one: &str, other: &str) -> Option<bool> {
    let (one, other) = (window(one)?, window(other)?);
    let common = |a: &(u32, u32), b: &(u32, u32)| a.0 < b.1 && b.0 < a.1;
    // The week before and the week after are looked at too: windows may pass its end.
    let weeks = |(span, weekly): ((u32, u32), bool)| {
        let (count, step) = if weekly { (3, WEEK) } else { (21, DAY) };
        (0..count).map(move |index| (span.0 + index * step, span.1 + index * step))
    };
    Some(weeks(one).any(|a| weeks(other).any(|b| common(&a, &b))))
}

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Returns the first minute of a window and that after its last, and whether it is one of a week.
fn window(text: &str) -> Option<((u32, u32), bool)> {
    let (from, to) = text.split_once('-')?;
    let ((from, weekly), (to, other)) = (moment(from)?, moment(to)?);
    let round = if weekly { WEEK } else { DAY };
    (weekly == other).then_some(((from, if to <= from { to + round } else { to }), weekly))
}

/// Returns the minute of the day, or that of the week where a day is named.
fn moment(text: &str) -> Option<(u32, bool)> {
    let (day, time) = match text.split_once(':')? {
        (day, time) if time.contains(':') => {
            (DAYS.iter().position(|known| day.eq_ignore_ascii_case(known)).map(Some)?, time)
        }
        _ => (None, text),
    };
    let (hours, minutes) = time.split_once(':')?;
    let digits = |text: &str, limit: u32| {
        let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &u32| fits && *number < limit)
    };
    let minute = digits(hours, 24)? * 60 + digits(minutes, 60)?;
    Some((minute + u32::try_from(day.unwrap_or(0)).ok()? * DAY, day.is_some()))
}
