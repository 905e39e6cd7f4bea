//! Recognizes the syntax of other languages, and names gpb's own.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use super::foreign_forms::{is_walrus, is_yaml, signed_block};
use super::words::is_comment;
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::Span;

/// The blocks of HCL that take their name in quotes.
const HCL: [&str; 10] =
    ["resource", "param", "data", "variable", "output", "module", "provider", "locals", "terraform", "backend"];

/// Checks for `null`, `nil` or `None`: other languages' word for no value.
pub(in super::super) fn is_null(name: SyntaxNode<'_>) -> bool {
    // Nearly every name is another, which its first letter shows.
    name.text().starts_with(['n', 'N', 'u']) && foreign::is_absence(name.text()) && {
        name.parent().is_some_and(|parent| parent.is(Rule::postfix))
    }
}

/// Checks for a block of HCL: `variable "x" { … }`.
pub(in super::super) fn is_hcl(entry: SyntaxNode<'_>) -> bool {
    let mut names = entry.children();
    let head = names.next().is_some_and(|head| HCL.contains(&head.text()));
    entry.is(Rule::labelled) && head && names.next().is_some_and(|label| label.is(Rule::quoted_key))
}

/// Returns the two sides of an operator where each is one operand, so that they can be moved into a call.
fn sides(operator: SyntaxNode<'_>) -> (Option<SyntaxNode<'_>>, Option<SyntaxNode<'_>>) {
    let ends = |sign: Option<SyntaxNode<'_>>| {
        sign.is_none_or(|sign| matches!(sign.rule(), Rule::op_and | Rule::op_or | Rule::compat_and | Rule::compat_or))
    };
    let left = operator.before_in_chain().filter(|left| ends(left.before_in_chain()));
    let right = operator.after().filter(|right| ends(right.after()));
    (left, right)
}

