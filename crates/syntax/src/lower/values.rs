//! Lowers operands: names, numbers, strings, brackets, and their tails.

use super::super::ast::{Arg, Comprehension, Expr, ExprKind, Ident, Stmt, TextPart};
use super::super::tree::{Rule, SyntaxNode};
use super::super::{error_recovery, messages};
use super::Lowering;
use super::exprs::is_value;
use rust_decimal::Decimal;
use std::iter::Peekable;
use std::str::FromStr;

fn is_tail(rule: Rule) -> bool {
    matches!(rule, Rule::member | Rule::optional_member | Rule::index | Rule::args)
}

impl Lowering {
    pub(super) fn postfix(&mut self, node: SyntaxNode<'_>) -> Expr {
        // The arguments of a call count for themselves.
        let levels = node.children().skip(2).filter(|child| is_tail(child.rule())).count();
        self.deeper(levels, node, |lower| lower.operand_with_tails(node)).unwrap_or_else(|| self.missing(node))
    }

    fn operand_with_tails(&mut self, node: SyntaxNode<'_>) -> Expr {
        let mut parts = node.children().peekable();
        let Some(first) = parts.next() else { return self.missing(node) };
        let mut value = match (first.rule(), parts.peek().map(|part| part.rule())) {
            (Rule::name, Some(Rule::args)) => parts.next().map(|args| self.call(first, args)),
            (Rule::name, Some(Rule::compat_path)) => return self.missing(node),
            (Rule::name, Some(Rule::member)) if self.is_alias(first.text()) => {
                parts.next().map(|member| self.qualified(first, member, &mut parts))
            }
            (Rule::name, Some(Rule::tag_text)) => parts.next().map(|text| self.tagged(first, text)),
            _ => None,
        }
        .unwrap_or_else(|| self.primary(first));
        for tail in parts {
            value = self.tail(value, tail);
        }
        value
    }

