//! The laws planning keeps, over random values.

use crate::cloud::Properties;
use crate::plan::compare::{self, CompareRules, CurrentState};
use crate::plan::fixtures::*;
use crate::plan::{Plan, PropertyDifference};
use gpb_model::{Model, PropertyValue};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![any::<bool>().prop_map(Json::from), (0..4i64).prop_map(Json::from), "[ab]{0,2}".prop_map(Json::from)]
}

fn rule() -> impl Strategy<Value = Json> {
    let part = |name: &'static str, value: BoxedStrategy<Json>| {
        proptest::option::of(value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
    };
    let note = "[ab]{0,2}".prop_map(Json::from).boxed();
    let parts = (
        part("Port", (1..4i64).prop_map(Json::from).boxed()),
        part("Cidr", "[xy]".prop_map(Json::from).boxed()),
        part("Note", note),
    );
    parts.prop_map(|(a, b, c)| Json::Object([a, b, c].into_iter().flatten().collect()))
}

fn store() -> impl Strategy<Value = Json> {
    let subnets = proptest::collection::vec("[abc]".prop_map(Json::from), 0..4);
    let backup = proptest::option::of((proptest::option::of(1..4i64), proptest::option::of("[uv]")));
    (proptest::option::of("[xy]"), proptest::option::of(1..4i64), proptest::option::of(28..32i64), subnets, backup)
        .prop_map(|(engine, size, timeout, subnets, backup)| {
            let mut out = Map::new();
            let mut put = |name: &str, value: Option<Json>| value.map(|value| out.insert(name.into(), value));
            put("Engine", engine.map(Json::from));
            put("Size", size.map(Json::from));
            put("Timeout", timeout.map(Json::from));
            put("Subnets", Some(subnets.into()));
            put(
                "Backup",
                backup.map(|(days, window)| {
                    let parts =
                        [days.map(|d| ("Days".to_owned(), d.into())), window.map(|w| ("Window".to_owned(), w.into()))];
                    Json::Object(parts.into_iter().flatten().collect())
                }),
            );
            Json::Object(out)
        })
}

fn lifted(json: &Json) -> gpb_model::PropertyMap {
    match value(json.clone()) {
        PropertyValue::Map(entries) => entries,
        other => panic!("{other:?}"),
    }
}

/// Applies differences: sets or removes each place, making the objects around it.
fn patch(target: &mut Properties, differences: &[PropertyDifference]) {
    for difference in differences {
        let segments: Vec<&str> = difference.path.segments().collect();
        let (last, around) = segments.split_last().unwrap();
        let mut at = &mut *target;
        for segment in around {
            at = at.entry(*segment).or_insert_with(|| json!({})).as_object_mut().unwrap();
        }
        match &difference.after {
            Some(after) => drop(at.insert((*last).to_owned(), after.to_json().unwrap())),
            None => drop(at.remove(*last)),
        }
    }
}

fn difference(
    def: Option<&gpb_catalog::TypeDef>,
    desired: &Json,
    observed: &Properties,
    applied: Option<&Properties>,
) -> Vec<PropertyDifference> {
    let rules = CompareRules { def, ..CompareRules::bare() };
    // The cloud answered the last apply with all that was sent.
    compare::differences(rules, &lifted(desired), CurrentState { observed, applied, recorded: applied })
}

