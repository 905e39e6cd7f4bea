//! Dumps a module's meaning as text: the abstract syntax without its spans.
//!
//! Two texts mean the same when their dumps are equal; the formatter checks itself by it, and tests read it.

use super::ast::{
    Arg, Binding, Body, Comprehension, EachStmt, ExpectStmt, Expected, Expr, ExprKind, FieldStmt, Ident, Item, Module,
    NamePath, PathSegment, PolicyStatement, RequireStmt, Stmt, TextPart, TypeExpr, TypeKind,
};
use std::fmt::Write as _;

pub(super) fn dump(module: &Module) -> String {
    let mut dump = TreeDump { out: String::new(), indent: 0 };
    dump.doc(module.doc.as_deref());
    for item in &module.items {
        dump.item(item);
    }
    dump.out
}

struct TreeDump {
    out: String,
    indent: usize,
}

impl TreeDump {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:width$}{text}", "", width = self.indent * 2);
    }

    fn doc(&mut self, doc: Option<&str>) {
        if let Some(doc) = doc {
            self.line(&format!("doc {doc:?}"));
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(used) => {
                let alias = used.alias.as_ref().map_or(String::new(), |alias| format!(" as {}", name(alias)));
                self.line(&format!("use {:?}{alias}", used.path));
            }
            Item::Const(binding) => self.binding(public(binding.public, "const"), binding),
            Item::Fn(item) => {
                self.doc(item.doc.as_deref());
                for param in &item.params {
                    self.doc(param.doc.as_deref());
                }
                let params: Vec<_> = item.params.iter().map(binding).collect();
                let result = item.result.as_ref().map_or(String::new(), |ty| format!(" -> {}", type_expr(ty)));
                let value = expr(&item.value);
                let head = public(item.public, "fn");
                self.line(&format!("{head} {}({}){result} = {value}", name(&item.name), params.join(", ")));
            }
            Item::Type(item) => {
                self.doc(item.doc.as_deref());
                let head = public(item.public, "type");
                self.line(&format!("{head} {} = {}", name(&item.name), type_expr(&item.ty)));
            }
            Item::Component(body) => self.body(public(body.public, "component"), body),
            Item::Stack(body) => self.body(public(body.public, "stack"), body),
            Item::Extend(body) => self.body("extend stack", body),
            Item::Facts(facts) => {
                self.doc(facts.doc.as_deref());
                self.line(&format!("facts {}", path(&facts.ty)));
                self.stmts(&facts.stmts);
            }
            Item::Policy(body) => self.body("policy", body),
            Item::Test { of, body } => {
                let of = of.as_ref().map_or(String::new(), |of| format!(" of {}", name(of)));
                self.body(&format!("test{of}"), body);
            }
            Item::Environment { of, body } => self.body(&format!("environment of {}", name(of)), body),
        }
    }

    fn body(&mut self, head: &str, body: &Body) {
        self.doc(body.doc.as_deref());
        self.line(&format!("{head} {}", name(&body.name)));
        self.stmts(&body.stmts);
    }

    fn binding(&mut self, head: &str, of: &Binding) {
        self.doc(of.doc.as_deref());
        self.line(&format!("{head} {}", binding(of)));
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        self.indent += 1;
        for stmt in stmts {
            self.stmt(stmt);
        }
        self.indent -= 1;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Param(binding) => self.binding("param", binding),
            Stmt::Let(binding) => self.binding("let", binding),
            Stmt::Output(binding) => self.binding("output", binding),
            Stmt::Field(field) => {
                self.doc(field.doc.as_deref());
                self.line(&format!("field {}", pair(field)));
            }
            Stmt::When(when) => {
                let actions: Vec<_> = when.actions.iter().map(pair).collect();
                let test = format!("{} {} {}", expr(&when.metric), when.op.symbol(), expr(&when.threshold));
                self.line(&format!("when {test} [{}]", actions.join(", ")));
            }
            Stmt::Spread { value, .. } => self.line(&format!("spread {}", expr(value))),
            Stmt::Policy(statement) => self.line(&policy(statement)),
            Stmt::After { paths, .. } => self.line(&format!("after {}", path_list(paths))),
            Stmt::Ignore { paths, .. } => self.line(&format!("ignore {}", path_list(paths))),
            Stmt::Protect { word, .. } => self.line(&format!("protect {}", name(word))),
            Stmt::Keep { word, .. } => {
                self.line(&word.as_ref().map_or("keep".to_owned(), |word| format!("keep {}", name(word))));
            }
            Stmt::ReplaceWhen { value, .. } => self.line(&format!("replace_when {} changes", expr(value))),
            Stmt::Replace { word, .. } => self.line(&format!("replace {}", name(word))),
            Stmt::Budget(budget) => {
                let at = budget.at.as_ref().map_or(String::new(), |(at, of)| format!(" at {} {}", expr(at), name(of)));
                self.line(&format!("budget{at} {} per {}", expr(&budget.amount), name(&budget.per)));
            }
            Stmt::Needs { amount, what, of, .. } => {
                self.line(&format!("needs {} {} of {}", expr(amount), name(what), path(of)));
            }
            Stmt::Each(each) => self.each(each),
            Stmt::Expect(expect) => self.expect(expect),
            Stmt::Waive(waive) => {
                let (until, because) = (expr(&waive.until), expr(&waive.because));
                self.line(&format!("waive {} until {until} because {because}", name(&waive.policy)));
            }
            Stmt::Require(require) => self.line(&requirement(require)),
            Stmt::Moved { from, to, .. } => self.line(&format!("moved {} to {}", path(from), path(to))),
            _ => self.nest(stmt),
        }
    }

    fn expect(&mut self, expect: &ExpectStmt) {
        let what = match &expect.what {
            Expected::Condition(condition) => expr(condition),
            Expected::Code { no, kind, code } => {
                let no = if no.is_some() { "no " } else { "" };
                format!("{no}{} {}", name(kind), name(code))
            }
        };
        let why = expect.why.as_ref().map_or(String::new(), |why| format!(" else {}", expr(why)));
        self.line(&format!("expect {what}{why}"));
    }

    fn each(&mut self, each: &EachStmt) {
        let condition = each.condition.as_ref().map_or(String::new(), |condition| format!(" if {}", expr(condition)));
        self.line(&format!("each {} as {}{condition}", path(&each.ty), name(&each.name)));
        for require in &each.requires {
            self.line(&format!("  require {} else {}", expr(&require.condition), expr(&require.reason)));
        }
    }

    /// Dumps statements with statements inside.
    #[expect(clippy::too_many_lines, reason = "one arm for each statement")]
    fn nest(&mut self, stmt: &Stmt) {
        let place = |place: Option<&Expr>| place.map_or(String::new(), |place| format!(" in {}", expr(place)));
        match stmt {
            Stmt::Layer(layer) => {
                self.doc(layer.doc.as_deref());
                let uses: Vec<_> = layer.uses.iter().map(name).collect();
                let head = format!("layer {} uses [{}]", name(&layer.name), uses.join(", "));
                self.line(&format!("{head}{}", place(layer.place.as_ref())));
                self.stmts(&layer.stmts);
            }
            Stmt::Resource(resource) => {
                self.doc(resource.doc.as_deref());
                let head = if resource.existing { "existing" } else { "resource" };
                let place = place(resource.place.as_ref());
                self.line(&format!("{head} {} {}{place}", path(&resource.ty), name(&resource.name)));
                self.stmts(&resource.stmts);
            }
            Stmt::Block(block) => {
                self.doc(block.doc.as_deref());
                let label = block.label.as_ref().map_or(String::new(), |label| format!(" {}", name(label)));
                self.line(&format!("block {}{label}{}", name(&block.head), place(block.place.as_ref())));
                self.stmts(&block.stmts);
            }
            Stmt::For(each) => {
                let names: Vec<_> = each.names.iter().map(name).collect();
                let key = each.key.as_ref().map_or(String::new(), |key| format!(" key {}", expr(key)));
                self.line(&format!("for {} in {}{key}", names.join(", "), expr(&each.over)));
                self.stmts(&each.stmts);
            }
            Stmt::If(test) => {
                self.line(&format!("if {}", expr(&test.condition)));
                self.stmts(&test.then);
                if !test.otherwise.is_empty() {
                    self.line("else");
                    self.stmts(&test.otherwise);
                }
            }
            Stmt::In { place, stmts, .. } => {
                self.line(&format!("in {}", expr(place)));
                self.stmts(stmts);
            }
            Stmt::Extension { stmts, .. } => {
                self.line("extension");
                self.stmts(stmts);
            }
            Stmt::Recover(recover) => {
                let domains: Vec<_> = recover.domains.iter().map(name).collect();
                self.line(&format!("recover from {}", domains.join(", ")));
                self.stmts(&recover.stmts);
            }
            Stmt::Derived { from, stmts, .. } => {
                self.line(&format!("derived from {}", path(from)));
                self.stmts(stmts);
            }
            Stmt::Removed { path: of, stmts, .. } => {
                self.line(&format!("removed {}", path(of)));
                self.stmts(stmts);
            }
            Stmt::Override { path: of, stmts, .. } => {
                self.line(&format!("override {}", path(of)));
                self.stmts(stmts);
            }
            _ => {}
        }
    }
}

