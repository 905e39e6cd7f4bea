//! Lowers the statements that a keyword leads.

use super::super::ast::{
    BinaryOp, BudgetStmt, Expr, ExprKind, ForStmt, Ident, IfStmt, LayerStmt, NamePath, PathSegment, RecoverStmt,
    RequireStmt, ResourceStmt, Stmt, WhenStmt,
};
use super::super::error_recovery;
use super::super::tree::{Rule, SyntaxNode};
use super::exprs::{begins_branch, comparison, is_prefix, is_value};
use super::{Lowering, is_name};
use compact_str::CompactString;

impl Lowering {
    #[expect(clippy::too_many_lines, reason = "one arm for each statement")]
    pub(super) fn statement(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> Option<Stmt> {
        let span = self.span(node);
        Some(match node.rule() {
            Rule::param_stmt => Stmt::Param(self.binding(node, doc).into()),
            Rule::let_stmt => Stmt::Let(self.binding(node, doc).into()),
            Rule::output_stmt => Stmt::Output(self.binding(node, doc).into()),
            Rule::layer_stmt => Stmt::Layer(self.layer(node, doc).into()),
            Rule::resource_stmt => Stmt::Resource(self.resource(node, doc).into()),
            Rule::for_stmt | Rule::policy_for => self.for_stmt(node)?,
            Rule::if_stmt | Rule::policy_if => self.if_stmt(node)?,
            Rule::in_stmt => {
                let (place, stmts) = self.condition_and_body(node, Rule::kw_in);
                Stmt::In { place, stmts, span }
            }
            Rule::after_stmt => Stmt::After { paths: self.paths(node), span },
            Rule::ignore_stmt => Stmt::Ignore { paths: self.paths(node), span },
            Rule::protect_stmt => Stmt::Protect { word: self.word(node), span },
            Rule::replace_stmt => Stmt::Replace { word: self.word(node), span },
            Rule::keep_stmt => Stmt::Keep { word: node.child(Rule::name).map(|word| self.name(word)), span },
            Rule::replace_when_stmt => {
                let value = if node.has(Rule::missing_changes) {
                    self.missing(node)
                } else {
                    self.after_keyword(node, Rule::kw_replace_when)
                };
                Stmt::ReplaceWhen { value: value.into(), span }
            }
            Rule::removed_stmt => {
                let path = self.first_path(node);
                Stmt::Removed { path, stmts: self.body_in(node), span }
            }
            Rule::moved_stmt => {
                let mut paths = self.paths(node).into_iter();
                let from = paths.next().unwrap_or_else(|| self.no_path(node));
                // What is meant by another form is certain only once it is written in this one.
                let foreign = [Rule::compat_to, Rule::compat_from, Rule::missing_to].iter().any(|sign| node.has(*sign));
                let to = paths.next().filter(|_| !foreign).unwrap_or_else(|| self.no_path(node));
                Stmt::Moved { from, to, span }
            }
            Rule::override_stmt => {
                let path = self.first_path(node);
                Stmt::Override { path, stmts: self.body_in(node), span }
            }
            Rule::when_stmt => Stmt::When(self.when(node)),
            Rule::recover_stmt => {
                let domains = self.names(node);
                Stmt::Recover(RecoverStmt { domains, stmts: self.body_in(node), span })
            }
            Rule::derived_stmt => {
                let from = self.first_path(node);
                Stmt::Derived { from, stmts: self.body_in(node), span }
            }
            Rule::budget_stmt => Stmt::Budget(self.budget(node).into()),
            Rule::needs_stmt => {
                let of = self.first_path(node);
                Stmt::Needs { amount: self.after_keyword(node, Rule::kw_needs), what: self.name_in(node), of, span }
            }
            Rule::each_stmt => Stmt::Each(self.each(node).into()),
            Rule::waive_stmt => Stmt::Waive(self.waive(node).into()),
            Rule::expect_stmt => Stmt::Expect(self.expect(node).into()),
            Rule::require_stmt => Stmt::Require(self.requirement(node).into()),
            _ => return None,
        })
    }

    /// Lowers a condition and its reason.
    pub(super) fn requirement(&mut self, node: SyntaxNode<'_>) -> RequireStmt {
        let span = self.span(node);
        if !node.has(Rule::kw_else) {
            // What was meant for the reason may have been read as a part of the condition.
            return RequireStmt { condition: self.missing(node), reason: self.missing(node), span };
        }
        let condition = self.after_keyword(node, Rule::kw_require);
        RequireStmt { condition, reason: self.after_keyword(node, Rule::kw_else), span }
    }

    fn layer(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> LayerStmt {
        let uses = node.child(Rule::uses).into_iter().flat_map(SyntaxNode::children);
        let (place, stmts) = self.place_and_body(node);
        LayerStmt {
            doc,
            name: self.name_in(node),
            uses: uses.filter(|child| child.is(Rule::name)).map(|name| self.name(name)).collect(),
            place,
            stmts,
            span: self.span(node),
        }
    }

    fn resource(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> ResourceStmt {
        let ty = self.first_path(node);
        let (place, stmts) = self.place_and_body(node);
        ResourceStmt {
            doc,
            existing: node.has(Rule::kw_existing),
            ty,
            name: self.name_in(node),
            place,
            stmts,
            span: self.span(node),
        }
    }

    /// Lowers a condition behind a keyword, and the body.
    ///
    /// Where the value is forgotten, the condition has taken the body.
    fn condition_and_body(&mut self, node: SyntaxNode<'_>, keyword: Rule) -> (Expr, Vec<Stmt>) {
        let condition = node.children().skip_while(|child| !child.is(keyword)).nth(1);
        match condition.filter(|_| node.has(Rule::missing_body)).and_then(error_recovery::swallowed_body) {
            Some(body) => (self.missing(node), self.if_body(body)),
            None => (self.after_keyword(node, keyword), self.body_in(node)),
        }
    }

    fn place_and_body(&mut self, node: SyntaxNode<'_>) -> (Option<Expr>, Vec<Stmt>) {
        let place = node.child(Rule::place);
        match place.filter(|_| node.has(Rule::missing_body)).and_then(error_recovery::swallowed_body) {
            Some(body) => (Some(self.missing(node)), self.if_body(body)),
            None => (self.place(node), self.body_in(node)),
        }
    }

    fn for_stmt(&mut self, node: SyntaxNode<'_>) -> Option<Stmt> {
        // With a colon it is a comprehension; where it is not alone in its braces, a message has been given.
        if node.has(Rule::colon) {
            return None;
        }
        let (over, stmts) = self.condition_and_body(node, Rule::kw_in);
        Some(Stmt::For(ForStmt {
            names: self.for_names(node),
            over,
            key: node.has(Rule::kw_key).then(|| self.after_keyword(node, Rule::kw_key)),
            stmts,
            span: self.span(node),
        }))
    }

    /// Lowers `if`, condition, body, and again, and a last body.
    ///
    /// It is built from the last to the first.
    fn if_stmt(&mut self, node: SyntaxNode<'_>) -> Option<Stmt> {
        let levels = node.children().filter(|child| begins_branch(child.rule())).count();
        self.deeper(levels, node, |lower| lower.if_steps(node))?
    }

    fn if_steps(&mut self, node: SyntaxNode<'_>) -> Option<Stmt> {
        let mut steps: Vec<(SyntaxNode<'_>, Expr, Vec<Stmt>)> = Vec::new();
        let mut last = Vec::new();
        let mut parts = node.children().peekable();
        while let Some(part) = parts.next() {
            if begins_branch(part.rule()) {
                let Some(condition) = parts.next() else { continue };
                let is_unequal = parts.next_if(|next| next.is(Rule::compat_condition_equal)).is_some();
                let Some(then) = parts.next() else { continue };
                let swallowed = error_recovery::swallowed_body(condition).filter(|_| then.is(Rule::missing_body));
                steps.push(match swallowed {
                    Some(body) => (part, self.missing(condition), self.if_body(body)),
                    None if is_unequal => (part, self.missing(condition), self.if_body(then)),
                    None => (part, self.expr(condition), self.if_body(then)),
                });
            } else if matches!(part.rule(), Rule::body | Rule::policy_body) {
                last = self.if_body(part);
            }
        }
        let end = self.span(node);
        while let Some((start, condition, then)) = steps.pop() {
            let step = Stmt::If(IfStmt { condition, then, otherwise: last, span: self.span(start).to(end) });
            last = vec![step];
        }
        last.pop()
    }

    pub(super) fn if_body(&mut self, node: SyntaxNode<'_>) -> Vec<Stmt> {
        match node.rule() {
            Rule::body => self.deeper(1, node, |lower| lower.body(node)).unwrap_or_default(),
            Rule::policy_body => self.policy_body(node),
            _ => Vec::new(),
        }
    }

    /// Lowers metric, comparison, threshold, and the pairs after them.
    fn when(&mut self, node: SyntaxNode<'_>) -> WhenStmt {
        let sign = node.children().find_map(|child| Some((comparison(child.rule())?, self.span(child))));
        let metric = node.children().take_while(|child| comparison(child.rule()).is_none());
        let metric = metric.filter(|child| is_value(child.rule()) && !is_prefix(child.rule())).last();
        let threshold = node.children().skip_while(|child| comparison(child.rule()).is_none());
        let threshold = threshold.into_iter().find(|child| is_value(child.rule()));
        let or_missing = |lower: &mut Self, part: Option<SyntaxNode<'_>>| match part {
            Some(part) => lower.expr(part),
            None => Expr::new(ExprKind::Missing, lower.end_of(node)),
        };
        WhenStmt {
            metric: or_missing(self, metric),
            op: sign.map_or(BinaryOp::Greater, |(op, _)| op),
            op_span: sign.map_or_else(|| self.end_of(node), |(_, span)| span),
            threshold: or_missing(self, threshold),
            actions: self.pairs(node),
            span: self.span(node),
        }
    }

    fn names(&mut self, node: SyntaxNode<'_>) -> Vec<Ident> {
        node.children().filter(|child| is_name(*child)).map(|name| self.name(name)).collect()
    }

    /// Lowers a budget: the names are the driver's, where there is one, and `month`.
    fn budget(&mut self, node: SyntaxNode<'_>) -> BudgetStmt {
        let mut names = self.names(node).into_iter();
        let at = node.has(Rule::kw_at).then(|| {
            let value = self.after_keyword(node, Rule::kw_at);
            names.next().map(|driver| (value, driver))
        });
        let values = node.children().filter(|child| is_value(child.rule()));
        let amount = match values.last() {
            Some(amount) => self.expr(amount),
            None => self.missing(node),
        };
        let nothing = Ident { text: CompactString::default(), span: self.end_of(node), quoted: false };
        BudgetStmt { at: at.flatten(), amount, per: names.next().unwrap_or(nothing), span: self.span(node) }
    }

    pub(super) fn first_path(&mut self, node: SyntaxNode<'_>) -> NamePath {
        self.paths(node).into_iter().next().unwrap_or_else(|| self.no_path(node))
    }

    pub(super) fn paths(&mut self, node: SyntaxNode<'_>) -> Vec<NamePath> {
        node.children().filter(|child| child.is(Rule::path)).map(|path| self.path(path)).collect()
    }

    fn path(&mut self, node: SyntaxNode<'_>) -> NamePath {
        let mut segments = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::name => segments.push(PathSegment::Name(self.name(part))),
                Rule::path_member => segments.push(PathSegment::Name(self.name_in(part))),
                Rule::index => segments.push(PathSegment::Index(self.expr_in(part))),
                // The whole is one name, as CloudFormation has it.
                Rule::compat_path => {
                    if let Some(PathSegment::Name(name)) = segments.last_mut() {
                        name.text.push_str(part.text());
                        name.span = name.span.to(self.span(part));
                    }
                }
                _ => {}
            }
        }
        NamePath { segments, span: self.span(node) }
    }

    fn no_path(&self, node: SyntaxNode<'_>) -> NamePath {
        let name = Ident { text: CompactString::default(), span: self.end_of(node), quoted: false };
        NamePath { segments: vec![PathSegment::Name(name)], span: self.end_of(node) }
    }
}
