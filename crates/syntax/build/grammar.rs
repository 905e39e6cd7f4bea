//! Turns the grammar into Rust: one function a rule, on bytes, with a look at the next byte before anything is tried.
//!
//! `pest_meta` reads, validates and optimises the grammar; the functions keep the meaning pest gives to its expressions. A
//! rule's function takes two facts of its caller as constants, so that each is compiled for the callers it has:
//! `A`, how it is spaced (0: blanks may stand between the parts, 1: they may not, 2: nor are nodes made inside), and
//! `Q`, whether it is quiet (inside a guard, where no nodes are made).

use pest_meta::ast::RuleType;
use pest_meta::optimizer::{OptimizedExpr as Expr, OptimizedRule};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

/// The text of the functions and of `enum Rule`.
pub fn generate(grammar: &str) -> io::Result<String> {
    let (_, rules) = pest_meta::parse_and_optimize(grammar).map_err(|errors| refuse(&format!("{errors:?}")))?;
    let mut writer = Writer { rules: by_name(&rules), sets: Vec::new() };
    let mut functions = String::new();
    for rule in &rules {
        functions.push_str(&writer.function(rule)?);
    }
    let made = rules.iter().filter(|rule| rule.ty != RuleType::Silent).map(|rule| format!("r#{}", rule.name));
    let made: Vec<String> = made.collect();
    let mut out = format!(
        "#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Rule {{ EOI, {} }}\n#[cfg(test)]\n\
         pub(crate) const ALL_RULES: &[Rule] = &[Rule::{}];\n",
        made.join(", "),
        made.join(", Rule::"),
    );
    out.push_str(
        "fn skip<const A: u8>(p: &mut Parser<'_>) -> bool { while A == 0 && r#WHITESPACE::<2, true>(p) {} true }\n",
    );
    out.push_str("fn r#EOI<const A: u8, const Q: bool>(p: &mut Parser<'_>) -> bool {\n");
    out.push_str("let open = p.open::<A, Q>(Rule::EOI); let matched = p.at_end(); p.close::<A, Q>(open, matched) }\n");
    out.push_str(&functions);
    for (at, set) in writer.sets.iter().enumerate() {
        let _ = writeln!(out, "static SET_{at}: [bool; 256] = {set:?};");
    }
    Ok(out)
}

fn by_name(rules: &[OptimizedRule]) -> BTreeMap<&str, &OptimizedRule> {
    rules.iter().map(|rule| (rule.name.as_str(), rule)).collect()
}

fn refuse(what: &str) -> io::Error {
    io::Error::other(format!("the grammar cannot be compiled: {what}"))
}

/// How the parts of an expression are read: constants of the function or of the rule.
#[derive(Clone, Copy)]
struct Mode {
    atomicity: &'static str,
    quiet: &'static str,
    /// Blanks may stand between the parts, if the caller's `A` says so.
    spaced: bool,
}

/// What the next byte must be for an expression to match.
#[derive(Clone)]
struct First {
    bytes: [bool; 256],
    /// The expression may match whatever follows.
    anything: bool,
}

impl First {
    fn of(wanted: impl Fn(u8) -> bool) -> Self {
        let mut bytes = [false; 256];
        for (slot, byte) in bytes.iter_mut().zip(0..=u8::MAX) {
            *slot = wanted(byte);
        }
        Self { bytes, anything: false }
    }

    fn nothing(anything: bool) -> Self {
        Self { bytes: [false; 256], anything }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.bytes.iter_mut().zip(other.bytes) {
            *mine |= theirs;
        }
    }
}

/// A rule that pest knows by itself, the code that reads it, and the bytes it may begin with.
type Builtin = (&'static str, &'static str, fn(&u8) -> bool);

