//! Walks the tree, and asks of each node what is wrong with it.

use super::super::tree::{Rule, SyntaxNode, SyntaxTree, aliases};
use super::words::is_comment;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};

/// Returns the diagnostics of structure, in the order of the tree.
pub(in super::super) fn diagnostics(file: FileId, tree: &SyntaxTree<'_>) -> Vec<Diagnostic> {
    let mut found = ErrorFinder {
        file,
        missing_at: None,
        comments: Vec::new(),
        after_misplaced: false,
        silent_until: 0,
        aliases: tree.root().map(aliases).unwrap_or_default().into_iter().map(str::to_owned).collect(),
    };
    let mut diagnostics = Vec::new();
    for node in tree.nodes() {
        if is_comment(node) {
            found.comments.push((node.start(), node.end()));
        }
        if node.start() < found.silent_until {
            continue;
        }
        if is_plain(node) {
            debug_assert!(found.reports(node).iter().all(Option::is_none), "{:?} has a message", node.rule());
            continue;
        }
        diagnostics.extend(found.reports(node).into_iter().flatten());
    }
    diagnostics
}

/// Checks that no message can be about a node, as about nearly all: three messages that are none take long to hand on.
fn is_plain(node: SyntaxNode<'_>) -> bool {
    match node.rule() {
        Rule::name => !super::is_null(node),
        Rule::direct => !node.text().starts_with("policy") && !node.text().starts_with("else"),
        rule => is_plain_rule(rule),
    }
}

fn is_plain_rule(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::body
            | Rule::chain
            | Rule::free_chain
            | Rule::postfix
            | Rule::text
            | Rule::text_raw
            | Rule::interpolation
            | Rule::interpolation_open
            | Rule::interpolation_close
            | Rule::quoted_key
            | Rule::numeric
            | Rule::bound_numeric
            | Rule::number
            | Rule::unit
            | Rule::known_unit
            | Rule::bound_unit
            | Rule::list
            | Rule::arg
            | Rule::arg_name
            | Rule::member
            | Rule::path
            | Rule::path_member
            | Rule::type_named
            | Rule::type_name
            | Rule::resource_stmt
            | Rule::kw_resource
            | Rule::let_stmt
            | Rule::kw_let
            | Rule::policy
            | Rule::kw_policy
            | Rule::policy_body
            | Rule::policy_stmt
            | Rule::kw_allow
            | Rule::on_clause
            | Rule::kw_on
            | Rule::sid_clause
            | Rule::kw_sid
            | Rule::comment
            | Rule::eq
            | Rule::colon
            | Rule::comma
            | Rule::lbrace
            | Rule::rbrace
            | Rule::lbracket
            | Rule::rbracket
            | Rule::lparen
            | Rule::rparen
    )
}

/// The state of a walk through the tree.
pub(super) struct ErrorFinder {
    /// The file of the tree.
    pub file: FileId,
    /// The last place where something was missing.
    ///
    /// One message is enough for all that is missing in one place.
    pub missing_at: Option<(usize, Rule)>,
    /// The comments so far, each with its start and its end, in bytes.
    pub comments: Vec<(usize, usize)>,
    /// The item before was none; one message is enough for a run of them.
    pub after_misplaced: bool,
    /// The end, in bytes, of an entry that a message explains as a whole.
    pub silent_until: usize,
    /// The names under which the file uses others.
    pub aliases: Vec<String>,
}

impl ErrorFinder {
    fn reports(&mut self, node: SyntaxNode<'_>) -> [Option<Diagnostic>; 3] {
        [self.first_missing(node), self.foreign_syntax(node), self.unexpected(node)]
    }

    /// Returns the span of a node.
    pub fn span(&self, node: SyntaxNode<'_>) -> Span {
        Span::new(self.file, node.start(), node.end())
    }

    /// Returns the empty span at an offset.
    pub fn point(&self, at: usize) -> Span {
        Span::new(self.file, at, at)
    }

    /// Returns the end of the text before `at`, comments and blanks aside.
    ///
    /// A missing piece is reported there, and not on a later line.
    pub fn end_before(&self, node: SyntaxNode<'_>, at: usize) -> usize {
        let mut end = at;
        let mut comments = self.comments.iter().rev();
        loop {
            let before = node.source().get(..end).unwrap_or_default();
            end = before.trim_end_matches([' ', '\t', '\r', '\n']).len();
            match comments.find(|(_, close)| *close <= end) {
                Some((open, close)) if *close == end => end = *open,
                _ => return end,
            }
        }
    }

    /// Returns what was missing right before a node, which then needs no message.
    pub fn follows_missing(&self, node: SyntaxNode<'_>) -> Option<Rule> {
        let (at, rule) = self.missing_at?;
        let between = node.source().get(at..node.start())?;
        between.trim_matches([' ', '\t', '\r']).is_empty().then_some(rule)
    }
}
