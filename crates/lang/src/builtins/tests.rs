#![allow(clippy::needless_pass_by_value)] // a case reads better without borrows
use super::{CallArg, all, call, lookup, names, resolve};
use crate::ty::TypeContext;
use crate::ty::testing::{NOWHERE, TestFacts, show, value};
use gpb_model::Place;
use gpb_model::ty::Type;
use ipnet::IpNet;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

fn run(name: &str, args: &[(&str, Json)]) -> String {
    let here = Place { region: "us-east-1".into(), account: Some("123456789012".into()), ..Place::default() };
    let cx = TypeContext { place: Some(&here), ..TypeContext::new(&TestFacts) };
    let args = args.iter().map(|(name, json)| CallArg {
        name: (!name.is_empty()).then(|| ((*name).into(), NOWHERE)),
        value: value(json.clone()),
    });
    show(call(lookup(name).unwrap(), args.collect(), &cx, NOWHERE).map_err(|one| vec![one]))
}

fn check(name: &str, args: Json, expected: &str) {
    let args: Vec<_> = args.as_array().unwrap().iter().map(|arg| ("", arg.clone())).collect();
    assert_eq!(run(name, &args), expected, "{name}");
}

#[test]
fn networks() {
    check("cidr_split", json!(["10.0.0.0/16", 3]), r#"["10.0.0.0/18","10.0.64.0/18","10.0.128.0/18"]"#);
    check("cidr_split", json!(["10.0.0.0/16", 1]), r#"["10.0.0.0/16"]"#);
    check(
        "cidr_split",
        json!(["10.0.0.0/31", 4]),
        "GPB1210 `10.0.0.0/31` is too small: its parts would need a prefix of /33",
    );
    check("cidr_split", json!(["10.0.0.0/8", 0]), "GPB1214 a network is split into 1 to 4096 parts, not 0");
    check("cidr_subnet", json!(["10.0.0.0/16", 8, 255]), "\"10.0.255.0/24\"");
    check(
        "cidr_subnet",
        json!(["10.0.0.0/16", 8, 256]),
        "GPB1211 `10.0.0.0/16` has no part 256: 8 more bits make parts 0 to 255",
    );
    check("cidr_subnet", json!(["2001:db8::/32", 32, 5]), "\"2001:db8:0:5::/64\"");
    check("cidr_subnet", json!(["::/0", 128, 7]), "\"::7/128\"");
    check("cidr_subnet", json!(["::/0", 0, 0]), "\"::/0\"");
    check(
        "cidr_subnet",
        json!(["10.0.0.1/16", 8, 0]),
        "GPB1111 `10.0.0.1/16` is an address inside a network, not a network [change to \"10.0.0.0/16\"]",
    );
    check("cidr_host", json!(["10.0.0.0/24", 5]), "\"10.0.0.5\"");
    check("cidr_host", json!(["10.0.0.0/24", -1]), "\"10.0.0.255\"");
    check(
        "cidr_host",
        json!(["10.0.0.0/24", 256]),
        "GPB1211 `10.0.0.0/24` has no address 256: its addresses are 0 to 255",
    );
    check("cidr_host", json!(["::/0", 1]), "\"::1\"");
    check("cidr_host", json!(["10.0.0.7/32", 0]), "\"10.0.0.7\"");
}

#[test]
fn collections() {
    check("json", json!([{"b": [1, 2.5, true], "a": "x\"y", "c": null}]), r#""{\"a\":\"x\\\"y\",\"b\":[1,2.5,true]}""#);
    check("json", json!([{"$secret": "a"}]), "GPB1115 a secret has no text form");
    check("json", json!([{"t": "#30s"}]), "GPB1129 a duration has no JSON form");
    check("from_json", json!(["{\"b\": 1, \"a\": [true]}"]), r#"{"a":[true],"b":1}"#);
    check("from_json", json!(["{"]), "GPB1213 this string is not JSON: EOF while parsing an object at line 1 column 1");
    check("merge", json!([{"a": 1, "b": 1}, {"b": 2}]), r#"{"a":1,"b":2}"#);
    check("concat", json!([[1], [2, 3]]), "[1,2,3]");
    check("flatten", json!([[1, [2, [3]]]]), "[1,2,3]");
    check("distinct", json!([["a", "b", "a"]]), r#"["a","b"]"#);
    check("sort", json!([["#1h", "#30s"]]), r#"["30s","1h"]"#);
    check("sort", json!([["a", 1]]), "GPB1207 a string and a number have no common order");
    check("contains", json!([["a"], "a"]), "true");
    check("contains", json!([{"$range": ["#1s", "#9s"]}, "#5s"]), "true");
    check("length", json!(["héé"]), "3");
    check("length", json!([1]), "GPB1206 `length` takes a list, a map or a string, not a number");
    check("keys", json!([{"a": 1}]), r#"["a"]"#);
    check("is_set", json!([null]), "false");
    check("is_set", json!([{"$hole": "any"}]), "true");
}

#[test]
fn texts_and_numbers() {
    check("join", json!([["a", "b"], ", "]), "\"a, b\"");
    check("split", json!(["a,b", ","]), r#"["a","b"]"#);
    check("split", json!(["a", ""]), "GPB1214 the separator is empty");
    check("substring", json!(["héllo", 1, 2]), "\"él\"");
    check("substring", json!(["abc", 1]), "\"bc\"");
    check("substring", json!(["abc", 4]), "GPB1214 the string has 3 characters");
    check("sha256", json!([""]), "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
    check("base64", json!(["hi"]), "\"aGk=\"");
    check("number", json!(["1e"]), "GPB1213 `1e` is not a valid number");
    check("min", json!([3, 1, 2]), "1");
    check("max", json!([["#1s", "#1min"]]), "\"1min\"");
    check("max", json!([1, "#1s"]), "GPB1102 cannot compare a duration with a number without a unit");
    check("sum", json!([[1, 2.5]]), "3.5");
    check("round", json!([2.5]), "3");
    check("ceil", json!([-1.5]), "-1");
    check("range", json!([3]), "[0,1,2]");
    check("range", json!([10_001]), "GPB1214 `range` makes at most 10000 numbers, not 10001");
    check("range", json!([2, 5]), "[2,3,4]");
    check("range", json!([-2, 1]), "[-2,-1,0]");
    check("range", json!([4, 4]), "[]");
    check("range", json!([5, 2]), "GPB1214 `range` counts up, and 2 is below 5");
    check("range", json!([-1]), "GPB1116 `-1` is negative");
    check(
        "range",
        json!([-9_000_000_000_000_000_000_i64, 9_000_000_000_000_000_000_i64]),
        "GPB1214 `range` makes at most 10000 numbers, not 9223372036854775807",
    );
    check("seconds", json!(["#2min"]), "120");
    check("seconds", json!([2]), "GPB1104 a number without a unit, where a duration is expected");
    check("per_second", json!(["#90/min"]), "1.5");
    check("amount", json!(["#$5"]), "5");
    check("amount", json!(["#5s"]), "GPB1206 `amount` takes a quantity of one unit, not a duration");
    check("text", json!(["#1GiB"]), "\"1GiB\"");
}

#[test]
fn parts_and_pairs_of_lists() {
    check("any", json!([[false, true]]), "true");
    check("any", json!([[]]), "false");
    check("all", json!([[true, false]]), "false");
    check("all", json!([[]]), "true");
    check("all", json!([[true, 1]]), "GPB1101 expected a `bool`, found a number");
    let unknown = json!({"$hole": "bool"});
    check("any", json!([[unknown, true]]), "true");
    check("all", json!([[unknown, false]]), "false");
    check("all", json!([[unknown, true]]), r#"{"$call":["all",[{"$ref":{"path":"Out","to":"x"}},true]]}"#);
    check("slice", json!([[1, 2, 3, 4], 1, 3]), "[2,3]");
    check("slice", json!([[1, 2, 3, 4], 1]), "[2,3,4]");
    check("slice", json!([[1, 2, 3, 4], -2]), "[3,4]");
    check("slice", json!([[1, 2, 3, 4], 1, -1]), "[2,3]");
    check("slice", json!([[1, 2], 2]), "[]");
    check("slice", json!([[], 0, 0]), "[]");
    check("slice", json!([[1, 2], 3]), "GPB1214 the list has 2 elements, so that no part of it begins or ends at 3");
    check("slice", json!([[1, 2, 3], 2, 1]), "GPB1214 the part ends at 1, before its start 2");
    check("zip", json!([["a", "b"], [1, 2]]), r#"[{"first":"a","second":1},{"first":"b","second":2}]"#);
    check("zip", json!([[], []]), "[]");
    check("zip", json!([["a"], [1, 2]]), "GPB1218 `zip` takes lists of one length");
}

#[test]
fn patterns_and_formats() {
    check("matches", json!(["api-1", "^[a-z]+-[0-9]$"]), "true");
    check("matches", json!(["héllo", "^.{5}$"]), "true");
    check("matches", json!(["api", "^b"]), "false");
    check("matches", json!(["a", "["]), "GPB1216 this is not a regular expression: unclosed character class");
    let hole = json!({"$hole": "string"});
    check("matches", json!([hole, "("]), "GPB1216 this is not a regular expression: unclosed group");
    check("matches", json!([hole, "a"]), r#"{"$call":["matches",{"$ref":{"path":"Out","to":"x"}},"a"]}"#);
    check("format", json!(["%05d|%-5d|%+d|%5d", 42, 42, 42, -42]), "\"00042|42   |+42|  -42\"");
    check("format", json!(["%.2f %08.3f %.0f", 3.1459, -2.5, 2.5]), "\"3.15 -002.500 3\"");
    check("format", json!(["%s/%-4s|%4s %x %X %%", "a", "b", true, 255, 255]), "\"a/b   |true ff FF %\"");
    check("format", json!(["plain"]), "\"plain\"");
    check("format", json!(["%s", "#1GiB"]), "\"1GiB\"");
    check("format", json!(["%q", "a"]), "GPB1217 `%q` is not a verb");
    check("format", json!(["50%", "a"]), "GPB1217 `%` is not a verb");
    check("format", json!(["%d"]), "GPB1217 the pattern has 1 verb, and there are 0 values");
    check("format", json!(["%d", 1, 2]), "GPB1217 the pattern has 1 verb, and there are 2 values");
    check("format", json!(["%d", "a"]), "GPB1206 `format` takes a number for `%d`, not a string");
    check("format", json!(["%d", 1.5]), "GPB1206 `format` takes a whole number for `%d`, not a number");
    check("format", json!(["%99999d", 1]), "GPB1217 `%99999d` has a width over 1000, or more than 28 decimals");
    check("format", json!(["%.2d", 1]), "GPB1217 `%.2d` has decimals, which only `f` takes");
    check("format", json!(["%d %d", hole]), "GPB1217 the pattern has 2 verbs, and there is 1 value");
}

#[test]
fn yaml_is_plain_data() {
    let yaml = |text: &str, expected: &str| check("from_yaml", json!([text]), expected);
    yaml(
        "b: [1, 0x1F, 0o17, 1.50, -.5, 1e3]\na: {x: 'no', y: no, z: ~}\n",
        r#"{"a":{"x":"no","y":"no"},"b":[1,31,15,1.5,-0.5,1000]}"#,
    );
    yaml(
        "- 2024-05-01\n- 12:30\n- yes\n- TRUE\n- \"1\"\n- |\n  two\n  lines\n",
        r#"["2024-05-01","12:30","yes",true,"1","two\nlines\n"]"#,
    );
    yaml("base: &b {a: 1}\nother: *b\n80: port\n", r#"{"80":"port","base":{"a":1},"other":{"a":1}}"#);
    yaml("", "absent");
    yaml("a: 1\n---\nb: 2\n", "GPB1224 this YAML is no plain data: line 2: a second document begins");
    yaml("a: !Ref x\n", "GPB1224 this YAML is no plain data: line 1: the tag `!Ref` means nothing here");
    yaml(
        "a: &x {b: 1}\nc:\n  <<: *x\n",
        "GPB1224 this YAML is no plain data: line 3: `<<` would be a key like any other",
    );
    yaml("a: 0644\n", "GPB1224 this YAML is no plain data: line 1: `0644` begins with a zero");
    yaml("a: .inf\n", "GPB1224 this YAML is no plain data: line 1: `.inf` is no number here");
    yaml("? [a]\n: 1\n", "GPB1224 this YAML is no plain data: line 1: a key is a list, a map or an alias");
    yaml("a: 1\na: 2\n", "GPB1213 this string is not YAML: line 2: the key `a` stands there twice");
    assert!(run("from_yaml", &[("", json!("a: [1,\nb: }"))]).starts_with("GPB1213 this string is not YAML: line 2"));
    assert!(run("from_yaml", &[("", json!("a: *nope"))]).starts_with("GPB1213 this string is not YAML: line 1"));
    // A billion laughs: shared until its size is asked for, and then refused.
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let _ = writeln!(laughs, "a{level}: &a{level} [{}]", [before.as_str(); 10].join(", "));
    }
    assert!(run("from_yaml", &[("", json!(laughs))]).starts_with("GPB1130"));
    yaml(&"[".repeat(120), "GPB1213 this string is not YAML: line 1: it nests more than 100 deep");
}

#[test]
fn places_and_secrets() {
    check("zones", json!([2]), r#"["us-east-1a","us-east-1b"]"#);
    check("zones", json!([4]), "GPB1215 `us-east-1` has 3 zones, not 4");
    assert_eq!(
        run("zones", &[("n", json!(1)), ("region", json!("us-west-2"))]),
        "GPB1212 the zones of `us-west-2` are not known"
    );
    assert_eq!(run("place", &[("region", json!("~us-west-2"))]), "\"us-west-2\"");
    check("secret", json!(["stripe/key"]), r#"{"$secret":{"from":"store","name":"stripe/key"}}"#);
    check("generated", json!([]), r#"{"$secret":{"from":"generated","length":32}}"#);
    check("generated", json!([3]), "GPB1214 a generated secret has 8 to 4096 characters");
}

#[test]
fn arguments_are_matched_to_parameters() {
    check("upper", json!([]), "GPB1202 `upper` needs the argument `text`");
    check("upper", json!(["a", "b"]), "GPB1203 `upper` takes 1 argument");
    assert_eq!(run("upper", &[("txt", json!("a"))]), "GPB1204 `upper` has no parameter `txt` [rename to `text`]");
    assert_eq!(
        run("upper", &[("", json!("a")), ("text", json!("b"))]),
        "GPB1205 the argument `text` of `upper` is given twice"
    );
    assert_eq!(run("split", &[("sep", json!(",")), ("text", json!("a,b"))]), r#"["a","b"]"#);
}

#[test]
fn what_is_unknown_leaves_a_hole() {
    let hole = json!({"$hole": "string"});
    check("upper", json!([hole]), r#"{"$call":["upper",{"$ref":{"path":"Out","to":"x"}}]}"#);
    check("json", json!([{"a": hole}]), r#"{"$call":["json",{"a":{"$ref":{"path":"Out","to":"x"}}}]}"#);
    check("concat", json!([["a"], [hole]]), r#"["a",{"$ref":{"path":"Out","to":"x"}}]"#);
    check("length", json!([[hole]]), "1");
    check("contains", json!([["a", hole], "a"]), "true");
    check("join", json!([["a", hole], "-"]), r#"{"$concat":["a-",{"$ref":{"path":"Out","to":"x"}}]}"#);
    check("range", json!([{"$hole": "number"}]), "GPB1124 `range` needs a value that is known before apply");
    check(
        "seconds",
        json!([{"$hole": "number"}]),
        "GPB1101 expected a `duration`, found a `number` that is unknown until apply",
    );
}

#[test]
fn a_waiting_call_is_computed_at_apply() {
    let at_apply = |function: &str, args: Json| resolve(function, args.as_array().unwrap());
    assert_eq!(at_apply("upper", json!(["a"])), Ok(json!("A")));
    assert_eq!(at_apply("json", json!([{"b": 1, "a": 1e300}])), Ok(json!("{\"a\":1e+300,\"b\":1}")));
    assert_eq!(at_apply("+", json!([1, 2])), Ok(json!(3)));
    assert_eq!(at_apply("==", json!(["a", "b"])), Ok(json!(false)));
    assert_eq!(at_apply("if", json!([true, "a", "b"])), Ok(json!("a")));
    assert_eq!(at_apply("index", json!([["a"], 0])), Ok(json!("a")));
    assert_eq!(at_apply("member", json!([{"Port": 80}, "Port"])), Ok(json!(80)));
    assert_eq!(
        at_apply("nope", json!([])),
        Err("there is no function `nope` (a `fn` at the top of a file declares one)".into())
    );
    assert_eq!(at_apply("index", json!([[], 0])), Err("the list has no element 0 (the list is empty)".into()));
}

#[test]
fn the_table_is_whole() {
    assert!(names().is_sorted());
    let documented = include_str!("../../../../docs/language.md");
    for builtin in all() {
        assert!(documented.contains(&format!("`{}", builtin.name)), "{} is not in docs/language.md", builtin.name);
        assert!(builtin.doc.ends_with('.') && !builtin.params.is_empty(), "{}", builtin.name);
        let optional_last = builtin.params.is_sorted_by_key(|param| param.ty.is_optional());
        assert!(
            optional_last,
            "{}: what may be left out comes last, so that a waiting call needs no gaps",
            builtin.name
        );
    }
    assert_eq!(
        lookup("cidr_subnet").unwrap().signature(),
        "cidr_subnet(block: cidr, bits: count, index: count) -> cidr"
    );
    assert_eq!(lookup("zones").unwrap().result, Type::list(Type::Zone));
}

proptest! {
    #[test]
    fn a_split_network_is_disjoint_and_covers(address in any::<u32>(), prefix in 0u8..=24, bits in 0u32..=6) {
        let net: IpNet = IpNet::new(std::net::IpAddr::V4(address.into()), prefix).unwrap().trunc();
        let parts = 1u32 << bits;
        let shown = run("cidr_split", &[("", json!(net.to_string())), ("", json!(parts))]);
        let split: Vec<IpNet> = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(split.len(), parts as usize);
        prop_assert!(split.iter().all(|part| net.contains(part)));
        for (index, part) in split.iter().enumerate() {
            prop_assert!(split.iter().skip(index + 1).all(|other| !part.contains(other) && !other.contains(part)));
        }
        prop_assert_eq!(IpNet::aggregate(&split), vec![net]);
        let subnet = run("cidr_subnet", &[("", json!(net.to_string())), ("", json!(bits)), ("", json!(parts - 1))]);
        prop_assert_eq!(subnet, json!(split.last()).to_string());
    }

    #[test]
    fn json_reads_back(text in "\\PC{0,20}", number in any::<i64>(), fraction in -1e9f64..1e9) {
        let made = run("json", &[("", json!({"t": format!("t{text}"), "n": number, "list": [fraction.round() / 4.0]}))]);
        let document: String = serde_json::from_str(&made).unwrap();
        let read: Json = serde_json::from_str(&document).unwrap();
        prop_assert_eq!(&read["t"], &json!(format!("t{text}")));
        prop_assert_eq!(&read["n"], &json!(number));
        prop_assert_eq!(read["list"][0].as_f64(), Some(fraction.round() / 4.0));
    }
}