    fn primary(&mut self, node: SyntaxNode<'_>) -> Expr {
        let span = self.span(node);
        let kind = match node.rule() {
            Rule::name => match node.text() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "none" => ExprKind::None,
                _ if error_recovery::is_null(node) => ExprKind::Missing,
                _ => ExprKind::Name(self.name(node)),
            },
            Rule::numeric => self.numeric(node),
            Rule::text | Rule::block_text => ExprKind::Text(self.text_parts(node)),
            Rule::compat_single | Rule::compat_smart => ExprKind::Text(vec![TextPart::Text(unquoted(node.text()))]),
            Rule::list => self.deeper(1, node, |lower| lower.list(node)).unwrap_or(ExprKind::Missing),
            Rule::body => return self.object(node),
            Rule::group => return Expr { span, ..self.expr_in(node) },
            Rule::compat_interpolation => match node.child(Rule::interpolation) {
                Some(interpolation) => return self.expr_in(interpolation),
                None => ExprKind::Missing,
            },
            Rule::policy => ExprKind::Policy(self.policy(node)),
            _ => ExprKind::Missing,
        };
        Expr::new(kind, span)
    }

    fn is_alias(&self, name: &str) -> bool {
        !self.aliases.is_empty() && self.aliases.iter().any(|alias| alias == name)
    }

    /// Lowers `net.size` and `net.label(…)`: an item of a file that is used under a name.
    fn qualified<'t>(
        &mut self,
        alias: SyntaxNode<'t>,
        member: SyntaxNode<'t>,
        rest: &mut Peekable<impl Iterator<Item = SyntaxNode<'t>>>,
    ) -> Expr {
        let span = self.span(alias).to(self.span(member));
        let item = self.name_in(member);
        let name = Ident { text: format!("{}.{}", alias.text(), item.text).into(), span, quoted: false };
        match rest.next_if(|next| next.is(Rule::args)) {
            Some(args) => self.call_of(name, args),
            None if item.text.is_empty() => self.missing(member),
            None => Expr::new(ExprKind::Name(name), span),
        }
    }

    fn tail(&mut self, of: Expr, tail: SyntaxNode<'_>) -> Expr {
        let span = of.span.to(self.span(tail));
        let kind = match tail.rule() {
            Rule::member | Rule::optional_member => {
                let optional = tail.is(Rule::optional_member);
                match tail.child(Rule::number_index) {
                    Some(number) => {
                        let amount = Decimal::from_str(number.text()).unwrap_or_default();
                        ExprKind::Index { of, index: Expr::new(ExprKind::Number(amount), self.span(number)) }
                    }
                    None => ExprKind::Member { of, name: self.name_in(tail), optional },
                }
            }
            Rule::index => ExprKind::Index { of, index: self.expr_in(tail) },
            // A call of what is not a name is reported with the nodes of error recovery.
            _ => ExprKind::Missing,
        };
        Expr::new(kind, span)
    }

    fn call(&mut self, callee: SyntaxNode<'_>, args: SyntaxNode<'_>) -> Expr {
        let callee = self.name(callee);
        self.call_of(callee, args)
    }

    fn call_of(&mut self, callee: Ident, args: SyntaxNode<'_>) -> Expr {
        let span = callee.span.to(self.span(args));
        let list = args.children().filter(|child| child.is(Rule::arg));
        let read: Option<Vec<Arg>> = self.deeper(1, args, |lower| list.map(|arg| lower.arg(arg)).collect());
        // What was not read may be any argument, so none is said to lack.
        let whole = read.is_some() && !args.has(Rule::missing_rparen);
        let mut read = read.unwrap_or_default();
        if !whole {
            read.push(Arg { name: None, value: self.missing(args) });
        }
        Expr::new(ExprKind::Call { callee, args: read }, span)
    }

    fn arg(&mut self, node: SyntaxNode<'_>) -> Arg {
        let name = node.child(Rule::arg_name).map(|name| self.name_in(name));
        Arg { name, value: self.expr_in(node) }
    }

    fn tagged(&mut self, tag: SyntaxNode<'_>, text: SyntaxNode<'_>) -> Expr {
        let span = self.span(tag).to(self.span(text));
        Expr::new(ExprKind::Tagged { tag: self.name(tag), value: self.expr_in(text) }, span)
    }

    pub(super) fn numeric(&mut self, node: SyntaxNode<'_>) -> ExprKind {
        if node.has(Rule::compat_dots) {
            return ExprKind::Text(vec![TextPart::Text(node.text().to_owned())]);
        }
        let Some(number) = node.child(Rule::number) else { return ExprKind::Missing };
        let digits: String = number.text().chars().filter(|character| *character != '_').collect();
        let Ok(amount) = Decimal::from_str_exact(&digits) else {
            let span = self.span(number);
            self.report(messages::too_many_digits(span));
            return ExprKind::Missing;
        };
        let money = node.child(Rule::dollar);
        let unit =
            node.children().find(|child| matches!(child.rule(), Rule::unit | Rule::known_unit | Rule::bound_unit));
        let ident = |text: String, span| Ident { text: text.into(), span, quoted: false };
        match (money, unit) {
            (None, None) => ExprKind::Number(amount),
            (Some(one), None) | (None, Some(one)) => {
                ExprKind::Quantity { amount, unit: ident(one.text().to_owned(), self.span(one)) }
            }
            // Money with a suffix, `$5k`: whether it is one that money takes is known where units are.
            (Some(money), Some(suffix)) => {
                let unit = ident(format!("{}{}", money.text(), suffix.text()), self.span(suffix));
                ExprKind::Quantity { amount, unit }
            }
        }
    }

    fn list(&mut self, node: SyntaxNode<'_>) -> ExprKind {
        if let Some(each) = node.child(Rule::list_for) {
            return ExprKind::Comprehension(Box::new(self.list_for(each)));
        }
        if node.has(Rule::compat_list_for) {
            return ExprKind::Missing;
        }
        let values = node.children().filter(|child| is_value(child.rule()));
        ExprKind::List(values.map(|value| self.expr(value)).collect())
    }

    fn list_for(&mut self, node: SyntaxNode<'_>) -> Comprehension {
        let names = node.children().take_while(|child| !child.is(Rule::kw_in));
        let names = names.filter(|child| child.is(Rule::name)).map(|name| self.name(name)).collect();
        let mark = if node.has(Rule::compat_arrow) { Rule::compat_arrow } else { Rule::colon };
        Comprehension {
            names,
            over: self.value_after(node, Rule::kw_in).unwrap_or_else(|| self.missing(node)),
            condition: self.value_after(node, Rule::kw_if),
            key: None,
            value: self.value_after(node, mark).unwrap_or_else(|| self.missing(node)),
        }
    }

    /// Lowers `{ a = 1 }` or `{for k, v in m: k = v}`.
    ///
    /// The latter is a body whose only entry is a `for` with a colon.
    pub(super) fn object(&mut self, node: SyntaxNode<'_>) -> Expr {
        let span = self.span(node);
        let kind = match map_for(node) {
            Some(only) => {
                let comprehension = self.deeper(1, node, |lower| lower.map_for(only));
                comprehension.map_or(ExprKind::Missing, |it| ExprKind::Comprehension(Box::new(it)))
            }
            None => ExprKind::Object(self.deeper(1, node, |lower| lower.body(node)).unwrap_or_default()),
        };
        Expr::new(kind, span)
    }

    fn map_for(&mut self, node: SyntaxNode<'_>) -> Comprehension {
        let pair = node.child(Rule::for_pair);
        let key = pair.map(|pair| self.expr_in(pair));
        let value = pair.and_then(|pair| {
            let mark = if pair.has(Rule::compat_assign) { Rule::compat_assign } else { Rule::eq };
            self.value_after(pair, mark)
        });
        Comprehension {
            names: self.for_names(node),
            over: self.value_after(node, Rule::kw_in).unwrap_or_else(|| self.missing(node)),
            condition: node.child(Rule::for_filter).map(|filter| self.expr_in(filter)),
            key: Some(key.unwrap_or_else(|| self.missing(node))),
            value: value.unwrap_or_else(|| self.missing(node)),
        }
    }

    pub(super) fn for_names(&mut self, node: SyntaxNode<'_>) -> Vec<Ident> {
        let names = node.children().take_while(|child| !child.is(Rule::kw_in)).filter(|child| child.is(Rule::name));
        names.map(|name| self.name(name)).collect()
    }

    /// Lowers the statements of the first body among the children.
    pub(super) fn body_in(&mut self, node: SyntaxNode<'_>) -> Vec<Stmt> {
        let Some(body) = node.children().find(|child| matches!(child.rule(), Rule::body | Rule::policy_body)) else {
            return Vec::new();
        };
        self.if_body(body)
    }
}

/// Returns the only entry of a body, if it is a `for` with a colon.
pub(super) fn map_for(body: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let mut entries = body.children().filter(|child| super::entries::is_entry(child.rule()));
    let only = entries.next().filter(|only| only.is(Rule::for_stmt) && only.has(Rule::colon))?;
    entries.next().is_none().then_some(only)
}

/// Returns the text between quotes that gpb does not have.
fn unquoted(text: &str) -> String {
    let mut characters = text.chars();
    characters.next();
    characters.next_back();
    characters.as_str().to_owned()
}
