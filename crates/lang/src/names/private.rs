//! The diagnostic for an item that its file keeps to itself.

use crate::modules::Program;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;

/// Returns the diagnostic for an item that another file uses although it is private: its name, and its source range.
pub fn private_item(program: &Program, kind: &str, used: &Ident, (declared, whole): (&Ident, Span)) -> Diagnostic {
    let path = program.sources.get(declared.span.file).map_or("", |file| file.path.as_str());
    let at = Span { end: whole.start, ..whole };
    let diagnostic = Diagnostic::error("GPB1020", format!("the {kind} `{}` is private to `{path}`", declared.text))
        .with_label(used.span, "used in another file")
        .with_label(declared.span, "declared here without `pub`");
    let module = program.module_of(declared.span.file).and_then(|module| program.get(module));
    if module.is_some_and(|loaded| loaded.of_package || loaded.std) {
        return diagnostic.help("use what the package offers instead");
    }
    diagnostic.help(format!("write `pub` before the {kind}, so that other files may use it")).fix(
        format!("make `{}` public", declared.text),
        at,
        "pub ",
    )
}