const BUILTINS: [Builtin; 4] = [
    ("ANY", "p.any()", |_| true),
    ("ASCII_DIGIT", "p.byte(u8::is_ascii_digit)", u8::is_ascii_digit),
    ("ASCII_ALPHA", "p.byte(u8::is_ascii_alphabetic)", u8::is_ascii_alphabetic),
    ("ASCII_ALPHANUMERIC", "p.byte(u8::is_ascii_alphanumeric)", u8::is_ascii_alphanumeric),
];

struct Writer<'r> {
    rules: BTreeMap<&'r str, &'r OptimizedRule>,
    /// The distinct sets of bytes that guards look into.
    sets: Vec<[bool; 256]>,
}

impl Writer<'_> {
    fn function(&mut self, rule: &OptimizedRule) -> io::Result<String> {
        let (own, inner, spaced) = match rule.ty {
            RuleType::Normal => (Some("A"), "A", true),
            RuleType::Silent => (None, "A", true),
            RuleType::Atomic => (Some("A"), "2", false),
            RuleType::CompoundAtomic => (Some("1"), "1", false),
            RuleType::NonAtomic => (Some("0"), "0", true),
        };
        let body = self.code(&rule.expr, Mode { atomicity: inner, quiet: "Q", spaced })?;
        let name = &rule.name;
        let body = match own {
            None => body,
            Some(own) => format!(
                "let open = p.open::<{own}, Q>(Rule::r#{name}); let matched = {body}; p.close::<{own}, Q>(open, matched)"
            ),
        };
        Ok(format!("fn r#{name}<const A: u8, const Q: bool>(p: &mut Parser<'_>) -> bool {{ {body} }}\n"))
    }

    /// An expression of type `bool`: it either matches, or fails and leaves everything as it was.
    fn code(&mut self, expr: &Expr, mode: Mode) -> io::Result<String> {
        let Mode { atomicity, quiet, spaced } = mode;
        let skip = if spaced { format!("skip::<{atomicity}>(p) && ") } else { String::new() };
        Ok(match expr {
            Expr::Str(text) if text.is_empty() => "true".to_owned(),
            Expr::Str(text) => format!("p.string(&{:?})", text.as_bytes()),
            Expr::Range(from, to) => format!("p.byte(|byte| (b{from:?}[0]..=b{to:?}[0]).contains(byte))"),
            Expr::Ident(name) if name == "SOI" => "p.at_start()".to_owned(),
            Expr::Ident(name) => match BUILTINS.iter().find(|(builtin, ..)| builtin == name) {
                Some((_, code, _)) => (*code).to_owned(),
                None => format!("r#{name}::<{atomicity}, {quiet}>(p)"),
            },
            Expr::PosPred(inner) | Expr::NegPred(inner) => {
                let inner = self.guarded(inner, Mode { quiet: "true", ..mode })?;
                let sign = if matches!(expr, Expr::NegPred(_)) { "!" } else { "" };
                format!("({{ let mark = p.mark(); let seen = {inner}; p.back(mark); {sign}seen }})")
            }
            Expr::Seq(..) => {
                let mut parts = Vec::new();
                for part in spine(expr, |expr| if let Expr::Seq(a, b) = expr { Some((a, b)) } else { None }) {
                    parts.push(self.code(part, mode)?);
                }
                let between = if skip.is_empty() { " && ".to_owned() } else { format!(" && {skip}") };
                format!("({{ let mark = p.mark(); ({}) || p.back(mark) }})", parts.join(&between))
            }
            Expr::Choice(..) => {
                let mut ways = Vec::new();
                for way in spine(expr, |expr| if let Expr::Choice(a, b) = expr { Some((a, b)) } else { None }) {
                    ways.push(self.guarded(way, mode)?);
                }
                format!("({})", ways.join(" || "))
            }
            Expr::Opt(inner) => format!("({{ let _ = {}; true }})", self.guarded(inner, mode)?),
            Expr::Rep(inner) => {
                let inner = self.guarded(inner, mode)?;
                if spaced {
                    let again = format!("{{ let mark = p.mark(); ({skip}{inner}) || p.back(mark) }}");
                    format!("({{ if {inner} {{ while {again} {{}} }} true }})")
                } else {
                    format!("({{ while {inner} {{}} true }})")
                }
            }
            Expr::Skip(ends) => {
                let begins =
                    First::of(|byte| ends.iter().any(|end| end.bytes().next().is_none_or(|first| first == byte)));
                format!("p.skip_until(&SET_{}, &{ends:?})", self.set(begins.bytes))
            }
            other => return Err(refuse(&format!("{other} has no code"))),
        })
    }

    /// The code of an expression that may well fail, behind a look at the next byte.
    fn guarded(&mut self, expr: &Expr, mode: Mode) -> io::Result<String> {
        let code = self.code(expr, mode)?;
        let first = self.first(expr)?;
        let cheap = matches!(expr, Expr::Str(_) | Expr::Range(..)) || code.starts_with("p.");
        if cheap || first.anything {
            return Ok(code);
        }
        let at = self.set(first.bytes);
        Ok(format!("(p.next_in(&SET_{at}) && {code})"))
    }

    /// The number of a set of bytes.
    fn set(&mut self, bytes: [bool; 256]) -> usize {
        self.sets.iter().position(|set| *set == bytes).unwrap_or_else(|| {
            self.sets.push(bytes);
            self.sets.len() - 1
        })
    }

    fn first(&self, expr: &Expr) -> io::Result<First> {
        Ok(match expr {
            Expr::Str(text) => match text.bytes().next() {
                Some(wanted) => First::of(|byte| byte == wanted),
                None => First::nothing(true),
            },
            Expr::Range(from, to) => {
                let ends = from.bytes().next().zip(to.bytes().next()).filter(|_| from.is_ascii() && to.is_ascii());
                let (from, to) = ends.ok_or_else(|| refuse("a range of wide characters"))?;
                First::of(|byte| (from..=to).contains(&byte))
            }
            Expr::Ident(name) => match BUILTINS.iter().find(|(builtin, ..)| builtin == name) {
                Some((.., wanted)) => First::of(|byte| wanted(&byte)),
                None => self.first_of_rule(name)?,
            },
            Expr::PosPred(inner) => self.first(inner)?,
            Expr::NegPred(_) | Expr::Skip(_) => First { anything: true, ..First::of(|_| true) },
            Expr::Seq(head, rest) => {
                let mut first = self.first(head)?;
                // What a guard that only forbids lets through, and the blanks after an empty part, is for the rest to say.
                if matches!(**head, Expr::NegPred(_)) {
                    first = First::nothing(true);
                }
                if first.anything {
                    let rest = self.first(rest)?;
                    first.add(&rest);
                    first.add(&First::of(|byte| matches!(byte, b' ' | b'\t' | b'\r')));
                    first.anything = rest.anything;
                }
                first
            }
            Expr::Choice(one, other) => {
                let (mut first, other) = (self.first(one)?, self.first(other)?);
                first.add(&other);
                first.anything |= other.anything;
                first
            }
            Expr::Opt(inner) | Expr::Rep(inner) => First { anything: true, ..self.first(inner)? },
            other => return Err(refuse(&format!("{other} has no first byte"))),
        })
    }

    fn first_of_rule(&self, name: &str) -> io::Result<First> {
        if matches!(name, "SOI" | "EOI") {
            return Ok(First::nothing(true));
        }
        let rule = self.rules.get(name).ok_or_else(|| refuse(name))?;
        self.first(&rule.expr)
    }
}

/// The parts of a chain that leans to the right.
fn spine<'e>(expr: &'e Expr, split: impl Fn(&'e Expr) -> Option<(&'e Expr, &'e Expr)>) -> Vec<&'e Expr> {
    let (mut parts, mut rest) = (Vec::new(), expr);
    while let Some((head, tail)) = split(rest) {
        parts.push(head);
        rest = tail;
    }
    parts.push(rest);
    parts
}
