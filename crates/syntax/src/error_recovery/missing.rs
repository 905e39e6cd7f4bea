//! Reports missing pieces: a sign, a name, a value, a closing quote.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use super::words::{after, first_word, word_before};
use gpb_base::diag::Diagnostic;

/// Returns the missing sign or word, and a hint about what follows it.
fn sign(rule: Rule) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        Rule::missing_eq => ("`=`", "then the value"),
        Rule::missing_colon => ("`:`", "then what follows from it"),
        Rule::missing_body => ("`{`", "then the entries, then `}`"),
        Rule::missing_in => ("`in`", "then what to iterate over: `for x in xs { … }`"),
        Rule::missing_of => ("`of`", "then the name of a stack: `environment live of shop { … }`"),
        Rule::missing_to => ("`to`", "then the new address: `moved old.name to new.name`"),
        Rule::missing_per => ("`per month`", "a budget is for a month: `budget $500 per month`"),
        Rule::missing_op => ("a comparison", "`<`, `<=`, `>`, `>=`, `==` or `!=`"),
        Rule::missing_params => ("`(`", "then the parameters, then `)`"),
        _ => return None,
    })
}

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
            return expected("GPB0035", what, help);
        }
        match node.rule() {
            Rule::missing_value => expected("GPB0030", "a value", percent_apart(node).unwrap_or_default()),
            Rule::missing_text => expected("GPB0030", "the path of a file, in quotes", "`use \"platform.gpb\"`"),
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
                Some(
                    Diagnostic::error("GPB0012", "this `${` is not closed")
                        .with_label(self.span(opening), "opened here")
                        .with_label(self.point(node.start()), "expected `}` here")
                        .help("for the two signs themselves, write `\\${`"),
                )
            }
            _ => self.missing_bracket(node),
        }
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
        let opening = gpb_base::source::Span::new(self.file, text.start(), text.start() + 1);
        Some(
            Diagnostic::error("GPB0010", "this string is not closed")
                .with_label(opening, "opened here")
                .with_label(self.point(node.start()), "expected `\"` here")
                .help("a string over several lines stands between `\"\"\"`"),
        )
    }
}
