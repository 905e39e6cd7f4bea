//! Reports missing pieces: a sign, a name, a value, a closing quote.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use super::words::{after, first_word, word_before};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

/// Returns the missing sign or word, and a hint about what follows it.
fn sign(rule: Rule) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        Rule::missing_eq => ("`=`", "then the value"),
        Rule::missing_colon => ("`:`", "then the type, or the value that is made"),
        Rule::missing_body => ("`{`", "then the entries, then `}`"),
        Rule::missing_in => ("`in`", "then what to iterate over: `for x in xs { … }`"),
        Rule::missing_of => ("`of`", "then the name of a stack: `environment live of shop { … }`"),
        Rule::missing_to => ("`to`", "then the new address: `moved old.name to new.name`"),
        Rule::missing_per => ("`per month`", "a budget is for a month: `budget $500 per month`"),
        Rule::missing_op => ("a comparison", "`<`, `<=`, `>`, `>=`, `==` or `!=`"),
        Rule::missing_quoted => {
            ("a string", "the name of a test stands in quotes: `test \"live has three zones\" of live { … }`")
        }
        Rule::missing_as => ("`as`", "then a name for the resource: `each aws.service.type as r require … else \"…\"`"),
        Rule::missing_require => ("`require`", "then what has to hold, and why: `require b.encrypted else \"…\"`"),
        Rule::missing_until => ("`until`", "then the last day of the waiver: `until \"2027-01-31\"`"),
        Rule::missing_because => ("`because`", "then the reason, in quotes: `because \"moved away in January\"`"),
        Rule::missing_changes => ("`changes`", "a resource is made anew with `replace_when image changes`"),
        Rule::missing_params => ("`(`", "then the parameters, then `)`"),
        _ => return None,
    })
}

/// The types that stand before the name in other languages.
const TYPES: [&str; 8] = ["string", "int", "bool", "number", "count", "duration", "bytes", "percent"];

/// Returns the braces that a condition without a value took for an object.
///
/// `if mode == {`: the value before the braces is forgotten.
pub(in super::super) fn swallowed_body(condition: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let mut last = condition;
    while matches!(last.rule(), Rule::place | Rule::chain | Rule::postfix) {
        last = last.children().last()?;
    }
    let alone = last.before().is_none();
    (last.is(Rule::body) && alone && last.text().contains('\n')).then_some(last)
}

