//! The layout of a formatted file.

use super::super::{FormatError, format};

/// Compares formatted text with a snapshot.
///
/// Formatting it again changes nothing.
fn check(name: &str, text: &str) {
    let once = format(text).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "a second time changes something");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, once);
    });
}

#[test]
fn fields_and_blocks() {
    check(
        "format_fields",
        r#"
stack   s{
    a=1
  long_name =   2   // why
      b  label = 3, c = 4


  // a comment of its own

  d = 5
  tags = { Name="x",team=platform }
  open = {
    a = 1, b = 2 }
  e = 6 // six
  health { path   "/health"   every 30s timeout 5s }
  empty {   }
  empty_with_comment { // here
  }
  deep { deeper { deepest = 1 } }
  deep { deeper {
    deepest = 1 } }
}
"#,
    );
}

#[test]
fn spread() {
    check(
        "format_spread",
        r"
const a=[ ... xs,1 , ...ys ]
const b = {...base,k=v}
const c = {
    ...  base
  k=v
  longer = [...one_list_with_a_long_name, ...another_list_with_a_long_name, ...a_third_list_with_a_long_name]
}
",
    );
}

#[test]
fn statements() {
    check(
        "format_statements",
        r#"
use    "a.gpb"
const   office :cidr="203.0.113.0/24"
/// Doc.
fn label ( kind:string , n : count=1 )->string="${kind}-${ n }"
type tier=low|medium|high
type list_of = list< string >?
type health { path :string="/"
  every: duration = 30s }
component queue {param name:string}
environment live of s{ region=us-east-1 }
stack s {
  param tasks :range< count >=2..10
  let base=cidr_split(network,4)
  layer data uses security,network in recovery {
    when cpu>70% add 2   remove 1
    moved a.b   to c["d"]
    after x.y,z
    ignore a , b["c"]
    protect   always
  }
  resource   aws.sqs.queue jobs in place( region:us-west-2 ){ x=1 }
  for name,size in sizes key name { a=1 }
  if live{ a=1 }else   if x == 2 { b=1 }
  else { c=1 }
  if live {
    a = 1
  } else {
    b = 2
  }
  in recovery { a=1 }
  output endpoint=main.endpoint
  override data.main{ size=3 }
}
"#
        .replace("cpu>70%", "cpu > 70%")
        .as_str(),
    );
}

#[test]
fn expressions() {
    check(
        "format_expressions",
        r#"
stack s {
  a = 1   +  2*3
  b = [1,2 , 3,]
  c = [
    1, 2 // two
    // three
    ,3
  ]
  d = f( a,name:b )
  e = if   a {1} else { 2 }
  f = if a {
    1 } else { 2 }
  g = ( a +
    b )
  h = (a + b)   * -c
  i = { a = 1 , b { c = 2 } }
  j = {  for k,v in m if v : k = v }
  k = [ for s in subnets   if s.public : s.id ]
  l = """
      text ${x}

        more
      """
  m = json({
    a = 1
  })
  n = a . b
  o = 8   ACU..64 ACU
  p = merge(first_argument_with_a_long_name, second_argument_with_a_long_name, third_argument_with_a_long_name)
  q = [first_element_with_a_long_name, second_element_with_a_long_name, third_element_with_a_long_name, d]
  r = (first_operand_with_a_long_name + second_operand_with_a_long_name * third_operand_with_a_long_name + d)
  s = { first_property_with_a_long_name = 1, second_property_with_a_long_name = 2, third_property_with_a_name = 3 }
  t = [for subnet in all_the_subnets_of_the_network if subnet.is_public_and_not_reserved: subnet.identifier]
  u = [{
    a = 1
  }]
  w = merge(app_env(mode, account), {
    short = "a value that is so long that it has to reach over the hundredth column of the line it is on"
    longer_name = 1 })
  v = [ // first
    1
  ]
}
"#
        .replace("2*3", "2 * 3")
        .replace("a . b", "a.b")
        .as_str(),
    );
}

#[test]
fn comprehensions() {
    check(
        "format_comprehensions",
        r#"
stack s {
  let short = [ for a in b   if c : d ]
  let one_header = [for selection in resources_where("aws.backup.selection", self) if length(selection.copies) > 0: selection.of]
  let two_lines = [for s in resources_where("aws.backup.backup_selection", "backup_selection.resources", self) if length(s.copies ?? []) > 0: s]
  let nested = [for s in resources_where("aws.backup.backup_selection", "backup_selection.resources", self) if length([for r in resource_of(s.backup_plan_id)?.backup_plan?.backup_plan_rule ?? [] if length(r.copy_actions ?? []) > 0: r]) > 0: s]
  let long_call = [for s in resources_where("aws.backup.backup_selection", "backup_selection.resources", self, "and_more") if s.copied: call_of(s.first_argument, s.second_argument, s.third_argument, s.fourth_argument_which_is_long)]
  let no_filter = [for s in resources_where("aws.backup.backup_selection", "backup_selection.resources", self): s.of]
  let map = {for name, value in a_map_with_quite_a_long_name if contains(value.the_names_of_it, name) && is_set(value): name = value}
}
"#,
    );
}

#[test]
fn absence() {
    check(
        "format_absence",
        r"
stack s {
  let a = if   wide {copy.arn}
  let b = [ a,if wide { b } ,none ]
  let c = if wide { 1 } else if far {
    2 }
  let d = none
  if wide { x = 1 }
}
",
    );
}

#[test]
fn operators_at_the_end_of_a_line() {
    check(
        "format_operators_at_the_end",
        r"
stack s {
  let a = first_operand   +
      second_operand *
  third_operand
  let b = is_wide &&
    is_far   ||   is_deep
  let c = a + b
  let d = f(a +
    b)
  if is_wide &&
  is_far {
    x = 1
  }
}
",
    );
}

#[test]
fn policies() {
    check(
        "format_policies",
        r#"
stack s {
  a = policy { allow "x"   on y }
  b = policy {
    allow "s3:GetObject","s3:PutObject" on "${bucket.arn}/*" when { string_equals { "aws:SourceAccount" = account } }
    // a comment
    deny "s3:*" to anyone,service "x" on a, b, c
  }
  c = policy { allow "x" on y, deny "z" on w }
}
"#
        .replace("c = policy { allow \"x\" on y, deny", "c = policy { allow \"x\" on y\n deny")
        .as_str(),
    );
}

#[test]
fn files() {
    check(
        "format_file",
        "\u{feff}// first\r\n\r\n\r\n\r\nconst a = 1\r\nconst b = 2 // two\r\n//! about\r\n\r\n\r\n// last",
    );
    assert_eq!(format(""), Ok(String::new()));
    assert_eq!(format("\n\n"), Ok(String::new()));
}

#[test]
fn texts_with_mistakes_are_left_alone() {
    assert!(matches!(format("const a = "), Err(FormatError::Invalid(found)) if found.len() == 1));
}

#[test]
fn constraints() {
    check(
        "format_constraints",
        r#"
type   check{ every:duration   10s..5min=30s
  require every >  1s   else  "x" }
component kafka {
  param brokers:count   1 .. 60   = 3
  param spare:  count 1..2 ?
  require brokers % 3 == 0 else   "brokers must divide" // why
  require brokers > 100 || is_set(spare) && spare > 12 else "a reason that is so long that both do not fit on a line"
}
"#,
    );
}
