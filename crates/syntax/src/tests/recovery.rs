//! Texts with mistakes: what is said, where, and that the rest of the file is still read.

use super::super::tree::{Rule, SyntaxTree};
use super::{check, check_each};
use std::collections::BTreeSet;

const MISSING: &[&str] = &[
    "stack s {\n  a =\n  b = 1\n}",
    "stack s {\n  a = 1 +\n  b = !\n  c = (\n}",
    "stack s {\n  layer\n  layer data uses a, {\n  }\n  param\n  resource aws.sqs.queue { a = 1 }\n}",
    "stack {\n  a = 1\n}\nconst\nfn\ntype\nuse\nenvironment\nstack",
    "const a:\nconst b = \nfn f(a:) -> = 1\ntype t = a |\ntype u { a b: }",
    "fn f = 1\nfn g(a: count)\nenvironment live { a = 1 }",
    "stack s {\n  let x\n  output y: count\n  layer l\n  for x { a = 1 }\n  for x in { a = 1 }\n  moved a.b\n  replace_when a\n  replace_when changes\n  budget $5\n  when cpu 3 add 2\n}",
    "stack s {\n  x = a.\n  y = a?.\n  z = if c { 1 }\n  resource\n}",
    "stack s {\n  list = [1 2, \"a\"\n    \"b\"]\n  call = f(1 2)\n  a = 1 b = 2\n  c = [for x in xs]\n  d = f(n:)\n}",
    "stack s {\n  name\n  path \"/x\" every\n}",
    "component c {\n  require a > 1\n  require a > 1, \"b\"\n  require a == b \"c\"\n  require\n  param d: count 1..\n}",
];

const BRACKETS: &[&str] = &[
    "stack a {\n  layer x {\n    b = 1\n}\n\nstack c { d = 1 }",
    "stack a {\n  layer x {\n    resource t.u r {\n      n = 1\n  }\n}\n",
    "stack a {\n  b = 1\n}\n}\nstack c { }",
    "stack a {\n  x = f(1, 2\n  y = 3\n  z = [1, 2\n  w = 4\n  v = (a + b\n  u = m[\"k\"\n}",
    "stack a {\n  x = f(1,\n  y = 3\n  z = [1,\n  after b\n}",
    "stack a {\n  x = 1)\n  y = ]\n  ) z = 1\n}\n)",
    "stack a {\n  x = {\n    a = 1\n  y = 2\n}\nconst b = 1",
    "const t: list<string = 1\nfn f(a: map<list<string> = 1\nconst u = if a { 1 else { 2 }",
    "stack a { { b = 1 } }",
];

const EXTENDED: &[&str] = &["extend component h {\n}\n"];

const RULES: &[&str] = &[
    "policy a {\n  each b.c require d else \"e\"\n  each b.c as d\n}\nstack f {\n  waive a\n  waive b until \"2027-01-31\"\n}\ntest g {\n  expect h\n}",
    "const a = [..b, c]\nconst d = { ..e, f = 1 }",
];

const TEXT: &[&str] = &[
    "stack a {\n  x = \"abc\n  y = 1\n}",
    "stack a {\n  x = \"abc ${d\n  y = 1\n  z = \"${}\" \n  w = \"${a b} c\"\n}",
    "stack a {\n  x = \"\\q \\u{110000} \\u{} \\\n}",
    "stack a {\n  x = \"\"\"\n    abc\n  y = \"\"\"\n    def\n    \"\"\"\n}\nconst c = 1",
    "stack a {\n  x = \"\"\"\n    abc\n}\nconst c = 1",
    "stack a {\n  x = \"\"\"\n  abc\n    def\n    \"\"\"\n  y = \"\"\"one\"\"\"\n}",
    "stack a {\n  /* note */ x = 1 /* two\n lines */\n  y = 2\n}\n/* open\n\nconst c = 1",
    "use \"a.gpb\" as\nuse \"a.gpb\" as \"b\"\npub environment a of b { }\npub\npub x = 1\npub use \"a.gpb\"\nexport const x = 1\n",
    "extend shop { }\nextend stack { }\nextend stack shop {\npub stack x { pub let a = 1\n  export layer b { public queue c { } } }\n",
    "use \"a.gpb\" as net\nconst a = net.\nconst b = net.f(\nstack s { net. a { }\n  net.queue { }\n  net.queue a = 1 }\n",
    "use \"${x}.gpb\"\nstack a {\n  \"${x}:sub\" = 1\n  \"alone\"\n}",
    "stack a {\n  x = 1\u{0}2\n  y\u{a0}= 3\n  z = \"\u{202e}\"\n}",
    "const a = 123456789012345678901234567890123456789",
];

