//! The commands and their options.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Keeps the doc of a value out of the help.
///
/// One line of values is enough where their names say it all.
const NO_HELP: Option<&'static str> = None;

/// Holds the whole command line: the common options and one command.
#[derive(Debug, Parser)]
#[command(name = "gpb", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The options of every command
    #[command(flatten)]
    pub common: CommonArgs,
    /// The command with its own arguments
    #[command(subcommand)]
    pub command: Command,
}

/// Holds the options of every command.
#[derive(Debug, Clone, Args)]
pub struct CommonArgs {
    /// Target cloud: AWS, or the simulated one embedded in gpb
    #[arg(long, global = true, value_enum, default_value = "aws", env = "GPB_CLOUD")]
    pub cloud: CloudName,
    /// Print JSON: one document, or JSON lines of events while applying
    #[arg(long, global = true)]
    pub json: bool,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub color: Color,
    /// Select the environment, where a spec has several
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// Give a parameter of the environment's stack a value, in place of any other; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    /// Give a parameter of the environment's stack the text of a file; may be repeated
    #[arg(long, global = true, value_name = "NAME=PATH", value_parser = assignment)]
    pub set_file: Vec<(String, String)>,
    /// Directory of the state, the journal and the last plan
    #[arg(long, global = true, value_name = "DIR", default_value = ".gpb", env = "GPB_STATE")]
    pub state: PathBuf,
    /// Use this standard library instead of the embedded one
    #[arg(long, global = true, value_name = "DIR", env = "GPB_STDLIB")]
    pub stdlib: Option<PathBuf>,
    /// Log to standard error: `-v` stages and steps, `-vv` calls too, `-vvv` all; `GPB_LOG` sets a filter instead
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Format of the logs: lines of text, or one JSON object a line
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Inject faults into the simulated cloud, e.g. `seed=1,throttle=0.1`; `latency=0` makes it instant
    #[arg(long, global = true, value_name = "FAULTS", env = "GPB_SIM", hide = true)]
    pub sim: Option<String>,
    /// Behaviour of the simulated cloud: at once and seen by all, or late and with refusals, as AWS's is documented
    #[arg(long, global = true, value_enum, default_value = "friendly", env = "GPB_SIM_BEHAVIOUR", hide = true)]
    pub sim_behaviour: SimBehaviour,
}

/// Reads `name=value`.
fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a value follows `=`: `image=app:1.2`")?;
    if name.trim() != name {
        return Err(format!("no blank stands around `=`: `{}={}`", name.trim(), value.trim()));
    }
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_name {
        Ok((name.to_owned(), value.to_owned()))
    } else {
        Err("the name of a parameter stands before `=`".into())
    }
}

/// Names the behaviours of the simulated cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SimBehaviour {
    /// Every change happens at once.
    #[value(help = NO_HELP)]
    Friendly,
    /// As AWS behaves: states lag, changes come later, deletions are refused.
    #[value(help = NO_HELP)]
    Aws,
}

/// Names the target cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CloudName {
    /// The simulated cloud embedded in gpb.
    #[value(help = NO_HELP)]
    Sim,
    /// Amazon Web Services.
    #[value(help = NO_HELP)]
    Aws,
}

/// Names when output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal only, and not where `NO_COLOR` is set.
    #[value(help = NO_HELP)]
    Auto,
    /// In files and pipes too.
    #[value(help = NO_HELP)]
    Always,
    /// Not at all.
    #[value(help = NO_HELP)]
    Never,
}

/// Names the formats of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line of text for each message.
    #[value(help = NO_HELP)]
    Text,
    /// One JSON object for each message.
    #[value(help = NO_HELP)]
    Json,
}