proptest! {
    /// Applying what differs leaves nothing that differs.
    #[test]
    fn differences_are_what_is_missing(desired in store(), observed in store(), applied in store()) {
        let def = types("aws.data.store");
        let mut observed = observed.as_object().unwrap().clone();
        let applied = applied.as_object().unwrap();
        let found = difference(def.as_deref(), &desired, &observed, Some(applied));
        patch(&mut observed, &found);
        prop_assert_eq!(difference(def.as_deref(), &desired, &observed, Some(applied)), vec![]);
    }

    /// The same over any JSON, without a catalog.
    #[test]
    fn differences_of_any_json(desired in any_object(), observed in any_object()) {
        let mut observed = observed.as_object().unwrap().clone();
        let found = difference(None, &desired, &observed, None);
        patch(&mut observed, &found);
        prop_assert_eq!(difference(None, &desired, &observed, None), vec![]);
    }

    /// Plans nothing for what has been applied.
    #[test]
    fn a_plan_after_its_apply_is_empty(before in any_model(), after in any_model()) {
        let mut world = FakeCloud::applied(&before);
        prop_assert!(world.plan(&before).is_empty());
        world.options.unprotect = crate::plan::ProtectionOverride::All;
        let Some(plan) = possible(&world, &after) else { return Ok(()) };
        world.apply(&plan);
        let again = world.plan(&after);
        prop_assert!(again.is_empty(), "{:#?}", again.changes.iter().filter(|c| c.is_pending()).collect::<Vec<_>>());
    }

    /// Finds no difference in another order where the order means nothing.
    #[test]
    fn another_order_is_no_difference((rules, shuffled) in shuffled()) {
        let def = types("aws.net.group");
        let observed = Map::from_iter([("Rules".to_owned(), Json::Array(shuffled.clone()))]);
        prop_assert_eq!(difference(def.as_deref(), &json!({ "Rules": rules }), &observed, None), vec![]);
        // And what the cloud adds to an element is not, either.
        let fuller: Vec<Json> = shuffled.into_iter().map(|mut rule| { rule["GroupId"] = "sg".into(); rule }).collect();
        let observed = Map::from_iter([("Rules".to_owned(), Json::Array(fuller))]);
        prop_assert_eq!(difference(def.as_deref(), &json!({ "Rules": rules }), &observed, None), vec![]);
    }

    /// Every dependency of a change is a change of the plan, and together they have an order.
    #[test]
    fn a_plan_has_an_order(before in any_model(), after in any_model()) {
        let mut world = FakeCloud::applied(&before);
        world.options.unprotect = crate::plan::ProtectionOverride::All;
        let Some(plan) = possible(&world, &after) else { return Ok(()) };
        for (at, step) in plan.steps.iter().enumerate() {
            prop_assert!(step.after.iter().all(|earlier| *earlier < at));
        }
        for change in &plan.changes {
            for needed in &change.depends_on {
                prop_assert!(plan.changes.iter().any(|other| other.address == *needed));
            }
        }
    }
}

/// Returns the plan, unless what goes and what comes would bear one name and cannot give way to each other.
fn possible(world: &FakeCloud, model: &Model) -> Option<Plan> {
    match world.try_plan(model) {
        Ok(plan) => Some(plan),
        Err(refused) => {
            assert!(refused.iter().all(|one| ["GPB7002", "GPB7007"].contains(&one.code)), "{refused:#?}");
            None
        }
    }
}

fn any_object() -> impl Strategy<Value = Json> {
    let leaf = scalar();
    let tree = leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
            proptest::collection::btree_map("[abc]", inner, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map("[abcd]", tree, 0..4).prop_map(|map| Json::Object(map.into_iter().collect()))
}

fn shuffled() -> impl Strategy<Value = (Vec<Json>, Vec<Json>)> {
    proptest::collection::vec(rule(), 0..7).prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle()))
}

/// Up to five stores, each maybe referring to those before it, and a group that refers to all.
fn any_model() -> impl Strategy<Value = Model> {
    let stores =
        proptest::collection::vec((store(), proptest::option::of(any::<prop::sample::Index>()), 0..6usize), 0..5);
    (stores, proptest::collection::vec(rule(), 0..3)).prop_map(|(stores, rules)| {
        let mut resources: Vec<gpb_model::Resource> = Vec::new();
        for (mut properties, refers, number) in stores {
            let name = format!("data.s{number}");
            if resources.iter().any(|resource| resource.address.as_str() == name) {
                continue;
            }
            if let Some(other) = refers.filter(|_| !resources.is_empty()) {
                let other = other.get(&resources).address.clone();
                properties["Engine"] = to(other.as_str(), "Endpoint/Host");
                properties["StoreName"] = json!({ "$concat": ["after-", to(other.as_str(), "")] });
            }
            resources.push(resource(&name, "aws.data.store", properties));
        }
        let mut rules = rules;
        rules.extend(resources.iter().map(|store| json!({ "Port": 9, "Peer": to(store.address.as_str(), "") })));
        resources.push(resource("network.group", "aws.net.group", json!({ "GroupName": "g", "Rules": rules })));
        model(resources)
    })
}
