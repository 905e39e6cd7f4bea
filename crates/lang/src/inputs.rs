//! Inputs from outside: the values that a command line gives parameters, and the variables of the process's environment.

use super::builtins::sha256;
use super::compile_context::CompileContext;
use super::literal;
use super::names::GlobalItem;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::{FileId, SourceMap, Span};
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Input, InputSource};
use gpb_syntax::ast::Body;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The mark before a text that says in which order its bytes stand.
const MARK: char = '\u{feff}';

/// The function that reads a variable of the process's environment.
pub(crate) const VARIABLE: &str = "env";

/// Holds what a command gives a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgramInputs {
    /// The values of parameters, in the order they are given.
    pub set: Vec<SetInput>,
    /// The variables of the process's environment, by name.
    pub variables: BTreeMap<String, String>,
    /// A variable that is not set here may be set where the program will be run, so nothing is said about it.
    pub is_open: bool,
}

/// A value that the command line gives a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetInput {
    /// The name of the parameter.
    pub name: String,
    /// The text of the value.
    pub text: String,
    /// The path of the file that the text was read from.
    pub file: Option<String>,
}

impl ProgramInputs {
    /// Holds nothing.
    pub const NONE: Self = Self { set: Vec::new(), variables: BTreeMap::new(), is_open: false };
}

impl SetInput {
    /// Returns it as a plan keeps it.
    pub fn recorded(&self) -> Input {
        let (source, value) = match &self.file {
            Some(_) => (InputSource::File, sha256(&self.text)),
            None => (InputSource::Set, self.text.clone()),
        };
        Input { name: self.name.clone(), source, path: self.file.clone(), value: Some(value) }
    }
}

/// A value that the command line gives a parameter, with its place among the sources.
#[derive(Debug)]
pub(crate) struct PlacedInput {
    /// The value as it was given.
    pub given: SetInput,
    text: Arc<str>,
    file: FileId,
    /// The start of the value, in bytes.
    from: usize,
}

/// Holds the inputs of one compilation, with their places among its sources.
#[derive(Debug, Default)]
pub struct PlacedInputs {
    set: Vec<PlacedInput>,
    /// The variables of the process's environment, by name.
    pub variables: BTreeMap<String, String>,
    /// A variable that is not set here may be set elsewhere.
    pub is_open: bool,
}

impl PlacedInputs {
    /// Gives the inputs places among the sources, so that messages can show them.
    pub fn new(given: &ProgramInputs, sources: &mut SourceMap) -> Self {
        let placed = |given: &SetInput| {
            let (path, text, from) = match &given.file {
                // The mark of some editors before a text is no part of it.
                Some(path) => {
                    (path.as_str(), given.text.clone(), if given.text.starts_with(MARK) { MARK.len_utf8() } else { 0 })
                }
                None => ("--set", format!("{}={}", given.name, given.text), given.name.len() + 1),
            };
            let text: Arc<str> = text.into();
            PlacedInput { given: given.clone(), file: sources.add(path, text.clone()), text, from }
        };
        let set = given.set.iter().map(placed).collect();
        Self { set, variables: given.variables.clone(), is_open: given.is_open }
    }

    /// Returns what a parameter is set to.
    pub(crate) fn of_param(&self, name: &str) -> Option<&PlacedInput> {
        self.set.iter().find(|input| input.given.name == name)
    }

    /// Returns what was set of parameters of these names, as a plan keeps it.
    pub fn recorded(&self, is_param: impl Fn(&str) -> bool) -> impl Iterator<Item = Input> {
        self.set.iter().filter(move |input| is_param(&input.given.name)).map(|input| input.given.recorded())
    }
}

impl PlacedInput {
    /// Returns the place of the parameter's name.
    pub fn name_span(&self) -> Span {
        // A file holds the value alone.
        let end = if self.given.file.is_some() { 0 } else { self.from.saturating_sub(1) };
        Span::new(self.file, 0, end)
    }

    /// Returns the place of the value.
    pub fn value_span(&self) -> Span {
        Span::new(self.file, self.from, self.text.len())
    }

    /// Returns the value as it is read where the type is expected; it has not been held against it.
    ///
    /// # Errors
    /// The mistake in the text.
    pub fn read(&self, ty: &Type) -> Result<Value, Vec<Diagnostic>> {
        let text = self.text.get(self.from..).unwrap_or_default();
        let source = InputText { text, file: self.file, whole: &self.text, from: self.from };
        // A file holds a text as it is; in a shell, quotes mark where one begins and ends.
        if self.given.file.is_some() && is_string(ty) { Ok(source.as_text()) } else { read_as(ty, &source) }
    }
}

