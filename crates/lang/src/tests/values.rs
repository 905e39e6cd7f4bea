//! Constants, functions, types and what bounds their evaluation.

use super::check;
use std::fmt::Write as _;

#[test]
fn functions_and_constants() {
    insta::assert_snapshot!(check(
        r#"
const a: duration = 70%
const b: count = double(2, 3)
const c: string = double(m: 2)
const d = double()
const e = double(n: 1, 2)
const f: tier = middle
const g = [for x in [1, 2] if x > 1: x]
const h = {for x in [1, 1]: "k" = x}
const i = dobule(1)
const j = cycle + 1
const cycle = j
const k = { a = 1, a = 2 }
fn double(n: count) -> count = n * 2
type tier = low | high
type loop = list<loop>
type other = lsit<string>
type third = sting
type fourth = range<string>
type fifth = aws.sqs.quue
"#
    ));
}

#[test]
fn every_program_ends() {
    // Each function calls the one before twice: 2^40 calls.
    let mut source = String::from("fn f0(n: any) = n\n");
    for number in 1..40 {
        let _ = writeln!(source, "fn f{number}(n: any) = [f{0}(n), f{0}(n)]", number - 1);
    }
    let found = check(&(source.clone() + "const x = f39(1)\n"));
    assert!(found.starts_with("GPB140"), "{found}");
    // A text that doubles forty times.
    let mut source = String::from("const t0 = \"0123456789\"\n");
    for number in 1..40 {
        let _ = writeln!(source, "const t{number} = \"${{t{0}}}${{t{0}}}\"", number - 1);
    }
    let found = check(&source);
    assert!(found.starts_with("GPB1130"), "{found:.300}");
    // A value that shares itself forty times over.
    let mut source = String::from("const t0 = [1]\n");
    for number in 1..40 {
        let _ = writeln!(source, "const t{number} = [t{0}, t{0}]", number - 1);
    }
    let found = check(&source);
    assert!(found.starts_with("GPB140"), "{found:.300}");
}

#[test]
fn a_long_chain_of_constants_is_no_mistake() {
    let mut source = String::new();
    for number in 0..3_000 {
        let _ = writeln!(source, "const c{number} = c{} + 1", number + 1);
    }
    source.push_str("const c3000 = 0\n");
    assert_eq!(check(&source), "");
}

#[test]
fn a_component_that_doubles_is_stopped() {
    let mut source = String::from("component c0 { resource aws.sqs.queue q { } }\n");
    for number in 1..30 {
        let _ = writeln!(source, "component c{number} {{ c{0} a {{ }} c{0} b {{ }} }}", number - 1);
    }
    source.push_str("stack s { c29 all { } }\nenvironment e of s { region = us-east-1 }\n");
    let found = check(&source);
    assert!(found.starts_with("GPB140"), "{found:.300}");
}
