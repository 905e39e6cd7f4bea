//! IAM's actions: `s3:GetObject`, `s3:Get*`.

use crate::nearest::nearest as nearest_word;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The result of looking up an action as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionCheck {
    /// It names this many actions: one, or with wildcards more.
    Known(usize),
    /// No service of that prefix.
    UnknownService,
    /// The service has no such action, or none that fits the wildcards.
    UnknownAction,
    /// Not `service:Action` or `*` at all.
    Malformed,
}

/// Checks whether an action exists.
///
/// IAM reads names in any mix of capitals; `*` stands for any characters, `?` for any one.
pub fn exists(action: &str) -> ActionCheck {
    let all = actions();
    if action == "*" || action == "*:*" {
        return ActionCheck::Known(all.values().map(|service| service.names().len()).sum());
    }
    let Some((service, name)) = action.split_once(':') else { return ActionCheck::Malformed };
    if name.is_empty() || service.contains(['*', '?']) {
        return ActionCheck::Malformed;
    }
    let Some(known) = all.get(service.to_ascii_lowercase().as_str()) else { return ActionCheck::UnknownService };
    let fits = |known: &&&str| {
        let is_pattern = name.contains(['*', '?']);
        if is_pattern { glob(name.as_bytes(), known.as_bytes()) } else { known.eq_ignore_ascii_case(name) }
    };
    match known.names().iter().filter(fits).count() {
        0 => ActionCheck::UnknownAction,
        count => ActionCheck::Known(count),
    }
}

/// Returns the action probably meant, spelt in full.
pub fn nearest(action: &str) -> Option<String> {
    let all = actions();
    let (service, name) = action.split_once(':')?;
    let service = match all.get_key_value(service.to_ascii_lowercase().as_str()) {
        Some((service, _)) => service,
        None => nearest_service(action)?,
    };
    let known = all.get(service)?.names();
    let same = known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
    let meant = same.or_else(|| nearest_word(name, known.iter().copied()))?;
    Some(format!("{service}:{meant}"))
}

/// Returns the service whose prefix is probably meant.
pub fn nearest_service(action: &str) -> Option<&'static str> {
    let (written, name) = action.split_once(':')?;
    let has_action = |service: &&&str| {
        let known = of_service(service).unwrap_or_default();
        known.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let written = written.to_ascii_lowercase();
    let begins = |service: &&&str| written.len() >= 2 && service.starts_with(written.as_str());
    let all = actions();
    let near = |service: &&&str| nearest_word(&written, [**service]).is_some();
    // Of several that may be meant, the one that has such an action; a letter is more often left out than added.
    let with_action = all.keys().filter(begins).find(has_action).or_else(|| all.keys().filter(near).find(has_action));
    with_action.copied().or_else(|| nearest_word(&written, all.keys().copied()))
}

/// Returns every service's prefix, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    actions().keys().copied()
}

/// Returns a service's actions, sorted.
pub fn of_service(service: &str) -> Option<&'static [&'static str]> {
    actions().get(service).map(ServiceActions::names)
}

/// The actions of a service: a line of names, split at first use.
///
/// A program names few of the services.
struct ServiceActions {
    line: &'static str,
    names: OnceLock<Vec<&'static str>>,
}

impl ServiceActions {
    fn names(&self) -> &[&'static str] {
        self.names.get_or_init(|| self.line.split(' ').collect())
    }
}

fn actions() -> &'static BTreeMap<&'static str, ServiceActions> {
    static TEXT: OnceLock<String> = OnceLock::new();
    static ACTIONS: OnceLock<BTreeMap<&'static str, ServiceActions>> = OnceLock::new();
    ACTIONS.get_or_init(|| {
        let text = TEXT.get_or_init(|| {
            // The build script packed it; a test unpacks it.
            let packed = include_bytes!(concat!(env!("OUT_DIR"), "/iam_actions.bin"));
            let text = lz4_flex::block::decompress_size_prepended(packed).unwrap_or_default();
            String::from_utf8(text).unwrap_or_default()
        });
        let lines = text.lines().filter_map(|line| line.split_once(": "));
        lines.map(|(service, line)| (service, ServiceActions { line, names: OnceLock::new() })).collect()
    })
}

/// Checks whether a text fits a pattern of `*` and `?`, in any mix of capitals.
///
/// It takes time at most the product of their lengths.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(one) if *one == b'?' || text.get(place).is_some_and(|other| one.eq_ignore_ascii_case(other)) => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                (at, place) = (back + 1, taken + 1);
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|one| *one == b'*'))
}