/// Lists the commands, each with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile specs, run all checks and report the diagnostics
    Check {
        /// Specs to check, each as a program of its own
        #[arg(value_name = "SPEC", required = true)]
        specs: Vec<PathBuf>,
    },
    /// Show what apply would change, and save it as the last plan
    Plan {
        /// Spec to plan; by default the one planned last
        #[arg(value_name = "SPEC")]
        spec: Option<PathBuf>,
        /// Also write the plan to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Exit with 2 when the plan has changes
        #[arg(long)]
        detailed_exitcode: bool,
        /// The resources that are to be made anew
        #[command(flatten)]
        replace: ReplaceArgs,
        /// The protected resources that may be lost
        #[command(flatten)]
        unprotect: UnprotectArgs,
    },
    /// Apply a plan: create, update and delete resources
    Apply {
        /// Spec or plan file to apply; by default the plan last shown
        #[arg(value_name = "SPEC|PLAN")]
        target: Option<PathBuf>,
        /// Skip the confirmation prompt
        #[arg(long, short)]
        yes: bool,
        /// The resources that are to be made anew
        #[command(flatten)]
        replace: ReplaceArgs,
        /// The protected resources that may be lost
        #[command(flatten)]
        unprotect: UnprotectArgs,
    },
    /// Delete all resources of an environment
    Destroy {
        /// Spec of the environment to delete
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Skip the confirmation prompt
        #[arg(long, short)]
        yes: bool,
        /// The protected resources that may be lost
        #[command(flatten)]
        unprotect: UnprotectArgs,
    },
    /// Show the last plan, or a saved one
    Show {
        /// Plan file to show; by default the last plan
        #[arg(value_name = "PLAN")]
        plan: Option<PathBuf>,
    },
    /// Format `.gpb` files
    Fmt {
        /// Files or directories to format; `-` reads standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Check the formatting without writing; exit with 1 when a file would change
        #[arg(long)]
        check: bool,
        /// Rewrite the forms of earlier versions too; what cannot be proven to mean the same is left, with advice
        #[arg(long)]
        upgrade: bool,
    },
    /// Copy the packages that specs use to `vendor`, and lock them in `gpb.lock`
    Vendor {
        /// Directory of the lock file, whose specs are looked at
        #[arg(value_name = "DIR", default_value = ".")]
        root: PathBuf,
        /// Fetch and write nothing; exit with 1 when a package is not as it is locked
        #[arg(long, conflicts_with = "update")]
        check: bool,
        /// Look each version up again, rather than take the commit that is locked
        #[arg(long)]
        update: bool,
    },
    /// Run the tests of a spec over plans on the embedded cloud
    Test {
        /// Spec whose tests, and those of the files it uses, are run; by default the one planned last
        #[arg(value_name = "SPEC")]
        spec: Option<PathBuf>,
        /// Run only the tests whose name contains this text
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
        /// Also write the results to this file, as JUnit XML
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Use the prices of this day, and look at waivers on it, instead of today
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
    /// Estimate the monthly cost of an environment
    Cost {
        /// Spec to price; with `--diff`, the one before and the one after
        #[arg(value_name = "SPEC", required = true, num_args = 1..=2)]
        specs: Vec<PathBuf>,
        /// Assume this usage instead of the declared one, e.g. "100k users"
        #[arg(long, value_name = "USAGE")]
        at: Option<String>,
        /// Use the prices of this day instead of today
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
        /// Compare the cost of two specs
        #[arg(long)]
        diff: bool,
    },
    /// Search the price book
    #[command(args_conflicts_with_subcommands = true)]
    Prices {
        /// `refresh`; without it the book is searched
        #[command(subcommand)]
        command: Option<PricesCommand>,
        /// Words to match in an item or its attributes: `nat`, `elasticache valkey t3`
        #[arg(value_name = "WORD")]
        words: Vec<String>,
        /// Show only prices of this region
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
    },
    /// Print the dependency graph
    Graph {
        /// Spec to draw the graph of
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Output format
        #[arg(long, value_enum, default_value = "dot")]
        format: GraphFormat,
    },
    /// Check each data store, and the whole, against its recovery targets (RPO, RTO)
    Recovery {
        /// Spec to check
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Show only this failure domain
        #[arg(long, value_enum)]
        domain: Option<DomainName>,
        /// Explain the verdicts on this resource, component or layer: facts, properties and sources
        #[arg(long, value_name = "ADDRESS")]
        explain: Option<String>,
    },
    /// Print the recovery runbook of a failure domain: who acts, when, and for how long
    Drill {
        /// Spec to write the runbook for
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Failure domain that is lost
        #[arg(long, value_enum)]
        domain: DomainName,
    },
    /// Simulate a load under the scaling rules and alarms
    Simulate {
        /// Spec whose scaling rules are simulated
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// The load and how it is simulated
        #[command(flatten)]
        asked: SimulateArgs,
    },
    /// Explain an error code, a type, a function, an item or a policy
    Explain {
        /// `GPB1002`, `aws.sqs.queue`, `AWS::SQS::Queue`, `cidr_split`, `aurora`, or `standard` for all policies
        #[arg(value_name = "CODE|TYPE|NAME")]
        subject: String,
    },
    /// Inspect the state, and change it by hand
    State {
        /// `list`, `show`, `forget`, `import` or `abandon`
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Print the outputs of an environment, as last applied
    Output {
        /// Spec of the environment
        #[arg(value_name = "SPEC")]
        spec: PathBuf,
        /// Print the value of one output, unquoted
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Run the language server (LSP) over standard input and output
    Lsp,
}

/// Holds the options of `gpb simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// Load as a CSV table of times and requests a minute: `8:00,3000/min`
    #[arg(long, value_name = "FILE", conflicts_with = "curve")]
    pub load: Option<PathBuf>,
    /// Load as a curve: `day peak=5000/min base=500/min`, `flat rate=…`, `ramp from=… to=…`, `step from=… to=…`, `spike base=… peak=…`
    #[arg(long, value_name = "SHAPE")]
    pub curve: Option<String>,
    /// Resource that gets the load, where several scale: `compute.api`
    #[arg(long, value_name = "ADDRESS")]
    pub of: Option<String>,
    /// Random seed; the same seed gives the same run
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Maximum relative noise of the load, e.g. `10%`
    #[arg(long, value_name = "PERCENT", default_value = "5%")]
    pub noise: String,
    /// Also write a chart to this SVG file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// Holds the option that lifts the protection of resources.
#[derive(Debug, Clone, Default, Args)]
pub struct UnprotectArgs {
    /// Allow this protected resource to be replaced or deleted; `all` allows all
    #[arg(long, value_name = "ADDRESS")]
    pub unprotect: Vec<String>,
}

/// Holds the option that has resources made anew.
#[derive(Debug, Clone, Default, Args)]
pub struct ReplaceArgs {
    /// Delete this resource and create it anew, though nothing about it has changed
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
}

/// Names the output formats of `gpb graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// The language of Graphviz.
    #[value(help = NO_HELP)]
    Dot,
    /// A Mermaid flowchart.
    #[value(help = NO_HELP)]
    Mermaid,
    /// Nodes and edges as one JSON document.
    #[value(help = NO_HELP)]
    Json,
}

/// Names the failure domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DomainName {
    /// A bad deployment or a wrong delete
    Software,
    /// One machine or instance
    Node,
    /// One availability zone
    Zone,
    /// The region of the environment
    Region,
}

