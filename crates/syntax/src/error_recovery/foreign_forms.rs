//! Recognizes what other languages write in another order, or with other signs and words, than gpb.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::Span;

/// Checks for `2-10`: a minus between two numbers and without blanks, most likely a range.
pub(in super::super) fn is_dashed_range(node: SyntaxNode<'_>) -> bool {
    node.is(Rule::op_subtract) && {
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = node.source().as_bytes();
        let alone = |side: Option<SyntaxNode<'_>>| {
            side.is_some_and(|side| side.is(Rule::postfix) && side.children().all(|part| part.is(Rule::numeric)))
        };
        node.start() > 0
            && digit(bytes.get(node.start() - 1))
            && digit(bytes.get(node.end()))
            && alone(node.before())
            && alone(node.after())
    }
}

/// Checks for `x := 1` among declarations, where it means `let x = 1`.
pub(in super::super) fn is_walrus(entry: SyntaxNode<'_>) -> bool {
    entry.is(Rule::direct)
        && entry.child(Rule::compat_assign).is_some_and(|sign| sign.text() == ":=")
        && declares(entry)
}

/// Checks that an entry stands among those of a stack, a layer or a component, or of a group in one.
pub(super) fn declares(entry: SyntaxNode<'_>) -> bool {
    fn owner(entry: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
        entry.parent().filter(|body| body.is(Rule::body)).and_then(SyntaxNode::parent)
    }
    let mut around = owner(entry);
    while let Some(group) =
        around.filter(|group| matches!(group.rule(), Rule::for_stmt | Rule::if_stmt | Rule::in_stmt))
    {
        around = owner(group);
    }
    around.is_some_and(|owner| {
        matches!(owner.rule(), Rule::stack_item | Rule::extend_item | Rule::component_item | Rule::layer_stmt)
    })
}

/// Checks for `key:` with the rest on lines of its own, as YAML has it.
pub(in super::super) fn is_yaml(entry: SyntaxNode<'_>) -> bool {
    let sign = entry.child(Rule::compat_assign);
    sign.is_some_and(|sign| sign.text() == ":") && entry.has(Rule::missing_value) && {
        let rest = entry.source().get(entry.end()..).unwrap_or_default();
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        line.trim().is_empty() && margin(next) > margin_of(entry)
    }
}

/// Returns the end of what belongs to an entry of YAML, in bytes: the lines that are indented under it, and keys beside it.
pub(in super::super) fn yaml_end(entry: SyntaxNode<'_>) -> usize {
    let own = margin_of(entry);
    let rest = entry.source().get(entry.end()..).unwrap_or_default();
    let mut end = entry.end() + rest.find('\n').unwrap_or(rest.len()) + 1;
    for line in rest.split_inclusive('\n').skip(1) {
        let text = line.trim();
        let is_key = text.split_once(':').is_some_and(|(key, _)| !key.contains([' ', '=', '{']));
        if text.starts_with('}') || !(text.is_empty() || margin(line) > own || (margin(line) == own && is_key)) {
            break;
        }
        end += line.len();
    }
    end
}

/// Returns the braces of a block with a sign before them, `queue jobs: { … }`.
pub(in super::super) fn signed_block(entry: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    if !entry.is(Rule::labelled) {
        return None;
    }
    let sign = entry.child(Rule::compat_assign).filter(|_| declares(entry))?;
    let mut value = sign.after()?;
    while matches!(value.rule(), Rule::chain | Rule::postfix) {
        value = value.children().next().filter(|only| only.after().is_none())?;
    }
    value.is(Rule::body).then_some(value)
}

/// Returns the `null` among the terms of a type, `string | null`.
pub(in super::super) fn null_term(ty: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    ty.child(Rule::pipe)?;
    ty.children().find(|term| term.is(Rule::type_named) && foreign::is_absence(term.text()))
}