/// Returns the hint for `70 %`, where the sign is taken for a remainder.
fn percent_apart(node: SyntaxNode<'_>) -> Option<&'static str> {
    let before = node.source().get(..node.start())?.trim_end().strip_suffix('%')?;
    let number = before.strip_suffix([' ', '\t'])?.trim_end();
    number
        .ends_with(|last: char| last.is_ascii_digit())
        .then_some("a percentage is written without a blank, as in `70%`")
}

impl ErrorFinder {
    pub(super) fn first_missing(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let diagnostic = self.missing(node)?;
        let bracket = diagnostic.code == "GPB0034";
        let is_first = self.missing_at.is_none_or(|(at, _)| at != node.start());
        if is_first {
            self.missing_at = Some((node.start(), node.rule()));
        }
        if let (Rule::missing_body, Some(fix)) = (node.rule(), &diagnostic.fix) {
            // The edit explains all that it replaces.
            self.silent_until = fix.span.end as usize;
        }
        (bracket || is_first).then_some(diagnostic)
    }

    fn missing(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        // To look for what stands before takes time in long bodies, so it is done for few.
        let before = if node.is(Rule::missing_body) { node.before() } else { None };
        let forgotten = before.and_then(swallowed_body);
        let at = forgotten.map_or(node.start(), SyntaxNode::start);
        let expected = |code, what: &str, help: &str| {
            let end = self.end_before(node, at);
            let diagnostic = Diagnostic::error(code, format!("expected {what}{}", after(word_before(node, end))))
                .with_label(self.point(end), format!("{what} is missing here"));
            Some(if help.is_empty() { diagnostic } else { diagnostic.help(help) })
        };
        if forgotten.is_some() {
            return expected("GPB0030", "a value", "");
        }
        if let Some((what, help)) = sign(node.rule()) {
            let diagnostic = expected("GPB0035", what, Self::help_for(node).unwrap_or(help))?;
            return Some(self.inserted(node, diagnostic));
        }
        match node.rule() {
            Rule::missing_value => expected("GPB0030", "a value", percent_apart(node).unwrap_or_default()),
            Rule::missing_text => expected("GPB0030", "the path of a file, in quotes", "`use \"platform.gpb\"`"),
            Rule::missing_stack => {
                let at = self.point(self.end_before(node, node.start()));
                let diagnostic = expected("GPB0035", "`stack`", "only a stack is extended: `extend stack name { … }`");
                diagnostic.map(|diagnostic| diagnostic.fix("write `extend stack`", at, " stack"))
            }
            Rule::missing_name => expected("GPB0031", "a name", ""),
            Rule::missing_type if node.parent().is_some_and(|parent| parent.is(Rule::resource_stmt)) => {
                expected("GPB0032", "a type", "types are written `aws.service.type`; a name and `{` follow")
            }
            Rule::missing_type => expected("GPB0032", "a type", "for example `string`, `count` or `list<string>`"),
            Rule::missing_comma => {
                let at = self.point(self.end_before(node, node.start()));
                let diagnostic = expected("GPB0038", "`,`", "commas stand between the parts in brackets");
                diagnostic.map(|diagnostic| diagnostic.fix("add a comma", at, ","))
            }
            Rule::missing_reason => self.missing_reason(node),
            Rule::missing_newline => Some(self.missing_newline(node)),
            Rule::missing_quote => self.missing_quote(node),
            Rule::missing_triple => {
                let opening = node.parent().and_then(|text| text.child(Rule::triple)).unwrap_or(node);
                Some(
                    Diagnostic::error("GPB0011", "this text block is not closed")
                        .with_label(self.span(opening), "opened here")
                        .help("close it with `\"\"\"` on a line of its own"),
                )
            }
            Rule::missing_interpolation_end => {
                let opening = node.parent().and_then(|around| around.child(Rule::interpolation_open)).unwrap_or(node);
                let diagnostic = super::super::messages::unclosed_interpolation(self.file, opening.start());
                Some(diagnostic.with_label(self.point(node.start()), "expected `}` here"))
            }
            _ => self.missing_bracket(node),
        }
    }

    /// Returns the help that fits what stands in the place of a missing sign.
    fn help_for(node: SyntaxNode<'_>) -> Option<&'static str> {
        let rest = node.source().get(node.start()..)?.trim_start_matches([' ', '\t', '\r']);
        let parent = node.parent()?;
        match (node.rule(), parent.rule()) {
            (Rule::missing_eq, Rule::fn_item) if rest.starts_with('{') => {
                Some("a function is one expression, without braces and `return`: `fn f(x: int) -> int = x * 2`")
            }
            (Rule::missing_body, Rule::component_item | Rule::stack_item) if rest.starts_with('(') => {
                Some("parameters stand between the braces, one a line: `param name: type`")
            }
            (
                Rule::missing_body,
                Rule::component_item | Rule::stack_item | Rule::extend_item | Rule::environment_item,
            ) => rest.starts_with([':', '=']).then_some("the entries stand between braces, without a sign before them"),
            (Rule::missing_body, Rule::if_expr) => Some("a choice of values is `if c { a } else { b }`"),
            _ => None,
        }
    }

    /// Adds the fix that inserts a missing sign, where all else is in place.
    fn inserted(&self, node: SyntaxNode<'_>, diagnostic: Diagnostic) -> Diagnostic {
        let at = self.point(self.end_before(node, node.start()));
        match (node.rule(), node.after().map(SyntaxNode::rule)) {
            (Rule::missing_colon, Some(Rule::type_expr)) => match self.swapped(node) {
                Some((span, form)) => {
                    diagnostic.help("the name stands first, then the type").fix(format!("write `{form}`"), span, form)
                }
                None => diagnostic.fix("add the colon", at, ":"),
            },
            (Rule::missing_to, Some(Rule::path)) => diagnostic.fix("add `to`", at, " to"),
            (Rule::missing_body, _) => match self.braced(node) {
                Some((span, form)) => diagnostic.fix("put both values in braces", span, form),
                None => diagnostic,
            },
            _ => diagnostic,
        }
    }

    /// Returns `name: type` for `type name`, where the first word can only be a type.
    fn swapped(&self, colon: SyntaxNode<'_>) -> Option<(Span, String)> {
        let (first, second) = (colon.before()?, colon.after()?);
        let is_type = |name: &str| TYPES.contains(&name) || gpb_base::foreign::type_name(name).is_some();
        let swapped = first.is(Rule::name) && is_type(first.text()) && !is_type(second.text());
        let whole = Span::new(self.file, first.start(), second.end());
        swapped.then(|| (whole, format!("{}: {}", second.text(), first.text())))
    }

    /// Returns `{ a } else { b }` for what follows the condition in `if c a else b`.
    fn braced(&self, node: SyntaxNode<'_>) -> Option<(Span, String)> {
        node.parent().filter(|parent| parent.is(Rule::if_expr))?;
        // A text right behind a name was read as one with it.
        let text = node.before()?.descendants().filter(|part| part.is(Rule::tag_text)).last();
        let start = text.filter(|text| text.end() == node.start()).map_or(node.start(), SyntaxNode::start);
        let before = node.source().get(..start)?;
        let start = before.trim_end_matches([' ', '\t']).len();
        let rest = node.source().get(start..)?;
        let line = rest.split('\n').next().unwrap_or_default();
        let (then, other) = line.split_once(" else ")?;
        let other = other.trim_end().trim_end_matches(',');
        let length = then.len() + " else ".len() + other.len();
        let (then, other) = (then.trim(), other.trim());
        let plain = |text: &str| !text.is_empty() && !text.contains(['{', '}', ',', '/']);
        let span = Span::new(self.file, start, start + length);
        (plain(then) && plain(other)).then(|| (span, format!(" {{ {then} }} else {{ {other} }}")))
    }

    fn missing_newline(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let rest = node.source().get(node.start()..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
        let word = first_word(rest);
        let at = self.point(node.start());
        Diagnostic::error("GPB0039", format!("expected a newline or a comma before `{word}`"))
            .with_label(at, "the entry before ends here")
            .fix("separate the entries with a comma", at, ",")
    }

    fn missing_quote(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let text = node.parent()?;
        // An open interpolation took the quote with it; it has a message of its own.
        if text.children().any(|part| part.is(Rule::interpolation) && part.has(Rule::missing_interpolation_end)) {
            return None;
        }
        let opening = Span::new(self.file, text.start(), text.start() + 1);
        Some(
            Diagnostic::error("GPB0010", "this string is not closed")
                .with_label(opening, "opened here")
                .with_label(self.point(node.start()), "expected `\"` here")
                .help("a string over several lines stands between `\"\"\"`"),
        )
    }
}