const FOREIGN_SYNTAX: &[&str] = &[
    "stack a {\n  b: 1\n  c => 2\n  d := 3\n  \"e\": 4\n  f == 5\n}",
    "stack a {\n  b = 'one \"two\"'\n  c = “three”\n}",
    "# note\nstack a {\n  b = 1; c = 2;\n  # note\n}",
    "stack a {\n  b = not x and y or z\n  c = x === y\n  d = x !== y\n  e = x <> y\n}",
    "stack a {\n  if x is not y { }\n  if x is none { }\n  if x in [y] { }\n  if x = y { }\n}",
    "stack a {\n  b = null\n  c = x ? 1 : 2\n  d = ${x}\n  e = x.0\n  f = xs[*].id\n  g = x.trim()\n}",
    "stack a {\n  resource \"aws_sqs_queue\" \"jobs\" { a = 1 }\n  variable \"x\" { }\n  output \"y\" { value = 1 }\n  b = 1\n}\nprovider \"aws\" { }",
    "const a: list[string] = 1\nconst b: string[] = 2\nconst c: [string] = 3",
    "stack a {\n  b = f(n = 1)\n  c = x+1\n  d = x -1\n  e = 1-2\n  f = 10.0.0.0/16\n  g = 1.2.3\n}",
    "stack a {\n  policy {\n    allow \"s3:GetObject\" on x\n  }\n  else { c = 1 }\n  else if d { e = 1 }\n}",
    "stack a {\n  b = {for k, v in m: k = v, c = 1}\n  for x in xs if x.ok { d = 1 }\n  t {for k, v in m: k = v}\n  u = {for k, v in m: k: v}\n}",
    "stack \"shop\" { }\nenvironment \"my live\" of \"shop\" { }\nconst \"a\" = 1",
    "type t = a | list<string> | { b: c }",
    "stack a {\n  b = 30 sec\n  c = 30sec\n  d = 1 = 2\n  e = (f)(1)\n}",
];

const FOREIGN_FORMS: &[&str] = &[
    "stack a {\n  b = 2...10\n  c = 2..=10\n  d = 2..<10\n  e = 2-10\n  f = 2:10\n  g = 2 to 10\n  h = 10 - 2\n}",
    "stack a {\n  if b { c d { } } elif e { f g { } } else { h i { } }\n  j = if b { 1 } elsif c { 2 } elseif d { 3 } else { 4 }\n}",
    "stack a {\n  layer b { }\n  layer c depends_on b { }\n  layer d after b, c { }\n}\nenvironment e for a { }\nenvironment f: a { }",
    "stack a {\n  moved b -> c\n  moved from b.d to c.d\n  moved b, c\n  moved b c\n  moved b = c\n  moved \"b\" to \"c\"\n  moved \"b\"\n}",
    "stack a {\n  function f(x) { return x }\n  def g(x): x\n  func h(x) = x\n  assert 1 == 2, \"no\"\n  assert(b)\n  for (x of xs) { b c { } }\n}",
    "stack a {\n  b = !Ref c\n  d = !Sub \"${AWS::Region}-x\"\n  e = !Join [\"-\", [b, c]]\n  f = { g = !GetAtt c.Arn }\n  h = !Ref\n  i = !If\n}",
    "stack a {\n  b = AWS::Region\n  c = Fn::GetAtt(\"d\", \"e\")\n  f = AWS::SQS::Queue\n  resource AWS::SQS::Queue g { }\n  param h: AWS::S3::Bucket\n}",
    "const a = [x * 2 for x in xs]\nconst b = [x for x in xs if x > 1]\nconst c = [for x in xs: x if x > 1]\nconst d = [for x in xs => x]",
    "stack a {\n  param b { type = string, default = \"c\" }\n  param d { type = list(string) }\n  output e { value = b }\n  output f { }\n}",
    "stack a {\n  param b count = 2\n  param string c = \"d\"\n  let e: string | null = f\n  let g: object({ h = string }) = i\n}\nfn j(k int) = k",
    "stack a {\n  b c = { d = 1 }\n  e f: { g = 1 }\n  h \"i\" { j = 1 }\n  k := 1\n  for l in m { n \"o p\" { q = 1 } }\n}",
    "stack a {\n  resource b.c d {\n    e \"f\"\n    g 1 h 2\n    tags:\n      i: j\n      k: l\n    m = 1\n  }\n}",
    "stack a {\n  b = <<EOF\nc ${d}\n  { [ \"\nEOF\n  e = <<-EOT\n    f\n    EOT\n  g = `h`\n  i = if j k else l\n  m = n ? 1 : 2\n  o = <<P\n}",
    "stack a {\n  data b c { d = 1 }\n  resource \"AWS::S3::Bucket\" e { f = 1 }\n  g = $h\n  i = [...j]\n  k = 5 min 2\n  l = 30 sec\n}",
];

const PASTED: &[&str] = &[
    "AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n",
    "{\n  \"Resources\": { \"Q\": { \"Type\": \"AWS::SQS::Queue\" } }\n}",
    "{ \"a\": 1 }",
    "name: a\nversion: 2\n",
    "terraform {\n}\nprovider \"aws\" {\n}\nresource \"aws_sqs_queue\" \"q\" {\n}",
    "import * as aws from \"@pulumi/aws\";\nconst q = new aws.sqs.Queue(\"q\", { name: 'x' });",
    "param location string = 'eastus'\nresource sa 'Microsoft.Storage/storageAccounts@2021-04-01' = {\n  name: 'x'\n}",
];

