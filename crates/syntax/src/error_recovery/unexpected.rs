//! Reports text where it is not allowed.

use super::super::tree::{Rule, SyntaxNode};
use super::braces::stray;
use super::finder::ErrorFinder;
use super::foreign_syntax::is_hcl;
use super::words::first_word;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::foreign;
use gpb_base::source::Span;

const ITEMS: [&str; 9] = ["use", "const", "fn", "type", "component", "stack", "environment", "policy", "test"];

/// Returns gpb's keyword for an item that other languages name otherwise.
fn foreign_item(head: &str) -> Option<&'static str> {
    match head {
        "let" | "var" | "val" | "local" => Some("const"),
        "import" | "include" | "require" => Some("use"),
        "function" | "func" | "def" => Some("fn"),
        "module" => Some("component"),
        "struct" | "enum" => Some("type"),
        _ => None,
    }
}

/// Returns an example of the statement that a keyword begins.
fn beginning_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "after" => "name what comes first: `after network.gateway`",
        "for" => "write `for x in xs { … }`",
        "if" => "write `if condition { … }`",
        "in" => "write `in us-west-2 { … }`",
        "protect" => "write `protect always` or `protect never`",
        "keep" => "write `keep` or `keep true`",
        "replace_when" => "name the value: `replace_when image changes`",
        "removed" => "write `removed old.address { keep true }`",
        "replace" => "write `replace create_first` or `replace delete_first`",
        "ignore" => "name the properties: `ignore desired_count`",
        "moved" => "write `moved old.address to new.address`",
        "expect" => "write what has to hold: `expect count(aws.service.type) == 3`",
        "each" => "write `each aws.service.type as r require … else \"…\"`",
        "waive" => "write `waive policy_name until \"2027-01-31\" because \"…\"`",
        "require" => "write `require condition else \"why\"`",
        "when" => "write `when cpu > 70% add 2`",
        _ => return None,
    })
}

/// Checks for an `else` at the start of an entry.
pub(in super::super) fn is_else(entry: SyntaxNode<'_>) -> bool {
    entry.is(Rule::compat_else)
        || (entry.has(Rule::body) && entry.children().next().is_some_and(|head| head.text() == "else"))
}

impl ErrorFinder {
    pub(super) fn unexpected(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        match node.rule() {
            Rule::junk_tail => match self.follows_missing(node) {
                Some(missing) => {
                    self.skip_region(node, missing);
                    None
                }
                None => Some(self.after_the_end(node)),
            },
            Rule::junk_entry => Some(self.no_entry(node)),
            Rule::junk_item => Some(self.no_item(node)),
            Rule::stray_rbrace => Some(stray(self.span(node), "}")),
            Rule::misplaced => self.misplaced(node),
            Rule::kw_pub => self.not_public(node),
            Rule::compat_pub | Rule::pub_word => Some(self.foreign_public(node)),
            Rule::incomplete if !node.parent()?.is(Rule::misplaced) => Some(self.incomplete(node)),
            Rule::odd_key => Some(self.odd_key(node)),
            Rule::nested_fn => Some(
                Diagnostic::error("GPB0073", "a function stands at the top of a file, not in a body")
                    .with_label(self.head_of(node), "defined inside braces")
                    .help("move it out of the braces: every stack and component of the file can call it"),
            ),
            Rule::outside_rest => Some(
                Diagnostic::error(
                    "GPB0039",
                    format!("expected the end of the value, found `{}`", first_word(node.text())),
                )
                .with_label(self.first(node), "what came before is complete; this belongs to nothing"),
            ),
            Rule::bad_value | Rule::bad_element => Some(self.no_value(node)),
            Rule::bad_interpolation => {
                let found = first_word(node.text());
                Some(
                    Diagnostic::error("GPB0039", format!("expected `}}`, found `{found}`"))
                        .with_label(self.span(node), "an interpolation holds one expression"),
                )
            }
            Rule::direct | Rule::compat_else if is_else(node) => Some(
                Diagnostic::error("GPB0062", "this `else` has no `if`")
                    .with_label(self.first(node), "expected right after the `}` of an `if`"),
            ),
            Rule::use_item
            | Rule::const_item
            | Rule::fn_item
            | Rule::type_item
            | Rule::component_item
            | Rule::stack_item
            | Rule::extend_item
            | Rule::environment_item
            | Rule::policy_item
            | Rule::test_item => {
                self.after_misplaced = false;
                None
            }
            _ => None,
        }
    }

