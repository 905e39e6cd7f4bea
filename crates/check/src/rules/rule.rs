//! Rules, each of which describes one refusal of AWS.

use super::condition::PropertyCondition;
use super::lookup::RuleSubject;
use super::message::{RuleText, concrete};
use super::path::{RulePath, RuleStep};
use super::requirement::Requirement;
use gpb_model::{PropPath, PropertyValue, Resource};

/// A rule, which describes one refusal of AWS.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    /// A slug that says what is refused, unique within its service.
    pub id: String,
    /// The list whose elements it looks at one by one; none where it looks at the resource.
    pub each: Option<RulePath>,
    /// The condition under which the requirement is asked.
    pub when: Option<PropertyCondition>,
    /// The requirement.
    pub requirement: Requirement,
    /// The place to report; without one, the requirement knows.
    pub at: Option<RulePath>,
    /// AWS asks for it only when it creates the resource.
    pub creation: bool,
    /// The words at the place, where AWS does not refuse it but takes something else.
    pub label: Option<String>,
    /// The refusal in one sentence.
    pub says: RuleText,
    /// A way to resolve it.
    pub help: RuleText,
    /// The address of AWS's page that says so.
    pub source: String,
}

impl Rule {
    /// Passes each place where a resource breaks the rule to `report`, with what the rule looked at there.
    pub fn check(&self, resource: &RuleSubject<'_, '_>, report: &mut dyn FnMut(&RuleSubject<'_, '_>, PropPath)) {
        let mut look = |subject: &RuleSubject<'_, '_>| {
            if self.when.as_ref().is_none_or(|when| when.surely_holds(subject))
                && let Some(place) = self.requirement.broken(subject)
            {
                let own = || subject.element.map(|(_, place)| place.clone()).unwrap_or_default();
                report(subject, self.at.as_ref().or(place).map_or_else(own, |path| concrete(path, subject)));
            }
        };
        let Some(each) = &self.each else { return look(resource) };
        for (place, value) in elements(each, resource.resource) {
            look(&RuleSubject { element: Some((value, &place)), ..*resource });
        }
    }
}

/// Returns the values at a path with the place of each.
fn elements<'m>(path: &RulePath, resource: &'m Resource) -> Vec<(PropPath, &'m PropertyValue)> {
    let mut steps = path.steps.iter();
    let Some(RuleStep::Key(first)) = steps.next() else { return Vec::new() };
    let Some(value) = resource.properties.get(first.as_str()) else { return Vec::new() };
    let mut places = vec![(PropPath::default().child(first), value)];
    for step in steps {
        places = places.into_iter().flat_map(|(place, value)| inward(step, &place, value)).collect();
    }
    places
}

fn inward<'m>(step: &RuleStep, place: &PropPath, value: &'m PropertyValue) -> Vec<(PropPath, &'m PropertyValue)> {
    match (step, value) {
        (RuleStep::Key(key), PropertyValue::Map(entries)) => {
            entries.get(key.as_str()).map(|value| (place.child(key), value)).into_iter().collect()
        }
        (RuleStep::Items, PropertyValue::List(items)) => {
            items.iter().enumerate().map(|(index, item)| (place.child(&index.to_string()), item)).collect()
        }
        _ => Vec::new(),
    }
}
