//! Rewrites programs of earlier versions in the forms of this one.
//!
//! Only what means the same is rewritten. Where that cannot be seen in the file, there is advice.

use super::ast::Item;
use super::format::{FormatError, format};
use super::scan;
use super::stack;
use super::tree::{Rule, SyntaxNode, SyntaxTree};
use gpb_base::diag::{Diagnostic, Severity};
use gpb_base::source::{FileId, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// A program in the forms of this version.
#[derive(Debug, Clone, Default)]
pub struct UpgradedText {
    /// The text, formatted.
    pub text: String,
    /// Advice on what was left as it is; its places are in the text that was given.
    pub advice: Vec<Diagnostic>,
}

/// Names of functions of earlier versions, with those of today.
const RENAMED: [(&str, &str); 1] = [("given", "is_set")];
/// The names by which a program asks whether an optional value is there.
const ASKS: [&str; 2] = ["is_set", "given"];

/// Returns a text with the forms of earlier versions replaced, in gpb's style.
///
/// `imported` are the functions of the files it uses: one that has a former name of the language's is meant by it.
///
/// # Errors
/// As [`format()`] does.
pub fn upgrade(text: &str, imported: &[String]) -> Result<UpgradedText, FormatError> {
    rewrite(text, imported, false)
}

/// Returns the text of a file that others use with the forms of earlier versions replaced, in gpb's style.
///
/// Earlier versions knew no `pub`, and every item could be used elsewhere: all get it, unless some item has it already.
///
/// # Errors
/// As [`format()`] does.
pub fn upgrade_used(text: &str, imported: &[String]) -> Result<UpgradedText, FormatError> {
    rewrite(text, imported, true)
}

/// Returns the paths of the files whose functions a text calls by their own names.
pub fn uses_without_name(text: &str) -> Vec<String> {
    let items = super::parse(FileId(0), text).module.items.into_iter();
    let uses = items.filter_map(|item| match item {
        Item::Use(used) if used.alias.is_none() => Some(used.path),
        _ => None,
    });
    uses.collect()
}

/// Returns the names of the functions that a text declares, in its order.
pub fn functions(text: &str) -> Vec<String> {
    let items = super::parse(FileId(0), text).module.items.into_iter();
    let functions = items.filter_map(|item| match item {
        Item::Fn(function) => Some(function.name.text.to_string()),
        _ => None,
    });
    functions.collect()
}

/// Returns the paths that the `use`s of a text name, in its order.
pub fn uses(text: &str) -> Vec<String> {
    let items = super::parse(FileId(0), text).module.items.into_iter();
    let uses = items.filter_map(|item| match item {
        Item::Use(used) => Some(used.path),
        _ => None,
    });
    uses.collect()
}

fn rewrite(text: &str, imported: &[String], is_used: bool) -> Result<UpgradedText, FormatError> {
    // A text with mistakes is left alone, so its tree is not looked at.
    format(text)?;
    let (edits, advice) = find(text, imported, is_used).ok_or(FormatError::WouldChangeMeaning)?;
    let mut out = text.to_owned();
    for (range, with) in edits.into_iter().rev() {
        out.replace_range(range, &with);
    }
    Ok(UpgradedText { text: format(&out)?, advice })
}

/// A range of the text, and what is to stand there.
type Edit = (Range<usize>, String);

type Edits = BTreeMap<usize, Edit>;

/// Returns the replacements, in the order of the text, and the advice.
fn find(text: &str, imported: &[String], is_used: bool) -> Option<(Vec<Edit>, Vec<Diagnostic>)> {
    let depth = scan::scan(FileId(0), text).depth;
    stack::with_stack(depth, || {
        let tree = SyntaxTree::parse(text, false)?;
        let root = tree.root()?;
        let mut edits = Edits::new();
        let mut advice = Vec::new();
        if is_used && !root.has(Rule::kw_pub) {
            edits.extend(root.children().filter(|item| may_be_public(item.rule())).map(published));
        }
        let own = root.children().filter(|item| item.is(Rule::fn_item)).filter_map(name_of);
        let own: Vec<&str> = own.chain(imported.iter().map(String::as_str)).collect();
        for item in root.children() {
            let mut declared: Option<Declared<'_>> = None;
            for node in item.descendants() {
                match node.rule() {
                    Rule::postfix => edits.extend(renamed(node, &own)),
                    Rule::if_expr => {
                        let declared = declared.get_or_insert_with(|| Declared::of(item));
                        match declared.judge(node) {
                            Trick::Sure(range) => drop(edits.insert(range.start, (range, String::new()))),
                            Trick::Perhaps(name) => advice.push(perhaps(name)),
                            Trick::None => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        Some((edits.into_values().collect(), advice))
    })
}

/// Checks for an item that other files may use.
fn may_be_public(rule: Rule) -> bool {
    matches!(rule, Rule::const_item | Rule::fn_item | Rule::type_item | Rule::component_item | Rule::stack_item)
}

/// Returns the edit that makes an item public.
fn published(item: SyntaxNode<'_>) -> (usize, Edit) {
    (item.start(), (item.start()..item.start(), "pub ".to_owned()))
}

/// Returns the replacement of a call by a former name.
fn renamed(node: SyntaxNode<'_>, own: &[&str]) -> Option<(usize, Edit)> {
    let mut parts = node.children();
    let (name, args) = (parts.next()?, parts.next()?);
    let (_, new) = RENAMED.iter().find(|(old, _)| name.text() == *old && !own.contains(old))?;
    let is_call = name.is(Rule::name) && args.is(Rule::args);
    is_call.then(|| (name.start(), (name.start()..name.end(), (*new).to_owned())))
}

/// The verdict on an `if` whose last branch may be there only to give nothing.
enum Trick<'t> {
    /// It is: this range is to go.
    Sure(Range<usize>),
    /// It may be: the branch names an optional parameter.
    Perhaps(SyntaxNode<'t>),
    None,
}

/// The names that an item declares.
struct Declared<'t> {
    /// The optional parameters without a default.
    optional: Vec<&'t str>,
    /// The `let`s that say whether such a parameter is there, with its name.
    asking: Vec<(&'t str, &'t str)>,
    /// The number of declarations of each name.
    times: BTreeMap<&'t str, usize>,
}

impl<'t> Declared<'t> {
    fn of(item: SyntaxNode<'t>) -> Self {
        let mut declared = Declared { optional: Vec::new(), asking: Vec::new(), times: BTreeMap::new() };
        for node in item.descendants() {
            let names: Vec<&str> = match node.rule() {
                Rule::param_stmt | Rule::fn_param | Rule::let_stmt | Rule::resource_stmt => {
                    name_of(node).into_iter().collect()
                }
                Rule::labelled => {
                    node.children().filter(|child| child.is(Rule::name)).skip(1).map(SyntaxNode::text).collect()
                }
                Rule::list_for | Rule::for_stmt => node
                    .children()
                    .take_while(|child| !child.is(Rule::kw_in))
                    .filter(|child| child.is(Rule::name))
                    .map(SyntaxNode::text)
                    .collect(),
                _ => continue,
            };
            for name in &names {
                *declared.times.entry(name).or_default() += 1;
            }
            let Some(name) = names.first() else { continue };
            let is_param = matches!(node.rule(), Rule::param_stmt | Rule::fn_param);
            let ty = node.child(Rule::type_expr);
            if is_param && ty.is_some_and(|ty| ty.has(Rule::optional_mark)) && !node.has(Rule::eq) {
                declared.optional.push(name);
            }
            if node.is(Rule::let_stmt)
                && let Some(asked) = node.children().find(|child| child.is(Rule::chain)).and_then(asked)
            {
                declared.asking.push((name, asked));
            }
        }
        declared
    }

    fn judge(&self, node: SyntaxNode<'t>) -> Trick<'t> {
        let parts: Vec<SyntaxNode<'t>> = node.children().collect();
        let [.., before, kw_else, last] = parts.as_slice() else { return Trick::None };
        if !kw_else.is(Rule::kw_else) || !last.is(Rule::branch) {
            return Trick::None;
        }
        let Some(name) = only_name(*last).filter(|name| self.optional.contains(&name.text())) else {
            return Trick::None;
        };
        let conditions = parts.windows(2).filter_map(|pair| match pair {
            [word, condition] if word.is(Rule::kw_if) => Some(*condition),
            _ => None,
        });
        let once = |name: &str| self.times.get(name) == Some(&1);
        let says = |condition: SyntaxNode<'t>| {
            let through = self.asking.iter().find(|(asking, _)| condition.text() == *asking && once(asking));
            asked(condition).or(through.map(|(_, asked)| *asked)) == Some(name.text())
        };
        let commented = node.source().get(before.end()..last.end()).is_some_and(|text| text.contains("//"));
        if once(name.text()) && !commented && conditions.into_iter().any(says) {
            Trick::Sure(before.end()..last.end())
        } else {
            Trick::Perhaps(name)
        }
    }
}

/// Returns the name of an item, a parameter, a `let` or a resource.
fn name_of(node: SyntaxNode<'_>) -> Option<&str> {
    node.child(Rule::name).map(SyntaxNode::text)
}

/// Returns what a value is where that is one name and nothing else.
fn only_name(node: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let mut core = node;
    while !core.is(Rule::name) {
        let signs = [Rule::lbrace, Rule::rbrace, Rule::comment, Rule::compat_hash];
        let mut inside = core.children().filter(|part| !signs.contains(&part.rule()));
        core = inside
            .next()
            .filter(|_| matches!(core.rule(), Rule::branch | Rule::chain | Rule::free_chain | Rule::postfix))?;
        if inside.next().is_some() {
            return None;
        }
    }
    Some(core)
}

/// Returns the name that a condition asks for, in `is_set(name)`.
fn asked(condition: SyntaxNode<'_>) -> Option<&str> {
    let inner = ASKS.iter().find_map(|ask| condition.text().strip_prefix(ask))?;
    let name = inner.strip_prefix('(')?.strip_suffix(')')?.trim();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    is_name.then_some(name)
}

fn perhaps(name: SyntaxNode<'_>) -> Diagnostic {
    let span = Span::new(FileId(0), name.start(), name.end());
    let message = format!("this branch gives the optional parameter `{}`", name.text());
    let mut advice = Diagnostic::warning("GPB0076", message)
        .with_label(span, "absent where it was not given")
        .help("where it is only there to give nothing, leave out `else { … }`: `if c { v }` is absent where `c` does not hold");
    advice.severity = Severity::Advice;
    advice
}