    fn incomplete(&self, node: SyntaxNode<'_>) -> Diagnostic {
        Diagnostic::error("GPB0033", format!("`{}` is only the beginning of an entry", node.text()))
            .with_label(
                self.span(node),
                match beginning_of(node.text()) {
                    Some(_) => "the rest of the statement is missing",
                    None => "expected `=`, `{` or a value after this name",
                },
            )
            .help(match beginning_of(node.text()) {
                Some(help) => help.to_owned(),
                None => format!("write `{0} = …` or `{0} {{ … }}`", node.text()),
            })
    }

    /// Reports what cannot be read as a value.
    fn no_value(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let found = first_word(node.text());
        let diagnostic = Diagnostic::error("GPB0030", format!("expected a value, found `{found}`"))
            .with_label(self.span(node), "this cannot be read as a value");
        match node.text() {
            text if text.starts_with("<<") => diagnostic.help("a string over several lines stands between `\"\"\"`"),
            text if text.starts_with(['$', '@']) => {
                let name = text.trim_start_matches(['$', '@']);
                let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                let diagnostic = diagnostic.help("a name stands as it is, and in a string as `${name}`");
                if is_name && name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    diagnostic.fix(format!("write `{name}`"), self.span(node), name)
                } else {
                    diagnostic
                }
            }
            text if text.starts_with("...") => diagnostic
                .help("a list is spread in another, `[...xs, y]`, and an object in another, `{ ...a, k = v }`"),
            _ => diagnostic,
        }
    }

    /// Skips the text after a missing piece: it belongs to it, whatever it is.
    fn skip_region(&mut self, node: SyntaxNode<'_>, missing: Rule) {
        let rest = node.source().get(node.end()..).unwrap_or_default();
        // A `for` with another word than `in` goes on behind the commas of a list.
        let line = if missing == Rule::missing_in { rest.find('\n').unwrap_or(rest.len()) } else { 0 };
        self.silent_until = node.end() + line;
    }

    /// Returns the span of a node's first line, up to its brace.
    fn first(&self, node: SyntaxNode<'_>) -> Span {
        let length = node.text().find(['\n', '{']).unwrap_or(node.text().len());
        let length = node.text().get(..length).unwrap_or_default().trim_end().len().max(1);
        Span::new(self.file, node.start(), node.start() + length)
    }

    /// Returns the span of the words before the parameters of a function.
    fn head_of(&self, node: SyntaxNode<'_>) -> Span {
        let length = node.text().find('(').unwrap_or(node.text().len());
        Span::new(self.file, node.start(), node.start() + length)
    }

    /// Returns the message for a value right behind a unit that stands apart: `limit 5 min 2`.
    fn after_a_unit(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if !node.text().starts_with(|first: char| first.is_ascii_digit() || matches!(first, '"' | '$' | '[')) {
            return None;
        }
        let before = node.source().get(..node.start())?.trim_end_matches([' ', '\t']);
        let number = before.trim_end_matches(|last: char| last.is_ascii_alphabetic());
        let unit = before.get(number.len()..).filter(|unit| !unit.is_empty())?;
        let at = number.trim_end_matches([' ', '\t']).len();
        let number = number.get(..at)?.rsplit([' ', '\t', '(', '[', ',', '\n']).next()?;
        if at + unit.len() == before.len() || !number.ends_with(|last: char| last.is_ascii_digit()) {
            return None;
        }
        let span = Span::new(self.file, before.len() - unit.len(), before.len());
        Some(
            Diagnostic::error("GPB0072", format!("`{unit}` is the unit of `{number}` here, not a name"))
                .with_label(span, format!("read as `{number}{unit}`"))
                .with_label(self.first(node), "so this value belongs to no name")
                .help(format!("if `{unit}` is a name, put a comma before it; a unit is best written `{number}{unit}`"))
                .fix(format!("put a comma after `{number}`"), self.point(at), ","),
        )
    }

    /// Returns the message for bounds behind an optional type: `count? 1..3`.
    fn after_an_optional(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let length = node.text().find([' ', '\t', '=']).unwrap_or(node.text().len());
        let bounds = node.text().get(..length)?;
        let before = node.source().get(..node.start())?.trim_end();
        let is_bounds = bounds.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '$' | '-'));
        if !is_bounds || !bounds.contains("..") || !before.ends_with('?') {
            return None;
        }
        let written = Span::new(self.file, before.len() - 1, node.start() + length);
        Some(
            Diagnostic::error("GPB0039", "`?` stands behind the bounds of a type")
                .with_label(written, "the bounds belong to the type that may be absent")
                .help(format!("write ` {bounds}?`"))
                .fix("put `?` behind the bounds", written, format!(" {bounds}?")),
        )
    }

    fn after_the_end(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        let (span, found) = (self.first(node), first_word(node.text()));
        if found == "?" {
            return self.ternary(node, span);
        }
        if let Some(diagnostic) = self.after_a_unit(node).or_else(|| self.after_an_optional(node)) {
            return diagnostic;
        }
        let diagnostic = Diagnostic::error("GPB0039", format!("expected the end of the line, found `{found}`"))
            .with_label(span, "what came before is complete; this belongs to nothing");
        let before = node.source().get(..node.start()).unwrap_or_default();
        let after_number = before.trim_end().ends_with(|last: char| last.is_ascii_digit());
        let is_word = found.starts_with(|first: char| first.is_ascii_alphabetic());
        let word = Span::new(self.file, node.start(), node.start() + found.len());
        let number_follows = node
            .text()
            .get(found.len()..)
            .is_some_and(|rest| rest.trim_start().starts_with(|first: char| first.is_ascii_digit()));
        match found {
            ":" | "to" | "~" if after_number && number_follows => {
                let blanks = node.text().get(found.len()..).map_or(0, |rest| rest.len() - rest.trim_start().len());
                let sign = Span::new(self.file, before.trim_end().len(), node.start() + found.len() + blanks);
                Diagnostic::error("GPB0083", "a range is written with `..`")
                    .with_label(word, "expected `..`")
                    .help("a range is `2..10`, with both of its ends")
                    .fix("write `..`", sign, "..")
            }
            "elif" | "elsif" | "elseif" => {
                diagnostic.help("another condition follows as `else if`").fix("write `else if`", word, "else if")
            }
            "=" => diagnostic.help("to compare, write `==`"),
            "(" => diagnostic.help("only the name of a function can be called, as in `length(x)`"),
            "in" => diagnostic.help("whether a list holds a value is asked with `contains(list, value)`"),
            "is" => diagnostic.help("values are compared with `==`; whether one is given is asked with `is_set(x)`"),
            "for" => diagnostic.help("a list is made with `[for x in xs: value]`, a map with `{for k, v in m: k = v}`"),
            "\"" if before.ends_with(|last: char| last.is_ascii_alphabetic()) => {
                diagnostic.help("a string needs no letter before it: `\"…${x}…\"`")
            }
            _ if after_number && is_word => match foreign::unit(found) {
                Some(unit) => {
                    let apart = Span::new(self.file, before.trim_end().len(), node.start() + found.len());
                    diagnostic.help(format!("a unit follows its number at once: `{unit}`")).fix(
                        format!("write `{unit}`"),
                        apart,
                        unit,
                    )
                }
                None => diagnostic.help(format!(
                    "a unit follows its number at once, as in `30s`; `{found}` is not a unit that may stand apart"
                )),
            },
            _ => diagnostic.help("begin a new line, or put a comma between two entries"),
        }
    }

    /// Reports `c ? a : b`, with the form that it means.
    fn ternary(&self, node: SyntaxNode<'_>, span: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error("GPB0061", "a choice is written with `if`")
            .with_label(span, "`a ? b : c` is not known here")
            .help("write `if a { b } else { c }`");
        let parts = || {
            let (then, other) = node.text().strip_prefix('?')?.split_once(" : ")?;
            let plain = |text: &str| !text.contains(['?', '{', '}', '\n']) && !text.contains(" : ");
            let value = node.before().and_then(SyntaxNode::last_chain)?;
            let condition = value.text();
            let whole = Span::new(self.file, value.start(), node.end());
            let form = format!("if {condition} {{ {} }} else {{ {} }}", then.trim(), other.trim());
            (plain(then) && plain(other)).then_some((whole, form))
        };
        match parts() {
            Some((whole, form)) => diagnostic.fix(format!("write `{form}`"), whole, form),
            None => diagnostic,
        }
    }

    fn no_entry(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        let found = first_word(node.text());
        if matches!(found, ")" | "]") {
            return stray(Span::new(self.file, node.start(), node.start() + 1), found);
        }
        if found == "{" {
            return Diagnostic::error("GPB0031", "expected a name before `{`")
                .with_label(self.first(node), "these braces belong to no name");
        }
        if node.parent().is_some_and(|parent| parent.is(Rule::policy_body)) {
            return Diagnostic::error("GPB0003", format!("expected a statement, found `{found}`"))
                .with_label(self.first(node), "this cannot begin a statement of a policy")
                .help("a statement begins with `allow` or `deny`; `if` and `for` may stand around statements");
        }
        let before = node.source().get(..node.start()).unwrap_or_default();
        let thousands =
            before.strip_suffix(',').is_some_and(|before| before.ends_with(|last: char| last.is_ascii_digit()));
        let help = if thousands && found.bytes().all(|byte| byte.is_ascii_digit()) {
            "a long number is written with `_`, as in `10_000`: a comma ends the entry"
        } else {
            "an entry is `name = value`, `name { … }` or a statement such as `after x`"
        };
        Diagnostic::error("GPB0003", format!("expected an entry, found `{found}`"))
            .with_label(self.first(node), "this cannot begin an entry")
            .help(help)
    }

    fn no_item(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        let found = first_word(node.text());
        if matches!(found, ")" | "]") {
            return stray(Span::new(self.file, node.start(), node.start() + 1), found);
        }
        self.silent_until = node.end();
        Diagnostic::error("GPB0003", format!("expected an item, found `{found}`"))
            .with_label(self.first(node), "this cannot begin an item")
            .help("a file holds `use`, `const`, `fn`, `type`, `component`, `stack`, `extend stack`, `environment`, `policy` and `test`")
    }

    /// Reports an entry at the top of a file, once for a run of them.
    fn misplaced(&mut self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let entry = node.children().next()?;
        let head = first_word(node.text());
        if matches!(entry.rule(), Rule::compat_hcl) || is_hcl(entry) {
            // The first block explains the others.
            if std::mem::replace(&mut self.after_misplaced, true) {
                self.silent_until = node.end();
            }
            return None;
        }
        // What follows on the line belongs to it: an item is seldom complete where its first word is wrong.
        let line = node.source().get(node.end()..).unwrap_or_default();
        self.silent_until = node.end() + line.find('\n').unwrap_or(line.len()) + 1;
        if std::mem::replace(&mut self.after_misplaced, true) {
            return None;
        }
        let diagnostic = Diagnostic::error("GPB0059", format!("`{head}` cannot stand at the top of a file"));
        let span = Span::new(self.file, node.start(), node.start() + head.len());
        Some(match foreign_item(head).or_else(|| nearest(head, ITEMS)) {
            Some(item) => diagnostic.with_label(span, format!("did you mean `{item}`?")).fix(
                format!("write `{item}`"),
                span,
                item,
            ),
            None => diagnostic
                .with_label(
                    span,
                    "expected `use`, `const`, `fn`, `type`, `component`, `stack`, `environment`, `policy` or `test`",
                )
                .help("entries such as this one stand inside the braces of a `stack` or a `component`"),
        })
    }

    fn odd_key(&self, node: SyntaxNode<'_>) -> Diagnostic {
        if let Some(interpolation) = node.child(Rule::text).and_then(|text| text.child(Rule::interpolation)) {
            return super::super::messages::interpolation_in_fixed_text(self.span(interpolation));
        }
        Diagnostic::error("GPB0003", "expected an entry, found a string")
            .with_label(self.first(node), "a string alone is not an entry")
            .help("give it a name: `name = \"…\"`; a list stands in `[…]`")
    }
}
