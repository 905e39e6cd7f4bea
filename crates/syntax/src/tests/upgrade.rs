//! The rewriting of earlier forms by `gpb fmt --upgrade`, and the forms that it leaves.

use super::super::{functions, upgrade, uses_without_name};

/// Compares an upgraded program with the expected one, and the names in the advice.
fn check(old: &str, new: &str, advised: &[&str]) {
    let upgraded = upgrade(old, &[]).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(upgraded.text, new);
    let places = upgraded.advice.iter().filter_map(|advice| old.get(advice.span()?.range()));
    assert_eq!(places.collect::<Vec<_>>(), advised);
    let again = upgrade(new, &[]).map(|again| again.text);
    assert_eq!(again.as_deref(), Ok(new), "a second time changes something");
}

#[test]
fn a_branch_that_is_absent_by_its_condition_goes() {
    check(
        "stack s {\n  param far: region?\n  let copied = given(far)\n  a = if copied { x } else { far }\n  b = if given(far) { x } else { far }\n}\n",
        "stack s {\n  param far: region?\n  let copied = is_set(far)\n  a = if copied { x }\n  b = if is_set(far) { x }\n}\n",
        &[],
    );
}

#[test]
fn a_branch_over_several_lines_goes_too() {
    check(
        "component c {\n  param key: string?\n  a = if wide {\n    1\n  } else if is_set(key) {\n    { k = key }\n  } else {\n    key\n  }\n}\n",
        "component c {\n  param key: string?\n  a = if wide {\n    1\n  } else if is_set(key) {\n    { k = key }\n  }\n}\n",
        &[],
    );
}

#[test]
fn the_parameter_of_a_function_counts_as_well() {
    check(
        "fn f(a: string?) -> string? = if given(a) { \"x\" } else { a }\n",
        "fn f(a: string?) -> string? = if is_set(a) { \"x\" }\n",
        &[],
    );
}

#[test]
fn what_may_have_been_given_stays() {
    // The condition says nothing about the parameter.
    let other = "stack s {\n  param far: region?\n  a = if wide { x } else { far }\n}\n";
    check(other, other, &["far"]);
    // More than the parameter decides.
    let both = "stack s {\n  param far: region?\n  a = if is_set(far) && wide { x } else { far }\n}\n";
    check(both, both, &["far"]);
    // The name stands for something else inside.
    let shadowed = "stack s {\n  param far: region?\n  a = [for far in b: if is_set(far) { x } else { far }]\n}\n";
    check(shadowed, shadowed, &["far"]);
    // A comment would be lost.
    let told =
        "stack s {\n  param far: region?\n  a = if is_set(far) {\n    x\n  } else {\n    // why\n    far\n  }\n}\n";
    check(told, told, &["far"]);
}

#[test]
fn other_branches_are_no_trick() {
    // A default, a required parameter, a name of another kind.
    let plain = "stack s {\n  param a: string? = \"x\"\n  param b: string\n  let c = if is_set(a) { 1 } else { a }\n  let d = if wide { 1 } else { b }\n  let e = if wide { 1 } else { c }\n}\n";
    check(plain, plain, &[]);
}

#[test]
fn an_own_function_keeps_its_name() {
    let own = "fn given(a: any) -> bool = true\n\nconst b = given(1)\n";
    check(own, own, &[]);
}

#[test]
fn a_function_of_a_used_file_keeps_its_name() {
    let text = "const a = given(1)\n";
    let upgraded = |imported: &[String]| upgrade(text, imported).unwrap().text;
    assert_eq!(upgraded(&[]), "const a = is_set(1)\n");
    assert_eq!(upgraded(&["given".to_owned()]), text);
    assert_eq!(functions("fn given(x: any) -> bool = true\n"), ["given"]);
    assert_eq!(uses_without_name("use \"a.gpb\"\nuse \"b.gpb\" as b\n"), ["a.gpb"]);
}
