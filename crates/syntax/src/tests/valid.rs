//! Texts without mistakes.

use super::super::ast::TextPart;
use super::super::parse_template;
use super::check;
use gpb_base::source::FileId;

#[test]
fn items() {
    check(
        "items",
        r#"//! About the
//! module.

use "platform.gpb"                     // all items of that file
use "net.gpb" as net
const office: cidr = "203.0.113.0/24"
/// Names a thing.
fn label(kind: string, n: count = 1) -> string = "${kind}-${n}"
type health_check {
  /// Where to ask.
  path: string = "/"
  every: duration = 30s, tags: map<string>?
}
type tier = low | medium | high
type pick = "a b" | c?
component queue { param name: string }
stack gpubroker { }
environment live of gpubroker { region = us-east-1 }
"#,
    );
}

#[test]
fn modules() {
    check(
        "modules",
        r#"use "net.gpb" as net // by its name
/// How many.
pub const size: count = net.size + net.sizes.small
pub fn label(x: net.kind?) -> list<net.kind> = [net.label(x).head, other.label, net.labels[0]]
pub type kind = a | b
pub  component queue { net.queue main { a = 1 }
  net.queue far in us-west-2 { } }
pub stack road { }
extend stack road { layer a { } }
extend stack net.road { net.queue main { } }
environment live of net.road { n = net.size }
"#,
    );
}

#[test]
fn entries() {
    check(
        "entries",
        r#"
stack s {
  param tasks: range<count> = 2..10
  let base = cidr_split(network, 4)
  layer data uses security, network in recovery {
    name = value
    type = "A"
    "quoted key" = 1, policy { x = 1 }
    in { a = 1 }
    secret STRIPE = secrets.stripe.key
    name label { a = 1 }
    aurora main in place(region: us-west-2, role: "x") { }
    path "/health" every 30s timeout 5s list [1, 2] range 1..3 neg -1 where a.b["c"] engine postgresql "15"
    when cpu > 70% add 2 remove 1
    when alb.requests >= 1000/min add 5
  }
  resource aws.sqs.queue jobs { after network.gateway["a"].x, b
    protect always
    ignore desired_count, tags["x"]
    replace create_first }
  existing aws.ec2.vpc shared { tags = { Name = "shared" } }
  output subnets: list<string> = [for s in public: s.id] after gateway, public["a"]
  for zone in zones(3) { resource aws.ec2.subnet public { } }
  for name, size in sizes { a = 1 }
  for s in subnets key s.name { a = 1 }
  if live { a = 1 } else if x == 2 { b = 1 }
  else { c = 1 }
  in recovery { d = 1 }
  output endpoint = main.endpoint
  moved old.address to new["k"].address
  override data.main { size = 3 }
}
"#,
    );
}

#[test]
fn expressions() {
    check(
        "expressions",
        r#"
stack s {
  a = 1 + 2 * 3 - -4
  b = !x || y && z == 1 ?? 2..3 + 1
  c = if a { 1 } else if b { 2 } else { 3 }
  d = [for s in subnets if s.public: s.id]
  e = {for k, v in m: k = v}
  e2 = {for k, v in m if v.ok: "${k}-x" = { a = v }}
  f = postgresql "15.17"
  g = f(a, name: b,)
  h = [1_000, 0.25, 30s, 70%, 1000/min, 512MiB, 8 ACU, 0.25 vcpu, $2_000, $0.25, 10..100]
  i = x?.y.z[0]["k"] ?? { a = 1, b { c = 2 } }
  j = (
    // inside
    1 +
    2
    + 3
  )
  k = "a\n\t\"\\\$\u{1F600} ${x + "in ${y}"} b $ c"
  l = """
    margin
      in ${x}
    \${no}
    """
  m = policy {
    allow "s3:GetObject", "s3:PutObject" on "${bucket.arn}/*" when { string_equals { "aws:SourceAccount" = account } }
    allow "sts:AssumeRole" to service "ecs-tasks.amazonaws.com"
    deny "s3:*" to anyone on bucket.arn, "${bucket.arn}/*" when { bool { "aws:SecureTransport" = false } }
    allow "x"
      to aws account, service ["a", "b"]
      on all
  }
  n = us-east-1 + a-b - c
  o = []
  p = {}
  q = [{ a = 1 }, [1], (2)]
  r = a - b / c % d < e
}
"#,
    );
}

#[test]
fn constraints() {
    check(
        "constraints",
        r#"
type check {
  every: duration 10s..5min = 30s
  require every > 1s else "x", timeout: count
  require: string
  require a
    else "y"
}
type port = int 1..65535
fn half(n: int -10..10) -> number = n / 2
component kafka {
  param brokers: count 1..60
  param price: money $1..$2_000 = $5
  param spare: count 1..2?
  param sizes: map<list<bytes 1KiB..2 GiB>>
  require brokers % zones == 0 else "${brokers} must divide"
  require (a || b) && !c
    else why
  for x in xs { require x > 1 else "z" }
  require = 3
  use { require { a = 1 }, require = 2 }
}
"#,
    );
}

#[test]
fn spread() {
    check(
        "spread",
        r"
const a = [...xs, 1, ...if more { ys }, [...zs]]
const b = { ...base, k = v, inner { ...other.part } }
const c = {
  ...base
  // its own
  k = v
}
",
    );
}

#[test]
fn templates() {
    let read = |text: &str| {
        let parsed = parse_template(FileId(0), text);
        let told: Vec<_> = parsed.diagnostics.iter().map(|one| (one.code, one.span().unwrap().range())).collect();
        (parsed.parts, told)
    };
    let literal = |text: &str| (vec![TextPart::Text(text.to_owned())], Vec::new());
    assert_eq!(read(""), (Vec::new(), Vec::new()));
    assert_eq!(read("a \\n \"b\" \"\"\" $c {d} é\n"), literal("a \\n \"b\" \"\"\" $c {d} é\n"));
    assert_eq!(read("\\${HOME}/x"), literal("${HOME}/x"));
    let text = "é\n${ upper(\"a}${b}\") }-${if c {\n  d\n}}.";
    let (parts, told) = read(text);
    assert_eq!(told, Vec::new());
    let [
        TextPart::Text(first),
        TextPart::Interpolation(call),
        TextPart::Text(dash),
        TextPart::Interpolation(choice),
        TextPart::Text(dot),
    ] = parts.as_slice()
    else {
        panic!("{parts:?}")
    };
    assert_eq!((first.as_str(), dash.as_str(), dot.as_str()), ("é\n", "-", "."));
    assert_eq!(text.get(call.span.range()), Some("upper(\"a}${b}\")"));
    assert_eq!(text.get(choice.span.range()), Some("if c {\n  d\n}"));
    assert_eq!(read("one\n${a\ntwo").1, [("GPB0012", 4..6)]);
    assert_eq!(read("${}").1.len(), 1);
    let deep = format!("${{{}}}", "(".repeat(2_000));
    assert!(read(&deep).1.iter().any(|(code, _)| *code == "GPB0033" || code.starts_with("GPB00")));
}
