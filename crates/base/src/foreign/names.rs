//! Names and values of other tools and languages.

use super::{ForeignWord, find, word};

const TERRAFORM: &str = "Terraform's";
const CLOUDFORMATION: &str = "CloudFormation's";
const OTHER: &str = "of other languages";
const EACH: &str = "a `for` names what it iterates over: `for key, x in xs { … }`, and then `x` and `key`";

/// The heads of paths. With a replacement, the head goes and the rest of the path stays.
const NAMES: &[ForeignWord] = &[
    word("var", TERRAFORM, "parameters are named alone: `name`", ""),
    word("vars", OTHER, "parameters are named alone: `name`", ""),
    word("param", OTHER, "parameters are named alone: `name`", ""),
    word("params", OTHER, "parameters are named alone: `name`", ""),
    word("parameters", OTHER, "parameters are named alone: `name`", ""),
    word("local", TERRAFORM, "values of a `let` are named alone: `name`", ""),
    word("locals", TERRAFORM, "values of a `let` are named alone: `name`", ""),
    word("const", OTHER, "constants are named alone: `name`", ""),
    word("module", TERRAFORM, "the use of a component is named alone: `network.vpc_id`", ""),
    word("component", OTHER, "the use of a component is named alone: `network.vpc_id`", ""),
    word("resource", OTHER, "resources are named alone: `queue.arn`", ""),
    word("this", OTHER, "what is declared here is named alone: `name`", ""),
    word("self", TERRAFORM, "a resource is named by its name: `queue.arn`", ""),
    word("data", TERRAFORM, "what `existing … main { … }` reads is named alone: `main.id`", ""),
    word("each", TERRAFORM, EACH, ""),
    word("count", TERRAFORM, EACH, ""),
    word("aws", TERRAFORM, "resources are named alone, as in `queue.arn`, and a type stands behind `resource`", ""),
    word("path", TERRAFORM, "paths are relative to the file that names them", ""),
    word("terraform", TERRAFORM, "the environment's name is `environment.name`", ""),
    word("process", OTHER, "declare a `param`, and set it in the environment", ""),
    word("os", OTHER, "declare a `param`, and set it in the environment", ""),
    word("env", OTHER, "declare a `param`, and set it in the environment", ""),
    word("Ref", CLOUDFORMATION, "name the resource and the property: `queue.arn`", ""),
    word("AWS", CLOUDFORMATION, "the region is `region`, the account is `account`", ""),
    word("resourceGroup", "Bicep's", "the region is `region`", ""),
];

/// The values that CloudFormation has by itself, without the name of the cloud that stands before each.
const VALUES: &[ForeignWord] = &[
    word("::Region", CLOUDFORMATION, "write `region`", "region"),
    word("::AccountId", CLOUDFORMATION, "write `account`", "account"),
    word("::StackName", CLOUDFORMATION, "write `environment.name`", "environment.name"),
    word("::NoValue", CLOUDFORMATION, "leave the property out, or write `none`", ""),
    word("::Partition", CLOUDFORMATION, "write `partition`", "partition"),
    word("::URLSuffix", CLOUDFORMATION, "write the suffix: `amazonaws.com`", ""),
];

/// The words for a value that is not there.
const ABSENCE: [&str; 10] =
    ["null", "nil", "None", "undefined", "Null", "NULL", "Nil", "nullptr", "Nothing", "NoValue"];

const TRUTH: [(&str, bool); 22] = [
    ("True", true),
    ("TRUE", true),
    ("yes", true),
    ("Yes", true),
    ("YES", true),
    ("on", true),
    ("On", true),
    ("ON", true),
    ("enabled", true),
    ("Enabled", true),
    ("ENABLED", true),
    ("False", false),
    ("FALSE", false),
    ("no", false),
    ("No", false),
    ("NO", false),
    ("off", false),
    ("Off", false),
    ("OFF", false),
    ("disabled", false),
    ("Disabled", false),
    ("DISABLED", false),
];

/// Returns what other tools mean by the head of a path, `var` of `var.name`.
pub fn name(name: &str) -> Option<&'static ForeignWord> {
    find(NAMES, name)
}

/// Returns the value that a name with `::` stands for in CloudFormation.
pub fn value(name: &str) -> Option<&'static ForeignWord> {
    find(VALUES, name.strip_prefix("AWS")?)
}

/// Checks for another language's word for no value.
pub fn is_absence(name: &str) -> bool {
    ABSENCE.contains(&name)
}

/// Words that people take for another, each with those that may be meant.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("production", &["live"]),
    ("prod", &["live"]),
    ("prd", &["live"]),
    ("development", &["sandbox"]),
    ("dev", &["sandbox"]),
    ("test", &["sandbox"]),
    ("testing", &["sandbox"]),
    ("staging", &["sandbox"]),
    ("stage", &["sandbox"]),
    ("qa", &["sandbox"]),
    ("create_before_destroy", &["create_first"]),
    ("destroy_first", &["delete_first"]),
    ("retain", &["always"]),
];

/// Returns the word among some that another stands for.
pub fn synonym<'a>(word: &str, mut among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (_, meant) = SYNONYMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))?;
    among.find(|candidate| meant.contains(candidate))
}

/// Returns the bool that a word of other languages stands for.
pub fn truth(name: &str) -> Option<bool> {
    TRUTH.iter().find(|(word, _)| *word == name).map(|(_, truth)| *truth)
}
