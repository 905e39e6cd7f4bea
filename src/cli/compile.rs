//! From a spec's path to its model; `gpb check`.

use crate::analysis;
use crate::cli::{Session, exit::Exit, file_loader::FileLoader};
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_catalog::TypeLookup;
use gpb_check as check;
use gpb_check::recovery;
use gpb_check::recovery::RecoveryReport;
use gpb_lang as lang;
use gpb_lang::{Compilation, FactProgram};
use gpb_model::Model;
use gpb_model::graph::Graph;
use gpb_model::{CompiledEnvironment, UsageTier};
use rust_decimal::Decimal;
use std::path::Path;

/// A program without errors.
pub struct CompiledProgram {
    pub model: Model,
    pub graph: Graph,
    pub sources: SourceMap,
    /// What it was warned of, for machines; people have read it.
    pub warnings: Vec<Diagnostic>,
    /// The facts of the program, to ask about resources other than its own.
    pub facts: FactProgram,
}

/// A program whose language is right, with the environment under each of its budgets.
pub struct UsageModels {
    pub model: Model,
    pub tiers: Vec<UsageTier>,
    pub sources: SourceMap,
}

impl Session {
    pub fn inputs(&self) -> lang::CompileInputs<'_> {
        lang::CompileInputs {
            loader: &FileLoader,
            library: &self.library,
            catalog: Catalog::embedded(),
            facts: &lang::EmbeddedCloudFacts,
        }
    }

    /// Compiles a spec for a check to look at, under another usage where one is given. What the checks themselves find is
    /// not reported: whoever asks for a table wants to see it, and why a target or a budget is missed, too.
    ///
    /// # Errors
    /// The exit code of the command, after the diagnostics have been printed.
    pub fn usage_models(&self, spec: &Path, at: Option<&(String, Decimal)>) -> Result<UsageModels, Exit> {
        let entry = spec.display().to_string();
        let inputs = self.inputs();
        let mut compilation = match at {
            None => lang::compile(&entry, &inputs, self.common.env.as_deref()),
            Some(at) => lang::compile_at(&entry, &inputs, self.common.env.as_deref(), at),
        };
        analysis::graphs(&mut compilation, TYPES);
        let failed = compilation.has_errors();
        match compilation.models.pop() {
            Some(CompiledEnvironment { model, tiers }) if !failed => {
                Ok(UsageModels { model, tiers, sources: compilation.sources })
            }
            _ => {
                self.diagnostics(&compilation.diagnostics, &compilation.sources);
                Err(Exit::Refused)
            }
        }
    }

    /// Compiles the chosen environment of a spec.
    ///
    /// # Errors
    /// The exit code of the command, after the diagnostics have been printed. Warnings are printed in any case.
    pub fn compile(&self, spec: &Path) -> Result<CompiledProgram, Exit> {
        let mut compilation = lang::compile(&spec.display().to_string(), &self.inputs(), self.common.env.as_deref());
        let graphs = analysis::analyze(&mut compilation, &self.library, TYPES, &super::cost::today());
        let compiled = self.finish(compilation, graphs)?;
        if !self.common.json {
            self.show(&compiled.warnings, &compiled.sources);
        }
        Ok(compiled)
    }

    /// Compiles the chosen environment of a spec, whatever the checks of its goals say.
    ///
    /// # Errors
    /// As [`Session::compile`].
    pub fn compile_without_checks(&self, spec: &Path) -> Result<CompiledProgram, Exit> {
        let mut compilation = lang::compile(&spec.display().to_string(), &self.inputs(), self.common.env.as_deref());
        let graphs = analysis::graphs(&mut compilation, TYPES);
        self.finish(compilation, graphs)
    }

    fn finish(&self, mut compilation: Compilation, graphs: Vec<Graph>) -> Result<CompiledProgram, Exit> {
        let failed = compilation.has_errors();
        match (compilation.models.pop(), graphs.into_iter().next_back()) {
            (Some(CompiledEnvironment { model, .. }), Some(graph)) if !failed => {
                let Compilation { sources, diagnostics: warnings, facts, .. } = compilation;
                Ok(CompiledProgram { model, graph, sources, warnings, facts })
            }
            _ => {
                self.diagnostics(&compilation.diagnostics, &compilation.sources);
                Err(Exit::Refused)
            }
        }
    }
}

/// Judges whether an environment can meet its recovery targets.
pub fn recover<'a>(compiled: &'a CompiledProgram, library: &'a Library, day: &'a str) -> RecoveryReport<'a> {
    let inputs = check::EstimateInputs { library, facts: &compiled.facts, types: TYPES, day };
    check::with_prices(&compiled.model, &compiled.graph, &inputs, |given| {
        let found = recovery::check(given);
        // Asked for so that each is priced, those too that only the chain behind a verdict shows.
        drop(found.proposals());
        found
    })
}

/// `gpb check`: everything that is wrong with a spec, in all its environments.
pub fn check(session: &Session, spec: &Path) -> Exit {
    let entry = spec.display().to_string();
    let mut compilation = lang::check(&entry, &session.inputs(), session.common.env.as_deref());
    analysis::analyze(&mut compilation, &session.library, TYPES, &super::cost::today());
    session.diagnostics(&compilation.diagnostics, &compilation.sources);
    let exit = if compilation.has_errors() { Exit::Refused } else { Exit::Done };
    // The process ends next and takes the trees and the models with it; to free them piece by piece would only take time.
    std::mem::forget(compilation);
    exit
}

const TYPES: TypeLookup<'static> = &|name| Catalog::embedded().get(name);
