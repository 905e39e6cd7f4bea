//! Words that other tools write into the body of a resource beside its properties.

use super::{ForeignWord, find, word};

const TERRAFORM: &str = "Terraform's";
const CLOUDFORMATION: &str = "CloudFormation's";
const AFTER: &str = "a reference to another resource orders the two already, and `after x` adds an order";
const LIFECYCLE: &str = "write `protect always`, `keep true`, `replace create_first` or `ignore property`";
const PROTECT: &str = "write `protect always`: a plan that would delete or replace it is then refused";
const KEEP: &str =
    "write `keep true`: when it leaves the program it stays on AWS, and `protect always` refuses its loss";
const WATCH: &str = "name the value: `replace_when image changes`";
const KEYED: &str = "write `for key, x in xs { resource … }`: each one bears its key in its address";
const PLACE: &str =
    "an environment holds the account and the region, and `in us-west-2 { … }` puts a resource elsewhere";
const FLAT: &str = "properties stand in the resource's own body";
const TYPED: &str = "the type stands before the name: `resource aws.service.type name { … }`";

const PROPERTIES: &[ForeignWord] = &[
    word("depends_on", TERRAFORM, AFTER, ""),
    word("dependsOn", "Bicep's and Pulumi's", AFTER, ""),
    word("DependsOn", CLOUDFORMATION, AFTER, ""),
    word("lifecycle", TERRAFORM, LIFECYCLE, ""),
    word("prevent_destroy", TERRAFORM, PROTECT, ""),
    word("create_before_destroy", TERRAFORM, "write `replace create_first`", ""),
    word("ignore_changes", TERRAFORM, "name the properties behind `ignore`: `ignore desired_count`", ""),
    word("ignoreChanges", "Pulumi's", "name the properties behind `ignore`: `ignore desired_count`", ""),
    word("protect", "a statement", "write `protect always` or `protect never`", ""),
    word("deletion_policy", CLOUDFORMATION, KEEP, ""),
    word("DeletionPolicy", CLOUDFORMATION, KEEP, ""),
    word("UpdateReplacePolicy", CLOUDFORMATION, KEEP, ""),
    word("retain_on_delete", "Pulumi's", KEEP, ""),
    word("retainOnDelete", "Pulumi's", KEEP, ""),
    word("removalPolicy", "the CDK's", KEEP, ""),
    word("removal_policy", "the CDK's", KEEP, ""),
    word("keep", "a statement", "write `keep true`, or `keep` alone", ""),
    word("replace_triggered_by", TERRAFORM, WATCH, ""),
    word("replaceOnChanges", "Pulumi's", WATCH, ""),
    word("replace_when", "a statement", WATCH, ""),
    word("count", TERRAFORM, KEYED, ""),
    word("for_each", TERRAFORM, KEYED, ""),
    word("dynamic", TERRAFORM, "write `for x in xs { … }` inside the body", ""),
    word("provider", TERRAFORM, PLACE, ""),
    word("providers", TERRAFORM, PLACE, ""),
    word(
        "provisioner",
        TERRAFORM,
        "nothing is run on a machine: put the script into a property such as `user_data`",
        "",
    ),
    word(
        "connection",
        TERRAFORM,
        "nothing is run on a machine: put the script into a property such as `user_data`",
        "",
    ),
    word("timeouts", TERRAFORM, "each change is waited for as long as AWS works on it", ""),
    word("source", TERRAFORM, "`use \"network.gpb\"` imports a file, and a component is used by its name", ""),
    word("Properties", CLOUDFORMATION, FLAT, ""),
    word("properties", "Pulumi's and Bicep's", FLAT, ""),
    word("Type", CLOUDFORMATION, TYPED, ""),
    word("Condition", CLOUDFORMATION, "write `if c { resource … }` around the resource", ""),
    word("Metadata", CLOUDFORMATION, "write a comment: `// …`, or `///` above the resource", ""),
    word("UpdatePolicy", CLOUDFORMATION, "the service's own properties say how it is updated", ""),
    word("CreationPolicy", CLOUDFORMATION, "each change is waited for until AWS says that it is done", ""),
    word("parent", "Pulumi's and Bicep's", "what lies in a `layer` or a `component` bears its name in its address", ""),
    word("opts", "Pulumi's", LIFECYCLE, ""),
];

/// Returns what other tools mean by a property that no type has.
pub fn property(name: &str) -> Option<&'static ForeignWord> {
    find(PROPERTIES, name)
}