/// Lists the commands below `gpb prices`.
#[derive(Debug, Subcommand)]
pub enum PricesCommand {
    /// Update the price book with today's prices from AWS
    Refresh {
        /// Standard library to write the prices into
        #[arg(value_name = "DIR")]
        into: PathBuf,
        /// Update only these services
        #[arg(long, value_name = "SERVICE")]
        only: Vec<String>,
    },
}

/// Lists the commands below `gpb state`.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the managed resources
    List,
    /// Show one resource: as last applied and as last read
    Show {
        /// Address of the resource
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// Take a resource out of the state; the resource itself stays
    #[command(visible_alias = "rm")]
    Forget {
        /// Address of the resource
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Skip the confirmation prompt
        #[arg(long, short)]
        yes: bool,
    },
    /// Take a resource that exists into the state; the next plan shows how it differs from its declaration
    Import {
        /// Address at which the spec declares it
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Primary identifier, parts joined by `|`, such as a queue's URL
        #[arg(value_name = "IDENTIFIER")]
        identifier: String,
        /// Spec that declares it; by default the one planned last
        #[arg(long, value_name = "SPEC")]
        spec: Option<PathBuf>,
        /// Skip the confirmation prompt
        #[arg(long, short)]
        yes: bool,
    },
    /// Give up an interrupted change whose outcome cannot be found out
    Abandon {
        /// Address of the resource
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Skip the confirmation prompt
        #[arg(long, short)]
        yes: bool,
    },
}