/// The text of a value from outside, with its place in a source.
pub(crate) struct InputText<'a> {
    /// The text of the value.
    pub text: &'a str,
    /// The source.
    pub file: FileId,
    /// The text of the whole source, which ends with that of the value.
    pub whole: &'a str,
    /// The start of the value, in bytes.
    pub from: usize,
}

impl InputText<'_> {
    fn as_text(&self) -> Value {
        Value::text(self.text, self.span())
    }

    fn span(&self) -> Span {
        Span::new(self.file, self.from, self.whole.len())
    }
}

/// Checks whether a value from outside is the text as it is: that of a string, and one that no type says how to read.
fn is_string(ty: &Type) -> bool {
    matches!(ty.required(), Type::String | Type::Any)
}

/// Reads the text of a value from outside: a string as it is, anything else as it would be written in a program.
///
/// # Errors
/// The mistake in the text.
pub(crate) fn read_as(ty: &Type, input: &InputText<'_>) -> Result<Value, Vec<Diagnostic>> {
    let text = input.text;
    let is_quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    let required = ty.required();
    if (required.is_text() || is_string(ty)) && !is_quoted {
        if is_string(ty) {
            return Ok(input.as_text());
        }
        // A line end behind a region or an ARN is none of it.
        let text = text.trim();
        // A region is looked up where it is a word, as it would be in a program.
        let is_place = matches!(required, Type::Region | Type::Zone);
        return Ok(if is_place { Value::word(text, input.span()) } else { Value::text(text, input.span()) });
    }
    let read = gpb_syntax::parse_value(input.file, input.whole, input.from);
    let read = read.and_then(|expr| literal::value(&expr).map_err(|diagnostic| vec![diagnostic]));
    match read {
        // Nothing is in scope of which a word could be the name.
        Ok(value) if !takes_words(required) => Ok(match &value.kind {
            ValueKind::Word(word) => Value::text(word.text.clone(), value.span),
            _ => value,
        }),
        read => read,
    }
}

/// Checks whether a word means something where a type is expected.
fn takes_words(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Words(_) | Type::Region | Type::Zone | Type::Place)
}

/// Checks whether a secret is in values of a type.
pub fn holds_secret(ty: &Type) -> bool {
    match ty.required() {
        Type::Secret => true,
        Type::List(of) | Type::Map(of) | Type::Range(of) => holds_secret(of),
        Type::Object(object) => object.fields.values().any(|field| holds_secret(&field.ty)),
        _ => false,
    }
}

impl<'p> CompileContext<'p> {
    /// Reports values that are given to no parameter of the stacks that are looked at, or twice.
    pub fn check_inputs(&self, stacks: &[GlobalItem<'p, Body>]) {
        let params: Vec<&str> = stacks.iter().flat_map(|stack| params_of(stack.item)).collect();
        for (at, input) in self.inputs.set.iter().enumerate() {
            let name = input.given.name.as_str();
            let option = if input.given.file.is_some() { "--set-file" } else { "--set" };
            if let Some(first) = self.inputs.set.iter().take(at).find(|first| first.given.name == name) {
                self.reports.add(
                    Diagnostic::error("GPB1504", format!("`{name}` is set twice on the command line"))
                        .with_label(input.name_span(), "set again here")
                        .with_label(first.name_span(), "first set here")
                        .help("leave one of the two"),
                );
            }
            if stacks.is_empty() || params.contains(&name) {
                continue;
            }
            let message = match stacks {
                [stack] => format!("the stack `{}` has no parameter `{name}`", stack.item.name.text),
                _ => format!("no stack has a parameter `{name}`"),
            };
            let diagnostic = Diagnostic::error("GPB1503", message)
                .with_label(input.name_span(), format!("`{option}` gives a parameter of the stack its value"));
            let diagnostic = match stacks {
                [stack] => diagnostic.with_label(stack.item.name.span, "its parameters are declared here"),
                _ => diagnostic,
            };
            self.reports.add(match nearest(name, params.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if params.is_empty() => diagnostic.help("it has none"),
                None => diagnostic.help(format!("it has {}", params.join(", "))),
            });
        }
    }
}

/// Returns the names of a stack's parameters.
fn params_of(stack: &Body) -> impl Iterator<Item = &str> {
    stack.stmts.iter().filter_map(|stmt| match stmt {
        gpb_syntax::ast::Stmt::Param(binding) => Some(binding.name.text.as_str()),
        _ => None,
    })
}
