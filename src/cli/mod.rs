//! The command line: reads files, calls the stages, prints what they return.

mod apply;
mod args;
mod cloud_choice;
mod compile;
mod cost;
mod cost_delta;
mod dispatch;
mod drill;
mod exit;
mod explain;
mod file_loader;
mod fmt;
mod given;
mod graph;
mod import;
mod inspect;
mod logs;
mod memory;
mod plan;
mod policy_pages;
mod prices;
mod progress;
mod recovery;
mod session;
mod simulate;
mod state;
mod state_folder;
mod stop_signals;
mod terminal;
mod test;
mod test_report;
mod test_values;
mod vendor;
mod visible;

pub use dispatch::main;
pub(crate) use session::Session;