impl ErrorFinder {
    #[expect(clippy::too_many_lines, reason = "one arm for each form")]
    pub(super) fn foreign_syntax(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let span = self.span(node);
        let fixed = |code, message: &str, label: &str, fix: &str| {
            Some(Diagnostic::error(code, message).with_label(span, label).fix(format!("write `{fix}`"), span, fix))
        };
        match node.rule() {
            Rule::compat_assign if node.parent().is_some_and(is_yaml) => self.yaml(node.parent()?),
            Rule::compat_assign if node.parent().is_some_and(|entry| signed_block(entry).is_some()) => {
                Some(self.signed(node))
            }
            Rule::compat_assign if node.parent().is_some_and(is_walrus) => Some(self.walrus(node)),
            Rule::compat_assign => fixed("GPB0050", "a value is given with `=`", "expected `=`", "="),
            Rule::compat_arg_eq => fixed("GPB0058", "an argument is named with `:`", "expected `:`", ":"),
            Rule::compat_or => fixed("GPB0054", "`or` is written `||`", "expected `||`", "||"),
            Rule::compat_and => fixed("GPB0054", "`and` is written `&&`", "expected `&&`", "&&"),
            Rule::compat_not => {
                let rest = node.source().get(node.end()..).unwrap_or_default();
                let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let whole = Span::new(self.file, node.start(), node.end() + blanks);
                Some(Diagnostic::error("GPB0054", "`not` is written `!`").with_label(span, "expected `!`").fix(
                    "write `!`",
                    whole,
                    "!",
                ))
            }
            Rule::compat_equal => fixed("GPB0071", "equality is written `==`", "expected `==`", "=="),
            Rule::compat_not_equal => fixed("GPB0071", "inequality is written `!=`", "expected `!=`", "!="),
            Rule::compat_is => Some(self.is_or_is_not(node)),
            Rule::compat_in => Some(self.membership(node)),
            Rule::compat_condition_equal => {
                let sign = Span::new(self.file, node.start(), node.start() + 1);
                Some(Diagnostic::error("GPB0071", "equality is written `==`").with_label(sign, "expected `==`").fix(
                    "write `==`",
                    sign,
                    "==",
                ))
            }
            Rule::compat_extended => {
                let other = match node.text() {
                    "component" => "to add to a component, write one that uses it and has more besides",
                    "environment" => "an environment sets the parameters of a stack, and overrides single resources",
                    "layer" => "write the stack around it: `extend stack name { layer … }`",
                    _ => "write `extend stack name { … }`",
                };
                let message = format!("only a stack is extended, no {}", node.text());
                Some(Diagnostic::error("GPB0095", message).with_label(span, "expected `stack`").help(other))
            }
            Rule::compat_single | Rule::compat_smart => Some(self.quotes(node)),
            Rule::compat_dots => Some(self.needs_quotes(node)),
            Rule::compat_hash => {
                let sign = Span::new(self.file, node.start(), node.start() + 1);
                Some(Diagnostic::error("GPB0052", "comments begin with `//`").with_label(sign, "expected `//`").fix(
                    "write `//`",
                    sign,
                    "//",
                ))
            }
            Rule::compat_semicolon => {
                let rest = node.source().get(node.end()..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
                let replacement = if rest.is_empty() || rest.starts_with(['\n', '}', '/']) { "" } else { "," };
                let message = "entries end with the line, or with a comma";
                let title = if replacement.is_empty() { "remove it" } else { "write a comma" };
                Some(Diagnostic::error("GPB0053", message).with_label(span, "`;` ends nothing here").fix(
                    title,
                    span,
                    replacement,
                ))
            }
            Rule::compat_block_head => Some(
                Diagnostic::error("GPB0017", "a text block begins on the line after its quotes")
                    .with_label(self.point(node.start()), "expected a newline here")
                    .help("a string of one line stands between single `\"`"),
            ),
            _ => self.structure(node),
        }
    }

    /// Reports `x is y` and `x is not y`; of `none` it is asked with a function.
    fn is_or_is_not(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let span = self.span(node);
        let is_negated = node.text() != "is";
        match sides(node) {
            (Some(left), Some(right)) if foreign::is_absence(right.text()) || right.text() == "none" => {
                let sign = if is_negated { "" } else { "!" };
                let fix = format!("{sign}is_set({})", left.text());
                Diagnostic::error("GPB0071", format!("that a value is given is asked with `{fix}`"))
                    .with_label(span, "not an operator")
                    .fix(format!("write `{fix}`"), self.span(left).to(self.span(right)), fix)
            }
            _ => {
                let sign = if is_negated { "!=" } else { "==" };
                Diagnostic::error("GPB0071", format!("`{}` is written `{sign}`", node.text()))
                    .with_label(span, format!("expected `{sign}`"))
                    .fix(format!("write `{sign}`"), span, sign)
            }
        }
    }

    /// Reports `x in list`, which is a function.
    fn membership(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let diagnostic =
            Diagnostic::error("GPB0071", "that a list holds a value is asked with `contains(list, value)`")
                .with_label(self.span(node), "not an operator");
        match sides(node) {
            (Some(left), Some(right)) => {
                let sign = if node.text() == "in" { "" } else { "!" };
                let fix = format!("{sign}contains({}, {})", right.text(), left.text());
                diagnostic.fix(format!("write `{fix}`"), self.span(left).to(self.span(right)), fix)
            }
            _ => diagnostic,
        }
    }

    fn quotes(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let span = self.span(node);
        let inner = node.text().trim_matches(['\'', '`', '“', '”']).replace('\\', "\\\\").replace('"', "\\\"");
        Diagnostic::error("GPB0051", "a string stands between `\"`").with_label(span, "these are other quotes").fix(
            "write double quotes",
            span,
            format!("\"{inner}\""),
        )
    }

    fn needs_quotes(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let number = node.parent().unwrap_or(node);
        let span = self.span(number);
        Diagnostic::error("GPB0022", format!("`{}` is not a valid number", number.text()))
            .with_label(span, "addresses and versions are strings")
            .fix("put it in quotes", span, format!("\"{}\"", number.text()))
    }

    /// Reports foreign syntax that shows in how several pieces stand together.
    fn structure(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let span = self.span(node);
        match node.rule() {
            Rule::name => self.null(node),
            Rule::compat_hcl | Rule::labelled => self.hcl(node).or_else(|| self.quoted_label(node)),
            Rule::phrase => self.phrase(node),
            Rule::kw_not => self.late_not(node),
            Rule::bad_name if node.parent().is_some_and(|parent| parent.is(Rule::principal)) => {
                Some(self.principal_without_kind(node))
            }
            Rule::bad_name => {
                let inner = node.text().trim_matches('"');
                let diagnostic = Diagnostic::error("GPB0056", "this name stands without quotes")
                    .with_label(span, "expected a plain word");
                let plain = inner.starts_with(|first: char| first.is_ascii_alphabetic());
                let plain = plain && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Some(if plain { diagnostic.fix("remove the quotes", span, inner) } else { diagnostic })
            }
            Rule::compat_type_args | Rule::compat_type_list => Some(self.type_brackets(node)),
            Rule::compat_interpolation => {
                let inner = node.text().trim_start_matches("${").trim_end_matches('}').trim();
                let diagnostic = Diagnostic::error("GPB0070", "`${…}` belongs inside a string")
                    .with_label(span, "this is already an expression");
                Some(diagnostic.fix("write the expression alone", span, inner))
            }
            Rule::number_index => {
                let whole = node.parent().map_or(span, |member| self.span(member));
                let diagnostic = Diagnostic::error("GPB0063", "an element is reached with `[…]`")
                    .with_label(whole, "expected an index in brackets");
                Some(diagnostic.fix("write an index", whole, format!("[{}]", node.text())))
            }
            Rule::compat_splat => Some(
                Diagnostic::error("GPB0064", "there is no `[*]`")
                    .with_label(span, "expected an index")
                    .help("to take a property of each element, write `[for x in xs: x.name]`"),
            ),
            Rule::args => self.call(node),
            Rule::for_stmt => self.map_for(node),
            Rule::direct => self.policy_block(node),
            _ => self.foreign_form(node),
        }
    }

    fn null(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        is_null(node).then(|| {
            Diagnostic::error("GPB0055", "there is no null")
                .with_label(self.span(node), "a property is given, or it is absent")
                .help("the absent value is `none`: a property that is given it is left out, a parameter keeps its default")
                .fix("write `none`", self.span(node), "none")
        })
    }

    fn hcl(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if node.is(Rule::labelled) && !is_hcl(node) {
            return None;
        }
        let head = node.children().next().map_or("", SyntaxNode::text);
        let help = match head {
            "resource" => "write `resource aws.service.type name { … }`; the type and the name are plain words",
            "data" => "write `existing aws.service.type name { … }` to read what gpb does not manage",
            "variable" => "write `param name: type = default` inside a stack",
            "output" => "write `output name = value`",
            "locals" => "write `let name = value`",
            "module" => "write a `component name { … }`, and use it as `name label { … }`",
            "param" => "write `param name: type = default`",
            "provider" | "terraform" | "backend" => "an `environment` holds the account and the region",
            _ => "names after the first word stand without quotes, and there is one at most",
        };
        let end = node.child(Rule::body).map_or(node.end(), SyntaxNode::start);
        let length = node.source().get(node.start()..end).map_or(1, |text| text.trim_end().len());
        self.silent_until = node.end();
        Some(
            Diagnostic::error("GPB0056", format!("`{head}` is not written this way"))
                .with_label(
                    Span::new(self.file, node.start(), node.start() + length),
                    if node.has(Rule::quoted_key) { "names in quotes, as in HCL" } else { "a block of HCL" },
                )
                .help(help),
        )
    }

    fn call(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let before = node.before()?;
        let named = before.is(Rule::name) && before.before().is_none() || self.is_qualified(before);
        (!named && !before.is(Rule::compat_path)).then(|| {
            Diagnostic::error("GPB0060", "only a function can be called, by its name")
                .with_label(self.span(node), "what stands before this is not the name of a function")
                .help("there are no methods: write `length(x)`, not `x.length()`")
        })
    }

    fn map_for(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let filter = node.child(Rule::for_filter);
        if let (Some(filter), false) = (filter, node.has(Rule::colon)) {
            return Some(
                Diagnostic::error("GPB0066", "a `for` with braces has no filter")
                    .with_label(self.span(filter), "expected `{`")
                    .help("put the entries inside `if … { … }`, or filter the list: `[for x in xs if c: x]`"),
            );
        }
        let body = node.parent().filter(|_| node.has(Rule::colon))?;
        let alone = body.children().filter(|child| !is_bracket(child.rule()) && !is_comment(*child)).nth(1).is_none();
        (!alone).then(|| {
            Diagnostic::error("GPB0065", "`for … : key = value` makes a whole map")
                .with_label(self.span(node), "this has to stand alone between its braces")
                .help("for entries, write `for … { … }`; to add to a map, `merge(a, {for k, v in m: k = v})`")
        })
    }

    /// Reports `policy { allow … }` as an entry: a policy document is a value.
    fn policy_block(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let name = node.children().next().filter(|_| is_policy_block(node))?;
        self.silent_until = node.end();
        let span = self.span(name);
        let diagnostic = Diagnostic::error("GPB0069", "a policy document is a value")
            .with_label(span, "expected `=` and then `policy {`");
        Some(diagnostic.fix("make it the value of `policy`", span, "policy = policy"))
    }

    /// Reports a `not` that is not the first word of its clause.
    fn late_not(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let leads = node
            .before()
            .is_some_and(|before| matches!(before.rule(), Rule::kw_allow | Rule::kw_deny | Rule::kw_to | Rule::kw_on));
        (!leads).then(|| {
            Diagnostic::error("GPB1160", "`not` stands once, before the first of what it excludes")
                .with_label(self.span(node), "all of a clause is excluded, or none of it")
                .help("AWS knows `NotAction`, `NotPrincipal` and `NotResource` of a whole statement: write two statements")
        })
    }

    /// Reports `to "lambda.amazonaws.com"`: what kind of principal that is has to be said.
    fn principal_without_kind(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let (text, span) = (node.text(), self.span(node));
        let inner = text.trim_matches('"');
        let kind = match inner {
            "*" => "anyone",
            _ if inner.ends_with(".amazonaws.com") => "service",
            _ if inner.starts_with("arn:") || inner.bytes().all(|byte| byte.is_ascii_digit()) => "aws",
            _ => "",
        };
        let diagnostic = Diagnostic::error("GPB9002", "the kind of the principal is missing")
            .with_label(span, "`service`, `aws`, `federated` or `canonical` is expected before this");
        match kind {
            "" => diagnostic.help("write `to service \"…\"` for a service, `to aws \"…\"` for an account or a role"),
            "anyone" => diagnostic.fix("write `anyone`", span, "anyone"),
            _ => diagnostic.fix(format!("write `{kind} {text}`"), span, format!("{kind} {text}")),
        }
    }

    /// Reports an operator without blanks around it.
    ///
    /// Words may hold hyphens, so an operator shows itself by the blanks around it.
    pub(super) fn tight_operator(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if !is_spaced_operator(node.rule()) {
            return None;
        }
        let source = node.source();
        let blank_before = source.get(..node.start())?.ends_with([' ', '\t', '\n', '\r']);
        let rest = source.get(node.end()..)?;
        let blank_after = rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']);
        let missing_right = rest.starts_with([',', ')', ']', '}']);
        if blank_before && (blank_after || missing_right) {
            return None;
        }
        let span = self.span(node);
        let left = if blank_before { "" } else { " " };
        let right = if blank_after || missing_right { "" } else { " " };
        Some(
            Diagnostic::error("GPB0040", format!("`{}` needs a blank on both sides", node.text()))
                .with_label(span, "expected a blank before and after")
                .help("a hyphen inside a word is part of it, so operators stand apart")
                .fix("add the blanks", span, format!("{left}{}{right}", node.text())),
        )
    }
}

/// Checks for an entry `policy { allow … }`.
pub(in super::super) fn is_policy_block(node: SyntaxNode<'_>) -> bool {
    let named = node.children().next().is_some_and(|name| name.text() == "policy");
    if !named {
        return false;
    }
    let entries = node.child(Rule::body).into_iter().flat_map(SyntaxNode::children);
    entries.filter(|entry| entry.is(Rule::phrase)).any(|entry| {
        let first = entry.text().split([' ', '\t']).next().unwrap_or_default();
        matches!(first, "allow" | "deny")
    })
}

fn is_bracket(rule: Rule) -> bool {
    matches!(rule, Rule::lbrace | Rule::rbrace | Rule::missing_rbrace | Rule::comma | Rule::compat_semicolon)
}

fn is_spaced_operator(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::op_or
            | Rule::op_and
            | Rule::op_equal
            | Rule::op_not_equal
            | Rule::op_less
            | Rule::op_less_equal
            | Rule::op_greater
            | Rule::op_greater_equal
            | Rule::op_coalesce
            | Rule::op_add
            | Rule::op_subtract
            | Rule::op_multiply
            | Rule::op_divide
            | Rule::op_remainder
    )
}
