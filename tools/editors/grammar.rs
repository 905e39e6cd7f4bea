//! The pest grammar as data, and its regular rules as regular expressions.

use pest_meta::ast::{Expr, Rule};
use pest_meta::parser::{self, Rule as MetaRule};
use std::collections::BTreeMap;

/// The dialect of regular expressions of an editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// TextMate's, as VS Code reads it.
    Oniguruma,
    /// Vim's, after `\v`.
    Vim,
}

/// The rules of the grammar by name.
pub struct Grammar {
    rules: BTreeMap<String, Expr>,
}

/// The maximum nesting of rules, in levels.
///
/// A deeper rule refers to itself and is not a regular expression.
const DEPTH: usize = 24;

impl Grammar {
    /// Parses the grammar.
    ///
    /// # Errors
    /// When pest cannot read it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pairs = parser::parse(MetaRule::grammar_rules, text).map_err(|error| error.to_string())?;
        let rules = parser::consume_rules(pairs).map_err(|errors| format!("{errors:?}"))?;
        Ok(Self { rules: rules.into_iter().map(|Rule { name, expr, .. }| (name, expr)).collect() })
    }

    /// Returns the names of the rules with a prefix: `kw_`, `op_`.
    pub fn named<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.rules.keys().map(String::as_str).filter(move |name| name.starts_with(prefix))
    }

    /// Returns a regular expression that matches any of these rules as the parser does.
    ///
    /// A rule of pest never backtracks into what it has matched, which an atomic group expresses.
    ///
    /// # Errors
    /// When a rule does not exist or is not regular.
    pub fn regex(&self, names: &[&str], dialect: Dialect) -> Result<String, String> {
        let written: Vec<String> = names.iter().map(|name| self.rule(name, dialect, 0)).collect::<Result<_, _>>()?;
        Ok(match written.as_slice() {
            [one] => one.clone(),
            several => group(&several.join("|"), dialect),
        })
    }

    fn rule(&self, name: &str, dialect: Dialect, depth: usize) -> Result<String, String> {
        if let Some(builtin) = builtin(name) {
            return Ok(builtin.to_owned());
        }
        if depth > DEPTH {
            return Err(format!("the rule `{name}` nests, so it is no regular expression"));
        }
        let expr = self.rules.get(name).ok_or_else(|| format!("the grammar has no rule `{name}`"))?;
        self.expr(expr, dialect, depth + 1).map(|inner| atomic(&inner, dialect))
    }

    fn expr(&self, expr: &Expr, dialect: Dialect, depth: usize) -> Result<String, String> {
        let of = |expr: &Expr| self.expr(expr, dialect, depth);
        let repeated = |expr: &Expr, sign: &str| of(expr).map(|inner| format!("{}{sign}", group(&inner, dialect)));
        match expr {
            Expr::Str(text) => Ok(escape(text, dialect)),
            // The grammar writes single characters as ranges, which pest matches faster.
            Expr::Range(low, high) if low == high => Ok(escape(low, dialect)),
            Expr::Range(low, high) => Ok(format!("[{}-{}]", in_class(low), in_class(high))),
            Expr::Ident(name) => self.rule(name, dialect, depth),
            Expr::Seq(left, right) => Ok(of(left)? + &of(right)?),
            Expr::Choice(left, right) => Ok(group(&format!("{}|{}", of(left)?, of(right)?), dialect)),
            Expr::Opt(inner) => repeated(inner, "?"),
            Expr::Rep(inner) => repeated(inner, "*"),
            Expr::RepOnce(inner) => repeated(inner, "+"),
            Expr::NegPred(inner) => of(inner).map(|inner| look(&inner, '!', dialect)),
            Expr::PosPred(inner) => of(inner).map(|inner| look(&inner, '=', dialect)),
            other => Err(format!("{other:?} has no regular expression")),
        }
    }
}

/// Returns pest's built-in rules, which are the same in both dialects.
fn builtin(name: &str) -> Option<&'static str> {
    Some(match name {
        "ANY" => ".",
        "ASCII_ALPHA" => "[A-Za-z]",
        "ASCII_DIGIT" => "[0-9]",
        "ASCII_ALPHANUMERIC" => "[A-Za-z0-9]",
        "EOI" => "$",
        _ => return None,
    })
}

pub fn group(inner: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Oniguruma => format!("(?:{inner})"),
        Dialect::Vim => format!("%({inner})"),
    }
}

fn atomic(inner: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Oniguruma => format!("(?>{inner})"),
        Dialect::Vim => format!("%({inner})@>"),
    }
}

fn look(inner: &str, sign: char, dialect: Dialect) -> String {
    match dialect {
        Dialect::Oniguruma => format!("(?{sign}{inner})"),
        Dialect::Vim => format!("%({inner})@{sign}"),
    }
}

/// Returns an end of a range as it is written between brackets, in both dialects.
fn in_class(end: &str) -> String {
    match end {
        "-" | "]" | "\\" | "^" => format!("\\{end}"),
        "\n" => "\\n".to_owned(),
        "\r" => "\\r".to_owned(),
        "\t" => "\\t".to_owned(),
        end => end.to_owned(),
    }
}

fn escape(text: &str, dialect: Dialect) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let special = match dialect {
            Dialect::Oniguruma => "\\^$.|?*+()[]{}",
            Dialect::Vim => "\\^$.|?*+()[]{}<>=@%&~/",
        };
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if special.contains(c) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}
