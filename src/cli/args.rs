//! The commands and their options.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Environments, layers, recovery targets and scaling rules in, AWS resources out.
#[derive(Debug, Parser)]
#[command(name = "gpb", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Which cloud: AWS, or the one embedded in gpb, for trying things out
    #[arg(long, global = true, value_enum, default_value = "aws", env = "GPB_CLOUD")]
    pub cloud: CloudName,
    /// Write JSON to standard output: one document, or one line an event while applying
    #[arg(long, global = true)]
    pub json: bool,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub color: Color,
    /// Which environment, where a spec has several
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// Where state, journal and the last plan are kept
    #[arg(long, global = true, value_name = "DIR", default_value = ".gpb", env = "GPB_STATE")]
    pub state: PathBuf,
    /// A standard library to use instead of the one in the binary
    #[arg(long, global = true, value_name = "DIR", env = "GPB_STDLIB")]
    pub stdlib: Option<PathBuf>,
    /// Faults for the embedded cloud to inject, such as `seed=1,throttle=0.1`; `latency=0` makes it instant
    #[arg(long, global = true, value_name = "FAULTS", env = "GPB_SIM", hide = true)]
    pub sim: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CloudName {
    Sim,
    Aws,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a spec and report everything that is wrong with it
    Check {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
    },
    /// Show what apply would do, and keep it as the plan
    Plan {
        /// The spec; without it, the one planned last
        #[arg(value_name = "SPEC")]
        spec: Option<PathBuf>,
        /// Also write the plan to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Exit with 2 when there is something to do
        #[arg(long)]
        detailed_exitcode: bool,
        #[command(flatten)]
        unprotect: Unprotect,
    },
    /// Make it so
    Apply {
        /// A spec, or a plan file; without it, the plan last shown
        #[arg(value_name = "SPEC|PLAN")]
        target: Option<PathBuf>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        unprotect: Unprotect,
    },
    /// Delete everything an environment has
    Destroy {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        unprotect: Unprotect,
    },
    /// Show the plan last made, or a saved one
    Show {
        #[arg(value_name = "PLAN")]
        plan: Option<PathBuf>,
    },
    /// Write specs in the one form
    Fmt {
        /// Files or folders; `-` reads standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Change nothing; fail when something would change
        #[arg(long)]
        check: bool,
    },
    /// What an environment costs a month
    Cost {
        /// One spec; with `--diff`, the one before and the one after
        #[arg(value_name = "SPEC", required = true, num_args = 1..=2)]
        specs: Vec<PathBuf>,
        /// Under another usage than the environment declares, such as "100k users"
        #[arg(long, value_name = "USAGE")]
        at: Option<String>,
        /// On another day than today: some prices begin or end on a day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
        /// Compare two specs
        #[arg(long)]
        diff: bool,
    },
    /// Look into the price book
    #[command(args_conflicts_with_subcommands = true)]
    Prices {
        #[command(subcommand)]
        command: Option<PricesCommand>,
        /// What an item or its attributes must hold: `nat`, `elasticache valkey t3`
        #[arg(value_name = "WORD")]
        words: Vec<String>,
        /// Only of this region
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
    },
    /// Draw what depends on what
    Graph {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        #[arg(long, value_enum, default_value = "dot")]
        format: GraphFormat,
    },
    /// Show whether each store, and the whole, can meet its recovery targets, and why
    Recovery {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Only this failure domain
        #[arg(long, value_enum)]
        domain: Option<DomainName>,
        /// The whole chain behind the verdicts on this resource, component or layer
        #[arg(long, value_name = "ADDRESS")]
        explain: Option<String>,
    },
    /// Write the runbook of a loss: who acts, in which order, how long it takes
    Drill {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// What is lost
        #[arg(long, value_enum)]
        domain: DomainName,
    },
    /// Run a load through the scaling rules, and show what becomes of it
    Simulate {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        #[command(flatten)]
        asked: Simulated,
    },
    /// Explain an error code or a resource type
    Explain {
        /// `GPB1002`, `aws.sqs.queue` or `AWS::SQS::Queue`
        #[arg(value_name = "CODE|TYPE")]
        subject: String,
    },
    /// Look into the state
    State {
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Print the outputs of an environment as last applied
    Output {
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Only this one, bare
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Print completions for a shell
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Speak the language server protocol over standard input and output
    Lsp,
}

#[derive(Debug, Clone, Args)]
pub struct Simulated {
    /// The load as a table of times and requests a minute: `8:00,3000/min`
    #[arg(long, value_name = "FILE", conflicts_with = "curve")]
    pub load: Option<PathBuf>,
    /// The load as a shape: `day peak=5000/min base=500/min`, `flat rate=…`, `ramp from=… to=…`, `step from=… to=…`, `spike base=… peak=…`
    #[arg(long, value_name = "SHAPE")]
    pub curve: Option<String>,
    /// What the load is for, where several things scale: `compute.api`
    #[arg(long, value_name = "ADDRESS")]
    pub of: Option<String>,
    /// Which chance: the same seed gives the same run
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// By how much the load is off at most, either way
    #[arg(long, value_name = "PERCENT", default_value = "5%")]
    pub noise: String,
    /// Also draw it into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

#[derive(Debug, Clone, Default, Args)]
pub struct Unprotect {
    /// Let this stateful resource be replaced or deleted; `all` lets all
    #[arg(long, value_name = "ADDRESS")]
    pub unprotect: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Dot,
    Mermaid,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DomainName {
    /// A bad deployment, a wrong delete
    Software,
    Node,
    Zone,
    Region,
}

#[derive(Debug, Subcommand)]
pub enum PricesCommand {
    /// Fetch today's prices from AWS, for the items the book has
    Refresh {
        /// The standard library to write them into
        #[arg(value_name = "DIR")]
        into: PathBuf,
        /// Only of these services
        #[arg(long, value_name = "SERVICE")]
        only: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List what gpb manages
    List,
    /// Show one resource as last applied and as last read
    Show {
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}