/// Returns the number of blanks at the start of a text.
fn margin(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

fn margin_of(node: SyntaxNode<'_>) -> usize {
    let before = node.source().get(..node.start()).unwrap_or_default();
    before.len() - before.rfind('\n').map_or(0, |at| at + 1)
}

impl ErrorFinder {
    /// Reports a form of another language.
    pub(super) fn foreign_form(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let span = self.span(node);
        let word = |own: &str, message: String| {
            Some(Diagnostic::error("GPB0085", message).with_label(span, format!("expected `{own}`")).fix(
                format!("write `{own}`"),
                span,
                own,
            ))
        };
        match node.rule() {
            Rule::compat_range => Some(self.range_sign(node)),
            Rule::compat_spread => Some(
                Diagnostic::error("GPB0091", "elements and entries are spread with `...`")
                    .with_label(self.span(node), "expected `...`")
                    .help("`..` is the sign of a range, as in `2..10`")
                    .fix("write `...`", self.span(node), "..."),
            ),
            Rule::op_subtract if is_dashed_range(node) => Some(
                Diagnostic::error("GPB0083", "a range is written with `..`")
                    .with_label(span, "expected `..`")
                    .help("a range is `2..10`; to subtract, put blanks around the sign: `10 - 2`")
                    .fix("write `..`", span, ".."),
            ),
            Rule::compat_elif => {
                word("else if", format!("another condition follows as `else if`, not `{}`", node.text()))
            }
            Rule::compat_uses => word("uses", "the layers that a layer builds on follow `uses`".to_owned()),
            Rule::compat_of => word("of", "an environment names its stack behind `of`".to_owned()),
            Rule::compat_to => word("to", "a rename is written `moved old.name to new.name`".to_owned()),
            Rule::compat_from => {
                let whole = Span::new(self.file, node.start(), node.after().map_or(node.end(), SyntaxNode::start));
                let message = "a rename is written `moved old.name to new.name`";
                Some(Diagnostic::error("GPB0085", message).with_label(span, "expected the old address").fix(
                    "remove `from`",
                    whole,
                    "",
                ))
            }
            Rule::compat_moved => Some(self.quoted_move(node)),
            Rule::compat_tag | Rule::compat_path => self.cloudformation(node),
            Rule::compat_fn => Some(self.function(node)),
            Rule::compat_assert => Some(self.assertion(node)),
            Rule::compat_reason => self.reason_sign(node),
            Rule::compat_for => Some(self.loop_head(node)),
            Rule::compat_fields => self.fields(node),
            Rule::compat_list_for | Rule::compat_filter | Rule::compat_arrow => self.comprehension(node),
            Rule::type_expr => self.null_type(node),
            _ => self.tight_operator(node),
        }
    }

    /// Reports `x := 1` among declarations.
    pub(super) fn walrus(&self, sign: SyntaxNode<'_>) -> Diagnostic {
        let start = sign.parent().map_or(sign.start(), SyntaxNode::start);
        let name = sign.source().get(start..sign.start()).unwrap_or_default().trim();
        let whole = Span::new(self.file, start, sign.end());
        Diagnostic::error("GPB0050", "a value is named with `let`")
            .with_label(self.span(sign), "expected `let` before the name, and `=`")
            .fix(format!("write `let {name} =`"), whole, format!("let {name} ="))
    }

    /// Reports `queue jobs: { … }`.
    pub(super) fn signed(&self, sign: SyntaxNode<'_>) -> Diagnostic {
        let end = sign.after().map_or(sign.end(), SyntaxNode::start);
        let whole = Span::new(self.file, self.end_before(sign, sign.start()), end);
        Diagnostic::error("GPB0050", "the braces of a block stand right behind its name")
            .with_label(self.span(sign), "expected `{`")
            .fix(format!("remove `{}`", sign.text()), whole, " ")
    }

    fn range_sign(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let span = self.span(node);
        let diagnostic = Diagnostic::error("GPB0083", "a range is written with `..`").with_label(span, "expected `..`");
        match node.text() {
            "..<" => diagnostic.help("a range holds both of its ends: `0..9` are ten numbers"),
            _ => diagnostic.help("a range is `2..10`, with both of its ends").fix("write `..`", span, ".."),
        }
    }

    fn quoted_move(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        self.silent_until = node.end();
        let span = self.span(node);
        let names: Vec<&str> = node
            .children()
            .filter(|child| child.is(Rule::quoted_key))
            .map(|name| name.text().trim_matches('"'))
            .collect();
        let diagnostic = Diagnostic::error("GPB0085", "a rename is written `moved old.name to new.name`")
            .with_label(span, "addresses stand without quotes");
        match names.as_slice() {
            [old, new] => {
                let form = format!("moved {old} to {new}");
                diagnostic.fix(format!("write `{form}`"), span, form)
            }
            _ => diagnostic,
        }
    }

    /// Reports `!Ref x`, `Fn::Sub(…)`, `AWS::Region`.
    fn cloudformation(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if node.is(Rule::compat_tag) {
            let word: String = node.text().chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
            let span = Span::new(self.file, node.start(), node.start() + 1 + word.len());
            let help = foreign::function(&word).map_or_else(String::new, |found| found.own.to_owned());
            return Some(
                Diagnostic::error("GPB0084", format!("`!{word}` is CloudFormation's"))
                    .with_label(span, "expected a value")
                    .help(help),
            );
        }
        // A type of a resource is looked up among the types.
        let head = node.before().filter(|_| node.parent().is_some_and(|parent| !parent.is(Rule::path)))?;
        let whole = Span::new(self.file, head.start(), node.end());
        let text = node.source().get(head.start()..node.end()).unwrap_or_default();
        let diagnostic =
            Diagnostic::error("GPB0084", format!("`{text}` is CloudFormation's")).with_label(whole, "expected a value");
        Some(match (foreign::value(text), text.strip_prefix("Fn::").and_then(foreign::function)) {
            (Some(value), _) if !value.replacement.is_empty() => {
                diagnostic.help(value.own).fix(value.own, whole, value.replacement)
            }
            (Some(word), _) | (None, Some(word)) => diagnostic.help(word.own),
            (None, None) => diagnostic.help("a type stands behind `resource`: `resource aws.service.type jobs { … }`"),
        })
    }

    fn function(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        let rest = node.source().get(node.end()..).unwrap_or_default();
        self.silent_until = node.end() + rest.find('\n').unwrap_or(rest.len());
        let word = node.child(Rule::compat_fn_word).unwrap_or(node);
        Diagnostic::error("GPB0086", "functions stand at the top of a file")
            .with_label(self.span(word), "inside a body there are none")
            .help("write `fn name(x: int) -> int = x * 2` beside the stacks; what it needs comes in as an argument")
    }

    fn loop_head(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        self.silent_until = node.end();
        let head = node.child(Rule::compat_for_head).unwrap_or(node);
        Diagnostic::error("GPB0085", "a loop is written `for x in xs { … }`")
            .with_label(self.span(head), "expected a name, `in` and a list or a map")
            .help("`for key, x in xs { … }` names the keys too; every program ends, so there are no other loops")
    }

    /// Reports `param x { type = string }`, with the line that it means.
    fn fields(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        self.silent_until = node.end();
        let statement = node.parent()?;
        let name = statement.child(Rule::name).map_or("name", SyntaxNode::text);
        let body = node.child(Rule::body)?;
        let value = |wanted: &str| {
            let entry = body.children().filter(|entry| entry.is(Rule::direct));
            let entry =
                entry.into_iter().find(|entry| entry.child(Rule::name).is_some_and(|name| name.text() == wanted));
            let sign = entry?.children().find(|part| matches!(part.rule(), Rule::eq | Rule::compat_assign))?;
            Some(sign.after()?.text())
        };
        let is_param = statement.is(Rule::param_stmt);
        let form = if is_param { "param name: type = default" } else { "output name = value" };
        let diagnostic = Diagnostic::error("GPB0087", format!("this is written on one line: `{form}`"))
            .with_label(self.span(node), "no braces belong here")
            .help(format!("write `{form}`"));
        let line = match (is_param, value("type"), value("default"), value("value")) {
            (true, Some(ty), default, _) if !ty.contains(['(', '\n', '"']) => {
                let default = default.map(|default| format!(" = {default}")).unwrap_or_default();
                format!("param {name}: {ty}{default}")
            }
            (true, None, Some(default), _) => format!("param {name} = {default}"),
            (false, _, _, Some(value)) => format!("output {name} = {value}"),
            _ => return Some(diagnostic),
        };
        Some(diagnostic.fix("write it on one line", self.span(statement), line))
    }

    /// Reports a comprehension whose parts stand in another order.
    fn comprehension(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let span = self.span(node);
        let diagnostic = |label: &str| {
            Diagnostic::error("GPB0088", "a list is made with `[for x in xs if c: value]`").with_label(span, label)
        };
        Some(match node.rule() {
            Rule::compat_arrow => {
                let whole = Span::new(self.file, self.end_before(node, node.start()), node.end());
                diagnostic("expected `:`").fix("write `:`", whole, ":")
            }
            Rule::compat_filter => {
                let all = node.parent()?;
                let colon = all.children().find(|child| matches!(child.rule(), Rule::colon | Rule::compat_arrow))?;
                let text = |from: usize, to: usize| node.source().get(from..to).map(str::trim);
                let (head, value) = (text(all.start(), colon.start())?, text(colon.end(), node.start())?);
                let whole = self.span(all);
                diagnostic("the filter stands before the `:`").fix(
                    "put the filter before the `:`",
                    whole,
                    format!("{head} {}: {value}", node.text()),
                )
            }
            _ => {
                let list = node.parent()?;
                let value = node.source().get(list.start() + 1..node.start())?.trim();
                let whole = Span::new(self.file, list.start() + 1, node.end());
                diagnostic("the value stands last, behind a `:`").fix(
                    "put the value last",
                    whole,
                    format!("{}: {value}", node.text()),
                )
            }
        })
    }

    fn null_type(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let null = null_term(node)?;
        let terms: Vec<SyntaxNode<'_>> =
            node.children().filter(|child| !child.is(Rule::pipe) && *child != null).collect();
        let diagnostic = Diagnostic::error("GPB0055", "a type that may be absent ends with `?`")
            .with_label(self.span(null), "there is no null");
        Some(match terms.as_slice() {
            [only] if !only.is(Rule::optional_mark) => {
                let ty = format!("{}?", only.text());
                diagnostic.fix(format!("write `{ty}`"), self.span(node), ty)
            }
            _ => diagnostic.help("write `?` behind the type: `string?`"),
        })
    }

    /// Reports an entry of YAML, with all that is indented under it.
    pub(super) fn yaml(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if !is_yaml(node) {
            return None;
        }
        self.silent_until = yaml_end(node);
        let key = node.children().next().map_or("", SyntaxNode::text);
        Some(
            Diagnostic::error("GPB0089", "this is YAML")
                .with_label(Span::new(self.file, node.start(), node.end()), "expected `{` or `=`")
                .help(format!("write `{key} {{ … }}` or `{key} = …`: braces hold what belongs together")),
        )
    }

    /// Reports `string[]`, `list[string]` and `list(string)`.
    pub(super) fn type_brackets(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        self.silent_until = node.end();
        let span = self.span(node);
        let inner = node.text().trim_start_matches(['[', '(']).trim_end_matches([']', ')']).trim();
        let named = node.parent().filter(|parent| parent.is(Rule::type_named));
        let name = named.and_then(|named| named.child(Rule::type_name)).map_or("", SyntaxNode::text);
        let diagnostic =
            Diagnostic::error("GPB0057", "the types inside a type stand in `<…>`").with_label(span, "expected `<…>`");
        let is_plain = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let own = match (name, inner) {
            ("list" | "map" | "range", _) if is_plain => format!("{name}<{inner}>"),
            ("set" | "Set" | "List" | "Array" | "array" | "", _) if is_plain => format!("list<{inner}>"),
            ("optional" | "Optional", _) if is_plain => format!("{inner}?"),
            (_, "") if !name.is_empty() => format!("list<{name}>"),
            _ => {
                return diagnostic.help(match foreign::type_name(name) {
                    Some(word) => word.help(),
                    None => "a list of strings is `list<string>`, a map of them `map<string>`".to_owned(),
                });
            }
        };
        let whole = named.map_or(span, |named| self.span(named));
        diagnostic.help(format!("write `{own}`")).fix(format!("write `{own}`"), whole, own)
    }
}
