//! Words that other tools write into the body of a module, a template or a program.

use super::{ForeignWord, find, word};

const TERRAFORM: &str = "Terraform's";
const CLOUDFORMATION: &str = "CloudFormation's";
const OTHER: &str = "of other languages";
const LET: &str = "name a value with `let name = value`";
const PARAM: &str = "write `param name: type = default`";
const USE: &str = "at the top of a file, `use \"network.gpb\"` imports another";
const FN: &str = "functions stand at the top of a file: `fn name(x: int) -> int = x * 2`";
const MOVED: &str = "write `moved old.name to new.name`";
const CHECK: &str = "the type of a parameter says what it may be: `param mode: sandbox | live`";
const PLACE: &str = "an `environment` holds the account and the region";
const ELSE_IF: &str = "another condition follows the `}` as `else if condition {`";
const EACH: &str = "write `for x in xs { … }`";
const RESOURCES: &str = "write each resource as `resource aws.service.type name { … }`";

const STATEMENTS: &[ForeignWord] = &[
    word("locals", TERRAFORM, LET, ""),
    word("variable", TERRAFORM, PARAM, ""),
    word("variables", OTHER, PARAM, ""),
    word("parameter", OTHER, PARAM, ""),
    word("data", TERRAFORM, "`existing aws.service.type name { … }` reads what gpb does not manage", ""),
    word("module", TERRAFORM, "declare a `component` at the top of a file, and use it: `network main { … }`", ""),
    word("provider", TERRAFORM, PLACE, ""),
    word(
        "terraform",
        TERRAFORM,
        "there is nothing to configure: an `environment` holds the account and the region",
        "",
    ),
    word("backend", TERRAFORM, "the option `--state` names the folder of the state", ""),
    word("removed", "a statement", "write `removed old.address { keep true }`", ""),
    word("forget", OTHER, "write `removed old.address { keep true }`", ""),
    word(
        "lifecycle",
        TERRAFORM,
        "it belongs into a resource: `protect always`, `keep true`, `replace create_first` or `ignore property`",
        "",
    ),
    word("depends_on", TERRAFORM, "write `after x`; a layer names those it builds on: `layer app uses data { … }`", ""),
    word("dependsOn", OTHER, "write `after x`; a layer names those it builds on: `layer app uses data { … }`", ""),
    word("check", TERRAFORM, CHECK, ""),
    word("assert", OTHER, CHECK, ""),
    word("ensure", OTHER, CHECK, ""),
    word("precondition", TERRAFORM, CHECK, ""),
    word("validation", TERRAFORM, CHECK, ""),
    word("import", OTHER, USE, ""),
    word("include", OTHER, USE, ""),
    word("from", OTHER, USE, ""),
    word("moved", "a statement", MOVED, ""),
    word("move", OTHER, MOVED, "moved"),
    word("rename", OTHER, MOVED, "moved"),
    word("renamed", OTHER, MOVED, "moved"),
    word("function", OTHER, FN, ""),
    word("func", OTHER, FN, ""),
    word("def", OTHER, FN, ""),
    word("fn", "an item", FN, ""),
    word("component", "an item", "components stand at the top of a file", ""),
    word("type", "an item", "types stand at the top of a file: `type tier = low | high`", ""),
    word("use", "an item", USE, ""),
    word("var", OTHER, LET, "let"),
    word("val", OTHER, LET, "let"),
    word("local", OTHER, LET, "let"),
    word("set", OTHER, LET, "let"),
    word(
        "const",
        "an item",
        "a constant stands at the top of a file, and a value of a body is named with `let`",
        "let",
    ),
    word("return", OTHER, "`output name = value` gives a value out", ""),
    word("export", OTHER, "`output name = value` gives a value out", ""),
    word("class", OTHER, "write a `component`", ""),
    word("new", OTHER, RESOURCES, ""),
    word("elif", OTHER, ELSE_IF, ""),
    word("elsif", OTHER, ELSE_IF, ""),
    word("elseif", OTHER, ELSE_IF, ""),
    word("unless", OTHER, "write `if !condition { … }`", ""),
    word("switch", OTHER, "write `if a { … } else if b { … }`", ""),
    word("case", OTHER, "write `if a { … } else if b { … }`", ""),
    word("match", OTHER, "write `if a { … } else if b { … }`", ""),
    word("foreach", OTHER, EACH, "for"),
    word("for_each", TERRAFORM, EACH, ""),
    word("while", OTHER, "every program ends: write `for x in xs { … }`", ""),
    word("loop", OTHER, EACH, ""),
    word("Resources", CLOUDFORMATION, RESOURCES, ""),
    word("resources", OTHER, RESOURCES, ""),
    word("Parameters", CLOUDFORMATION, PARAM, ""),
    word("Outputs", CLOUDFORMATION, "write `output name = value`", ""),
    word("outputs", OTHER, "write `output name = value`", ""),
    word(
        "Mappings",
        CLOUDFORMATION,
        "write `const name = { key = value }` at the top of a file, and `name[\"key\"]`",
        "",
    ),
    word("Conditions", CLOUDFORMATION, "write `let name = a == b`, and `if name { … }` around the resources", ""),
];

/// Returns what other tools mean by a statement that gpb does not have.
pub fn statement(name: &str) -> Option<&'static ForeignWord> {
    find(STATEMENTS, name)
}