const UNEXPECTED: &[&str] = &[
    "enviroment live of shop {\n  a = 1\n}\nconst b = 1",
    "A: 1\nB:\n  C:\n    D: E::F\n",
    "const a = 1\rconst b = 2\r",
    "layer x { a = 1 }\nb = 2\nc\nstack d { }\nstak e { }",
    "@@@\nstack a {\n  @ b = 1\n  c = @\n  d = 1 @ 2\n  e = [@, 2]\n  ~\n}\n~ { x = 1 }\n,",
    "{ a = 1 }\nstack a { }",
];

#[test]
fn missing() {
    check_each("missing", MISSING);
}

#[test]
fn brackets() {
    check_each("brackets", BRACKETS);
}

#[test]
fn text() {
    check_each("text", TEXT);
}

#[test]
fn foreign_syntax() {
    check_each("foreign_syntax", FOREIGN_SYNTAX);
}

#[test]
fn foreign_forms() {
    check_each("foreign_forms", FOREIGN_FORMS);
}

#[test]
fn pasted() {
    check_each("pasted", PASTED);
}

#[test]
fn only_a_stack_is_extended() {
    for case in EXTENDED {
        let parsed = super::parse(gpb_base::source::FileId(0), case);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["GPB0095"]);
    }
}

#[test]
fn rules() {
    check_each("rules", RULES);
}

#[test]
fn unexpected() {
    check_each("unexpected", UNEXPECTED);
}

/// Returns every text of this file.
pub fn cases() -> Vec<&'static str> {
    [MISSING, BRACKETS, TEXT, FOREIGN_SYNTAX, FOREIGN_FORMS, PASTED, EXTENDED, RULES, UNEXPECTED].concat()
}

/// Checks every rule for recovery: one that no case reaches may have no message.
#[test]
fn every_recovery_rule_is_met() {
    let mut met = BTreeSet::new();
    for case in cases() {
        let tree = SyntaxTree::parse(case, false).expect("every text parses");
        met.extend(tree.nodes().map(|node| format!("{:?}", node.rule())));
    }
    let is_recovery =
        |name: &String| ["missing_", "junk_", "bad_", "compat_", "stray_"].iter().any(|start| name.starts_with(start));
    // A run of junk is reported by the node around it; a lone `?` in a type is no mistake.
    let all = Rule::all_rules().iter().map(|rule| format!("{rule:?}")).filter(is_recovery);
    let never: Vec<_> = all.filter(|name| !met.contains(name)).collect();
    assert_eq!(never, Vec::<String>::new());
}

#[test]
fn every_mistake_is_reported() {
    for case in cases() {
        let parsed = super::parse(gpb_base::source::FileId(0), case);
        assert!(!parsed.diagnostics.is_empty(), "nothing was said about:\n{case}");
        for diagnostic in parsed.diagnostics {
            assert!(gpb_base::diag::page(diagnostic.code).is_some(), "{} has no page", diagnostic.code);
        }
    }
}

/// Checks the two examples on a page.
///
/// The first has the mistake, the second has no mistake of syntax at all.
#[test]
fn pages_show_the_mistake_and_its_fix() {
    let block = |text: &str, mark: &str| -> Option<String> {
        let (_, rest) = text.split_once(&format!("```gpb {mark}\n"))?;
        Some(rest.split_once("```")?.0.to_owned())
    };
    let codes = |text: &str| -> Vec<&str> {
        super::parse(gpb_base::source::FileId(0), text).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    };
    let mut shown = 0;
    for page in gpb_base::diag::pages().iter().filter(|page| page.code.starts_with("GPB0")) {
        let (Some(fail), Some(pass)) = (block(page.text, "fail"), block(page.text, "pass")) else { continue };
        assert!(codes(&fail).contains(&page.code), "{}: the failing example gives {:?}", page.code, codes(&fail));
        assert_eq!(codes(&pass), Vec::<&str>::new(), "{}: the fixed example", page.code);
        shown += 1;
    }
    assert!(shown > 40, "only {shown} pages have examples");
}

#[test]
fn bom_and_crlf_are_no_mistakes() {
    check("crlf", "\u{feff}stack a {\r\n  b = \"\"\"\r\n    x\r\n    \"\"\"\r\n  /// doc\r\n  c = 1 // d\r\n}\r\n");
    let unix = super::read("stack a {\n  b = \"\"\"\n    x\n    \"\"\"\n  /// doc\n  c = 1 // d\n}\n");
    let windows =
        super::read("\u{feff}stack a {\r\n  b = \"\"\"\r\n    x\r\n    \"\"\"\r\n  /// doc\r\n  c = 1 // d\r\n}\r\n");
    assert_eq!(unix, windows);
}

#[test]
fn no_text_at_all() {
    check_each("no_text", &["", "\n\n", "   ", "// only a comment", "\u{feff}", "\u{1}\u{2}\u{3}\u{4}ELF\u{0}\u{0}"]);
}