/// Returns the head of an item, with `pub` where it is public.
fn public(public: bool, head: &'static str) -> &'static str {
    match head {
        "const" if public => "pub const",
        "fn" if public => "pub fn",
        "type" if public => "pub type",
        "component" if public => "pub component",
        "stack" if public => "pub stack",
        _ => head,
    }
}

fn name(name: &Ident) -> String {
    match (name.quoted, name.text.is_empty()) {
        (true, _) => format!("{:?}", name.text),
        (false, true) => "<missing>".to_owned(),
        (false, false) => name.text.to_string(),
    }
}

fn path(path: &NamePath) -> String {
    let mut out = String::new();
    for segment in &path.segments {
        match segment {
            PathSegment::Name(of) => {
                out.push_str(if out.is_empty() { "" } else { "." });
                out.push_str(&name(of));
            }
            PathSegment::Index(index) => {
                let _ = write!(out, "[{}]", expr(index));
            }
        }
    }
    out
}

fn path_list(paths: &[NamePath]) -> String {
    paths.iter().map(path).collect::<Vec<_>>().join(", ")
}

fn binding(of: &Binding) -> String {
    let ty = of.ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_expr(ty)));
    let value = of.value.as_ref().map_or(String::new(), |value| format!(" = {}", expr(value)));
    let after = if of.after.is_empty() { String::new() } else { format!(" after {}", path_list(&of.after)) };
    format!("{}{ty}{value}{after}", name(&of.name))
}

