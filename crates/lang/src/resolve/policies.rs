//! Resolves policies, the statements that waive them, and the packs that environments ask for.

use super::body_kind::BodyKind;
use super::resolver::{Resolver, suggest};
use super::ribs::{RibVar, ScopeRib, VarSource};
use super::word_reader::WordReader;
use crate::compile_context::dotted;
use crate::modules::ModuleId;
use crate::names::ItemKind;
use crate::policy_items::{self, FOLDER, PACKS, SETTINGS, STANDARD, is_day, is_of_any_type, plain_text};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::{Body, EachStmt, Expr, ExprKind, FieldStmt, Ident, Stmt, TextPart, WaiveStmt};

/// Returns the diagnostic for a field that is given twice.
fn twice(again: &Ident, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1409", format!("`{}` is given a value twice", again.text))
        .with_label(again.span, "given again here")
        .with_label(first, "first given here")
        .help("keep one of them")
}

impl<'p> Resolver<'_, 'p> {
    /// Resolves a policy.
    pub(super) fn policy_item(&mut self, policy: &'p Body) {
        self.placeless = true;
        let mut rules = 0;
        let mut given: Vec<&Ident> = Vec::new();
        for stmt in &policy.stmts {
            match stmt {
                Stmt::Each(each) => {
                    rules += 1;
                    self.each(each);
                }
                Stmt::Field(field) if field.value.is_missing() => {}
                Stmt::Field(field) => {
                    if let Some(first) = given.iter().find(|first| first.text == field.head.text) {
                        self.report(twice(&field.head, first.span));
                    } else {
                        given.push(&field.head);
                    }
                    self.setting(field);
                }
                other => self.misplaced(other, BodyKind::PolicyItem),
            }
        }
        if rules == 0 && !policy.name.text.is_empty() && !self.world.program.is_broken(policy.span) {
            let name = &policy.name.text;
            self.report(
                Diagnostic::error("GPB1922", format!("the policy `{name}` has no rule"))
                    .with_label(policy.name.span, "nothing is required here")
                    .help("write `each aws.service.type as r require … else \"…\"` in it"),
            );
        }
    }

    fn each(&mut self, each: &'p EachStmt) {
        let source = if is_of_any_type(each) {
            VarSource::AnyResource
        } else {
            self.world.check_type_name(&each.ty);
            VarSource::Resource(&each.ty)
        };
        if each.name.text.is_empty() {
            // What the expressions call it is not known.
            return;
        }
        self.value_name_alone(&each.name, "resource");
        let name = RibVar { name: &each.name.text, written: Some(each.name.span), source };
        self.ribs.push(ScopeRib::Vars(vec![name]));
        each.condition.iter().for_each(|condition| self.head(condition));
        for clause in &each.requires {
            self.head(&clause.condition);
            self.can_fail(&clause.condition, "what this rule requires");
            self.expr(&clause.reason, &WordReader::Nobody);
            self.says_something(&clause.reason, "the reason of a rule");
            if !matches!(*clause.reason.kind, ExprKind::Text(_) | ExprKind::Missing) {
                self.report(
                    Diagnostic::error("GPB1918", "the reason of a rule is a text")
                        .with_label(clause.reason.span, "expected a string in quotes")
                        .help("it may have parts in `${…}`, as in `\"${r.name} is not encrypted\"`"),
                );
            }
        }
        self.ribs.pop();
    }

    /// Checks that the resources that facts are about have a property.
    pub(super) fn property_of(&self, var: &RibVar<'p>, name: &Ident) {
        let VarSource::Resource(ty) = var.source else { return };
        // The library is checked as it is built: its types need not be decoded for a program.
        let is_own = self.world.program.get(self.module).is_some_and(|loaded| !loaded.std);
        let written = var.written.filter(|_| is_own && !name.text.is_empty() && name.text != "id");
        if let Some(def) = written.and_then(|_| self.world.def(&dotted(ty)?)) {
            self.property_in(&def.root, &def.name, name);
        }
    }

    /// Checks a field of a policy.
    fn setting(&self, field: &'p FieldStmt) {
        let name = field.head.text.as_str();
        let wrong = |message: &str, label: &str| {
            Diagnostic::error("GPB1918", message.to_owned()).with_label(field.value.span, label.to_owned())
        };
        let diagnostic = match (name, &*field.value.kind) {
            ("severity", ExprKind::Name(word)) if matches!(word.text.as_str(), "error" | "warning") => return,
            ("severity", ExprKind::Name(word)) => {
                let diagnostic = wrong("the severity of a policy is `error` or `warning`", "neither of the two");
                match nearest(&word.text, ["error", "warning"]) {
                    Some(near) => suggest(diagnostic, near, word.span),
                    None => diagnostic.help("what breaks an `error` is refused, what breaks a `warning` is reported"),
                }
            }
            ("severity", _) => wrong("the severity of a policy is `error` or `warning`", "expected one of the two"),
            ("help" | "source", _) if plain_text(&field.value).is_some() => return,
            ("help" | "source", _) => wrong(&format!("`{name}` of a policy is a text"), "expected a string in quotes"),
            _ => {
                let diagnostic = Diagnostic::error("GPB1918", format!("a policy has no field `{name}`"))
                    .with_label(field.head.span, "unknown field");
                match nearest(name, SETTINGS) {
                    Some(near) => suggest(diagnostic, near, field.head.span),
                    None => {
                        diagnostic.help("its fields are `severity`, `help` and `source`; a rule begins with `each`")
                    }
                }
            }
        };
        self.report(diagnostic);
    }

    /// Resolves `waive policy until "2027-01-31" because "…"`.
    pub(super) fn waive(&mut self, waive: &'p WaiveStmt) {
        self.waived_policy(&waive.policy, self.world.home_of(waive.span, self.module));
        self.waiver_text(&waive.until, "the day on which a waiver ends", is_day, "write a day as `\"2027-01-31\"`");
        let is_said = |text: &str| !text.trim().is_empty();
        self.waiver_text(&waive.because, "the reason of a waiver", is_said, "say why the policy need not hold here");
    }

    /// Reports a policy that is not there, or a name that two have.
    fn waived_policy(&self, used: &Ident, home: ModuleId) {
        let name = used.text.as_str();
        let found = policy_items::named(self.world, home, name);
        if found.len() == 1 || name.is_empty() {
            return;
        }
        if let [first, second, ..] = found.as_slice() {
            let names: Vec<String> =
                found.iter().filter_map(|policy| policy_items::name_of(self.world, home, policy)).collect();
            let diagnostic = Diagnostic::error("GPB1924", format!("there are several policies `{name}`"))
                .with_label(used.span, "one waiver is of one policy")
                .with_label(first.item.name.span, "one is here")
                .with_label(second.item.name.span, "one is here");
            return self.report(match names.as_slice() {
                [] => diagnostic.help("give one of them another name, or use its file under a name: `use \"…\" as pol`, and `waive pol.name`"),
                _ => diagnostic.help(format!("say which: `{}`", names.join("`, `"))),
            });
        }
        let known = || self.world.names.policies.iter();
        let plain = known().map(|policy| policy.item.name.text.to_string());
        let all = known().filter_map(|policy| policy_items::name_of(self.world, home, policy)).chain(plain);
        let all: Vec<String> = all.collect();
        let bare = name.rsplit('.').next().unwrap_or(name);
        let diagnostic = Diagnostic::error("GPB9023", format!("there is no policy `{name}` to waive"))
            .with_label(used.span, "unknown policy");
        let near = nearest(name, all.iter().map(String::as_str));
        self.report(match near {
            _ if self.world.names.is_of_library(ItemKind::Policy, bare) && !all.iter().any(|one| one == bare) => diagnostic
                .help("the library has it, and no environment asks for it: write `policies = standard` in the environment"),
            Some(near) => suggest(diagnostic, near, used.span),
            None => diagnostic.help("a waiver names the policy that its resources break, and only that"),
        });
    }

    /// Reports an empty reason or name.
    pub(super) fn says_something(&self, text: &Expr, what: &str) {
        let is_empty = match &*text.kind {
            ExprKind::Text(parts) => {
                parts.iter().all(|part| matches!(part, TextPart::Text(text) if text.trim().is_empty()))
            }
            _ => false,
        };
        if is_empty {
            self.report(
                Diagnostic::error("GPB1925", format!("{what} is empty"))
                    .with_label(text.span, "it says nothing")
                    .help("write for whoever meets it and does not know why it is there"),
            );
        }
    }

    fn waiver_text(&self, value: &Expr, what: &str, is_right: impl Fn(&str) -> bool, help: &str) {
        if value.is_missing() || plain_text(value).is_some_and(is_right) {
            return;
        }
        self.report(
            Diagnostic::error("GPB1921", format!("{what} is not right"))
                .with_label(value.span, "this is none")
                .help(help),
        );
    }

    /// Checks `policies = standard` of an environment; false where the field is a parameter of its stack.
    pub(super) fn asks_for_policies(&mut self, field: &'p FieldStmt, reader: &WordReader<'p>) -> bool {
        let is_param = matches!(reader, WordReader::Environment(_, index) if index.names.contains_key(PACKS));
        if field.head.text != PACKS || field.label.is_some() || is_param {
            return false;
        }
        let is_named = |value: &Expr| matches!(*value.kind, ExprKind::Name(_) | ExprKind::Missing);
        let is_list = matches!(&*field.value.kind, ExprKind::List(items) if items.iter().all(is_named));
        if !is_list && !is_named(&field.value) {
            self.report(
                Diagnostic::error("GPB1920", "an environment asks for policies by the names of their packs")
                    .with_label(field.value.span, "expected a name, or a list of names")
                    .help("write `policies = standard` for all, or `policies = [encryption, backups]`"),
            );
            return true;
        }
        for pack in policy_items::packs_in(&field.value) {
            self.pack(pack);
        }
        true
    }

    fn pack(&self, pack: &Ident) {
        let packs: Vec<&str> = self.world.program.library.packs().map(|(name, _)| name).collect();
        let name = pack.text.as_str();
        if name == STANDARD || packs.contains(&name) {
            return;
        }
        let diagnostic = Diagnostic::error("GPB1920", format!("there is no pack of policies `{name}`"))
            .with_label(pack.span, format!("no file of the library's folder `{FOLDER}`"));
        self.report(match nearest(name, packs.iter().copied().chain([STANDARD])) {
            Some(near) => suggest(diagnostic, near, pack.span),
            None => diagnostic.help(format!("the packs are `{}`; `{STANDARD}` is all of them", packs.join("`, `"))),
        });
    }
}
