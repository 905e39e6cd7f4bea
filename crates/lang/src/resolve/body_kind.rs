//! The kinds of bodies, and the statements that belong in each.

use gpb_base::source::Span;
use gpb_syntax::ast::Stmt;

/// The kind of body that statements belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `stack name { … }`
    Stack,
    /// `layer name { … }`
    Layer,
    /// `component name { … }`
    Component,
    /// `resource type name { … }`
    Resource,
    /// The body of a component's use.
    Use,
    /// `environment name of stack { … }`
    Environment,
    /// `facts type { … }`
    Facts,
    /// `policy { … }`
    Policy,
    /// `policy name { … }`
    PolicyItem,
    /// `test "name" { … }`
    Test,
    /// Any other `{ … }`.
    Object,
}

impl BodyKind {
    /// Returns the noun, with its article, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            BodyKind::Stack => "a stack",
            BodyKind::Layer => "a layer",
            BodyKind::Component => "a component",
            BodyKind::Resource => "a resource",
            BodyKind::Use => "the use of a component",
            BodyKind::Environment => "an environment",
            BodyKind::Facts => "facts",
            BodyKind::Policy => "a policy document",
            BodyKind::PolicyItem => "a policy",
            BodyKind::Test => "a test",
            BodyKind::Object => "an object",
        }
    }

    /// Checks that its entries declare names.
    pub fn declares(self) -> bool {
        matches!(self, BodyKind::Stack | BodyKind::Layer | BodyKind::Component)
    }
}

/// Describes a misplaced statement: its name, its place, and where it belongs.
pub fn describe(stmt: &Stmt, place: BodyKind) -> (String, Span, String) {
    let belongs = |what: &str, span: Span, home: &str| (format!("`{what}`"), span, format!("it belongs in {home}"));
    let word =
        |whole: Span, keyword: &str| Span::new(whole.file, whole.range().start, whole.range().start + keyword.len());
    match stmt {
        Stmt::Param(binding) => belongs("param", binding.span, "a stack or a component, outside `for`, `if` and `in`"),
        Stmt::Let(binding) => belongs("let", binding.span, "a stack, a layer or a component"),
        Stmt::Output(binding) => belongs("output", binding.span, "a stack, a layer or a component, outside `for`"),
        Stmt::Layer(layer) => {
            belongs("layer", word(layer.span, "layer"), "a stack, side by side with the other layers, outside `for`")
        }
        Stmt::Resource(resource) => {
            let keyword = if resource.existing { "existing" } else { "resource" };
            belongs(keyword, word(resource.span, keyword), "a stack, a layer or a component")
        }
        Stmt::Field(field) => {
            let help = if matches!(field.head.text.as_str(), "allow" | "deny") {
                "statements stand in a policy document: `policy { allow … on … }`".to_owned()
            } else if place.declares() {
                format!("name a value with `let {} = …`", field.head.text)
            } else {
                "remove it".to_owned()
            };
            (format!("the field `{}`", field.head.text), field.head.span, help)
        }
        Stmt::Block(block) => (format!("the block `{}`", block.head.text), block.head.span, "remove it".to_owned()),
        Stmt::Policy(statement) => {
            let keyword = if statement.allow { "allow" } else { "deny" };
            belongs(keyword, word(statement.span, keyword), "a policy document")
        }
        Stmt::Spread { span, .. } => belongs("...", *span, "an object"),
        Stmt::When(when) => belongs("when", when.span, "the use of a component, or an object"),
        Stmt::For(group) => belongs("for", group.span, "a body or an object"),
        Stmt::If(group) => belongs("if", group.span, "a body or an object"),
        Stmt::In { span, .. } => belongs("in", *span, "a stack, a layer or a component"),
        Stmt::Extension { span, .. } => belongs("extend stack", *span, "the top of a file"),
        Stmt::After { span, .. } => belongs("after", *span, "a body, a resource or the use of a component"),
        Stmt::Protect { span, .. } => belongs("protect", *span, "a resource or the use of a component"),
        Stmt::Ignore { span, .. } => belongs("ignore", *span, "a resource"),
        Stmt::Keep { span, .. } => belongs("keep", *span, "a resource, the use of a component or a `removed`"),
        Stmt::ReplaceWhen { span, .. } => belongs("replace_when", *span, "a resource"),
        Stmt::Removed { span, .. } => belongs("removed", *span, "a stack or an environment"),
        Stmt::Replace { span, .. } => belongs("replace", *span, "a resource"),
        Stmt::Moved { span, .. } => belongs("moved", *span, "a stack or an environment"),
        Stmt::Override { span, .. } => belongs("override", *span, "an environment"),
        Stmt::Recover(recover) => {
            belongs("recover", recover.span, "an environment, a body, a resource or the use of a component")
        }
        Stmt::Derived { span, .. } => belongs("derived", *span, "a body, a resource or the use of a component"),
        Stmt::Budget(budget) => belongs("budget", budget.span, "an environment"),
        Stmt::Each(each) => belongs("each", word(each.span, "each"), "a policy: `policy name { each … }`"),
        Stmt::Expect(expect) => belongs("expect", word(expect.span, "expect"), "a test: `test \"…\" { expect … }`"),
        Stmt::Waive(waive) => {
            belongs("waive", waive.span, "a resource, the use of a component, a body or an environment")
        }
        Stmt::Require(require) => {
            let keyword = word(require.span, "require");
            belongs("require", keyword, "a stack, a layer, a component or a type")
        }
        Stmt::Needs { span, .. } => belongs("needs", *span, "a resource or the use of a component"),
    }
}