fn pair(field: &FieldStmt) -> String {
    let label = field.label.as_ref().map_or(String::new(), |label| format!(" {}", name(label)));
    format!("{}{label} = {}", name(&field.head), expr(&field.value))
}

fn type_expr(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeKind::Named { name: of, args } if args.is_empty() => name(of),
        TypeKind::Named { name: of, args } => format!("{}<{}>", name(of), join(args, type_expr)),
        TypeKind::Optional(inner) => format!("({})?", type_expr(inner)),
        TypeKind::Words(words) => format!("words({})", join(words, name)),
        TypeKind::Bounded { of, bounds } => format!("bounded({} {})", type_expr(of), expr(bounds)),
        TypeKind::Object { fields, requires } => {
            let field = |field: &Binding| match &field.doc {
                Some(doc) => format!("doc {doc:?} {}", binding(field)),
                None => binding(field),
            };
            let parts: Vec<String> = fields.iter().map(field).chain(requires.iter().map(requirement)).collect();
            format!("{{{}}}", parts.join(", "))
        }
        TypeKind::Missing => "<missing>".to_owned(),
    }
}

fn requirement(of: &RequireStmt) -> String {
    format!("require {} else {}", expr(&of.condition), expr(&of.reason))
}

fn join<T>(values: &[T], text: impl FnMut(&T) -> String) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn expr(value: &Expr) -> String {
    match &*value.kind {
        ExprKind::Number(amount) => amount.to_string(),
        ExprKind::Quantity { amount, unit } => format!("<{amount} {}>", unit.text),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "none".to_owned(),
        ExprKind::Text(parts) => {
            let part = |part: &TextPart| match part {
                TextPart::Text(text) => format!("{text:?}"),
                TextPart::Interpolation(value) => format!("${{{}}}", expr(value)),
            };
            format!("text({})", join(parts, part))
        }
        ExprKind::Name(of) => name(of),
        ExprKind::Tagged { tag, value } => format!("tagged({} {})", name(tag), expr(value)),
        ExprKind::Spread(value) => format!("...{}", expr(value)),
        ExprKind::List(values) => format!("[{}]", join(values, expr)),
        ExprKind::Object(stmts) => {
            let mut inner = TreeDump { out: String::new(), indent: 0 };
            inner.stmts(stmts);
            format!("{{{}}}", inner.out.trim_end().replace('\n', ";"))
        }
        ExprKind::Call { callee, args } => {
            let arg = |arg: &Arg| match &arg.name {
                Some(of) => format!("{}: {}", name(of), expr(&arg.value)),
                None => expr(&arg.value),
            };
            format!("{}({})", name(callee), join(args, arg))
        }
        ExprKind::Member { of, name: member, optional } => {
            format!("{}{}{}", expr(of), if *optional { "?." } else { "." }, name(member))
        }
        ExprKind::Index { of, index } => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::Not(inner) => format!("(! {})", expr(inner)),
        ExprKind::Negate(inner) => format!("(- {})", expr(inner)),
        ExprKind::Binary { op, left, right } => format!("({} {} {})", expr(left), op.symbol(), expr(right)),
        ExprKind::Range { low, high } => format!("({}..{})", expr(low), expr(high)),
        ExprKind::If { condition, then, otherwise } if otherwise.is_omitted() => {
            format!("if({}, {})", expr(condition), expr(then))
        }
        ExprKind::If { condition, then, otherwise } => {
            format!("if({}, {}, {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Comprehension(of) => comprehension(of),
        ExprKind::Policy(statements) => {
            let mut inside = TreeDump { out: String::new(), indent: 0 };
            inside.stmts(statements);
            format!("policy({})", inside.out.lines().map(str::trim).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Missing => "<missing>".to_owned(),
    }
}

fn comprehension(of: &Comprehension) -> String {
    let names = join(&of.names, name);
    let filter = of.condition.as_ref().map_or(String::new(), |condition| format!(" if {}", expr(condition)));
    let key = of.key.as_ref().map_or(String::new(), |key| format!("{} = ", expr(key)));
    format!("for({names} in {}{filter}: {key}{})", expr(&of.over), expr(&of.value))
}

fn policy(of: &PolicyStatement) -> String {
    let principals =
        join(&of.principals.values, |principal| format!("{} {}", name(&principal.kind), join(&principal.values, expr)));
    let not = |not: Option<gpb_base::source::Span>| if not.is_some() { "not " } else { "" };
    let mut when = TreeDump { out: String::new(), indent: 0 };
    when.stmts(of.conditions.as_ref().map_or(&[], |when| when.stmts.as_slice()));
    format!(
        "{} {}[{}] to {}[{principals}] on {}[{}] when {{{}}}{}",
        if of.allow { "allow" } else { "deny" },
        not(of.actions.not),
        join(&of.actions.values, expr),
        not(of.principals.not),
        not(of.resources.not),
        join(&of.resources.values, expr),
        when.out.trim_end().replace('\n', ";"),
        of.sid.as_ref().map_or(String::new(), |sid| format!(" sid {}", expr(sid))),
    )
}
