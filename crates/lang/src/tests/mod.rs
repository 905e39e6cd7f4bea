//! The promises of the language, as programs and their results.

mod components;
mod damaged;
mod dump;
mod environments;
mod facts;
mod files;
mod groups;
mod layers;
mod output_order;
mod pages;
mod references;
mod scale;
mod stacks;
mod values;

use super::{Compilation, CompileInputs, check as check_program, compile};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileContent, Loader, UnreadableFile};
use gpb_base::stdlib::Library;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Files in memory, named from the root.
#[derive(Debug, Default)]
struct Files(BTreeMap<String, String>);

impl Loader for Files {
    fn load(&self, _from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        match self.0.get(path) {
            Some(text) => Ok((path.to_owned(), text.as_str().into())),
            None => Err("there is no such file".to_owned()),
        }
    }

    fn read(&self, _from: &str, path: &str, _most: usize) -> Result<FileContent, UnreadableFile> {
        if path.starts_with("..") {
            return Err(UnreadableFile::outside("it leads out of the workspace"));
        }
        let missing =
            || UnreadableFile { beside: self.0.keys().cloned().collect(), ..UnreadableFile::new("no such file") };
        let bytes = self.0.get(path).ok_or_else(missing)?.as_bytes().into();
        Ok(FileContent { path: path.to_owned(), bytes })
    }
}

fn with_files<T>(
    files: &[(&str, &str)],
    library: &[(&str, &str)],
    run: impl FnOnce(&str, &CompileInputs<'_>) -> T,
) -> T {
    let loader = Files(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let library: Library = library.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect();
    run(files.first().map_or("", |(path, _)| path), &CompileInputs::embedded(&loader, &library))
}

/// The model of the only environment as text, or what is wrong.
fn model(source: &str) -> String {
    with_files(&[("main.gpb", source)], &[], |entry, inputs| shown(&compile(entry, inputs, None)))
}

/// Returns the diagnostics of a program, in all its environments.
fn check(source: &str) -> String {
    with_files(&[("main.gpb", source)], &[], |entry, inputs| wrong(&check_program(entry, inputs, None)))
}

fn shown(compilation: &Compilation) -> String {
    match compilation.model() {
        Some(model) if !compilation.has_errors() => dump::model(model),
        _ => wrong(compilation),
    }
}

/// One line a diagnostic, then its labels: what they point at and what they say.
fn wrong(compilation: &Compilation) -> String {
    let mut out = String::new();
    for diagnostic in &compilation.diagnostics {
        describe(&mut out, diagnostic, compilation);
    }
    out
}

fn describe(out: &mut String, diagnostic: &Diagnostic, compilation: &Compilation) {
    let _ = writeln!(out, "{} {}", diagnostic.code, diagnostic.message);
    for label in &diagnostic.labels {
        let (line, _) = compilation.sources.line_column(label.span);
        let text = compilation.sources.slice(label.span).lines().next().unwrap_or("");
        let _ = writeln!(out, "  {line}: `{text}` {}", label.text);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {help}");
    }
    if let Some(fix) = &diagnostic.fix {
        let _ = writeln!(out, "  fix: {} -> `{}`", compilation.sources.slice(fix.span), fix.replacement);
    }
}

/// A stack with one environment around it.
fn stack(body: &str) -> String {
    format!("stack demo {{\n{body}\n}}\n{}", environment(""))
}

fn environment(fields: &str) -> String {
    format!("environment test of demo {{\n  account = \"123456789012\"\n  region = us-east-1\n{fields}}}\n")
}
