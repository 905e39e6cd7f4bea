use super::{binary, index, member, negate, range, text};
use crate::ty::testing::{NOWHERE, show, value};
use crate::ty::{TypeContext, conform};
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_syntax::ast::BinaryOp;
use serde_json::{Value as Json, json};

fn shown(result: Result<Value, Diagnostic>) -> String {
    show(result.map_err(|one| vec![one]))
}

fn check(left: Json, op: &str, right: Json, expected: &str) {
    let op = BinaryOp::from_symbol(op).unwrap();
    assert_eq!(shown(binary(op, value(left), value(right), NOWHERE)), expected);
}

#[test]
fn operators_apply_to_what_has_a_meaning() {
    check(json!(1), "+", json!(2), "3");
    check(json!("#1min"), ">", json!("#30s"), "true");
    check(json!("a"), "+", json!("b"), "GPB1120 `+` does not apply to a string and a string");
    check(json!("15.9"), "<", json!("15.17"), "GPB1120 `<` does not apply to a string and a string");
    check(json!(null), "+", json!(1), "GPB1110 no value was given where `+` needs one");
    check(json!(null), "??", json!(1), "1");
    check(json!(7), "%", json!(4), "3");
    check(json!(false), "&&", json!("x"), "false");
    check(json!(true), "&&", json!("x"), "GPB1120 `&&` does not apply to a bool and a string");
}

#[test]
fn equality_is_of_like_values() {
    check(json!("a"), "==", json!("a"), "true");
    check(json!([1, "#60s"]), "==", json!([1, "#1min"]), "true");
    check(json!({"a": 1, "b": 2}), "!=", json!({"b": 2, "a": 1}), "false");
    check(json!("a"), "==", json!(1), "GPB1121 a string is never equal to a number");
    check(json!(30), "==", json!("#30s"), "GPB1102 cannot compare a number without a unit with a duration");
    check(json!({"$secret": "a"}), "==", json!("x"), "GPB1115 a secret cannot be compared");
}

#[test]
fn a_word_is_compared_with_the_words_it_could_be() {
    let mode = Type::words(["sandbox", "live"]);
    let live = conform(value(json!("~live")), &mode, &TypeContext::new(&crate::ty::testing::TestFacts)).unwrap();
    let equal = BinaryOp::from_symbol("==").unwrap();
    assert_eq!(shown(binary(equal, live.clone(), value(json!("~live")), NOWHERE)), "true");
    assert_eq!(shown(binary(equal, live.clone(), value(json!("~sandbox")), NOWHERE)), "false");
    assert_eq!(
        shown(binary(equal, live, value(json!("~liev")), NOWHERE)),
        "GPB1106 `liev` is none of `sandbox | live` [change to `live`]"
    );
}

#[test]
fn unknown_sides_wait() {
    let hole = json!({"$hole": "number"});
    check(hole.clone(), "+", json!(1), r#"{"$call":["+",{"$ref":{"path":"Out","to":"x"}},1]}"#);
    check(json!({"$hole": "bool"}), "||", json!(true), "true");
    check(hole.clone(), "==", hole.clone(), "true");
    check(
        hole,
        "+",
        json!("#1s"),
        "GPB1120 `+` does not apply to a `number` that is unknown until apply and a duration",
    );
    assert_eq!(
        shown(negate(value(json!({"$hole": "number"})), NOWHERE)),
        r#"{"$call":["-",0,{"$ref":{"path":"Out","to":"x"}}]}"#
    );
}

#[test]
fn text_keeps_its_holes() {
    let join = |parts: Json| shown(text(parts.as_array().unwrap().iter().cloned().map(value).collect(), NOWHERE));
    assert_eq!(join(json!(["a", 1, "#30s", true])), "\"a130strue\"");
    assert_eq!(
        join(json!(["a", {"$hole": "string"}, "b", 1])),
        r#"{"$concat":["a",{"$ref":{"path":"Out","to":"x"}},"b1"]}"#
    );
    assert_eq!(join(json!([{"$hole": "arn"}])), r#"{"$ref":{"path":"Out","to":"x"}}"#);
    assert_eq!(join(json!([{"$secret": "x"}])), "GPB1115 a secret has no text form");
    assert_eq!(join(json!([[1]])), "GPB1128 a list has no text form");
}

#[test]
fn members_and_elements() {
    let of = value(json!({"name": "n", "items": [10, 20]}));
    let get = |name: &str, optional| shown(member(&of, name, NOWHERE, optional, NOWHERE));
    assert_eq!(get("name", false), "\"n\"");
    assert_eq!(get("nmae", false), "GPB1122 there is no `nmae` here");
    assert_eq!(get("nmae", true), "absent");
    let list = value(json!([10, 20]));
    let at = |of: &Value, key: Json| shown(index(of, &value(key), NOWHERE));
    assert_eq!(at(&list, json!(1)), "20");
    assert_eq!(at(&list, json!(2)), "GPB1123 the list has no element 2");
    assert_eq!(at(&list, json!(-1)), "20");
    assert_eq!(at(&list, json!(-2)), "10");
    assert_eq!(at(&list, json!(-3)), "GPB1123 the list has no element -3");
    assert_eq!(at(&list, json!(0.5)), "GPB1123 the list has no element 0.5");
    assert_eq!(at(&list, json!("a")), "GPB1127 a list is reached by a number, not by a string");
    assert_eq!(at(&of, json!("name")), "\"n\"");
}

#[test]
fn ranges_have_order() {
    let make = |low: Json, high: Json| shown(range(value(low), value(high), NOWHERE));
    assert_eq!(make(json!(8), json!("#64ACU")), "\"8 ACU..64 ACU\"");
    assert_eq!(make(json!(3), json!(1)), "GPB1107 the range starts at 3, above its end 1");
    assert_eq!(make(json!("#1s"), json!("#5%")), "GPB1102 cannot compare a duration with a percentage");
    assert_eq!(make(json!("a"), json!("b")), "GPB1120 a string cannot be the end of a range");
}

#[test]
fn values_that_grow_without_end_are_refused() {
    let mut list = value(json!([1]));
    let mut deep = value(json!([1]));
    for _ in 0..300 {
        list = Value::list(vec![list.clone(), list], NOWHERE).bounded().unwrap_or_else(|_| value(json!("stopped")));
        deep = Value::list(vec![deep], NOWHERE).bounded().unwrap_or_else(|_| value(json!("stopped")));
    }
    assert!(list.find_secret().is_none() && deep.is_known());
    let mut unknown = value(json!({"$hole": "number"}));
    let add = BinaryOp::from_symbol("+").unwrap();
    let refused = (0..64).find_map(|_| match binary(add, unknown.clone(), unknown.clone(), NOWHERE) {
        Ok(next) => {
            unknown = next;
            None
        }
        Err(error) => Some(error.code),
    });
    assert_eq!(refused, Some("GPB1130"));
}
