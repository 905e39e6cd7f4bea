//! The types of other languages.

use super::{ForeignWord, find, word};

const OTHER: &str = "a type of other languages";
const TERRAFORM: &str = "a type of Terraform";

const TYPES: &[ForeignWord] = &[
    word("integer", OTHER, "write `int`, or `count` for one that is not negative", "int"),
    word("Integer", OTHER, "write `int`, or `count` for one that is not negative", "int"),
    word("long", OTHER, "write `int`", "int"),
    word("uint", OTHER, "write `count`", "count"),
    word("str", OTHER, "write `string`", "string"),
    word("text", OTHER, "write `string`", "string"),
    word("char", OTHER, "write `string`", "string"),
    word("varchar", OTHER, "write `string`", "string"),
    word("url", OTHER, "write `string`", "string"),
    word("date", OTHER, "write `string`", "string"),
    word("uuid", OTHER, "write `string`", "string"),
    word("boolean", OTHER, "write `bool`", "bool"),
    word("Boolean", OTHER, "write `bool`", "bool"),
    word("float", OTHER, "write `number`", "number"),
    word("double", OTHER, "write `number`", "number"),
    word("decimal", OTHER, "write `number`", "number"),
    word("Number", OTHER, "write `number`", "number"),
    word("time", OTHER, "write `duration`", "duration"),
    word("timedelta", OTHER, "write `duration`", "duration"),
    word("interval", OTHER, "write `duration`", "duration"),
    word("seconds", OTHER, "write `duration`: a value has its unit, as in `30s`", "duration"),
    word("size", OTHER, "write `bytes`: a value has its unit, as in `512 MiB`", "bytes"),
    word("memory", OTHER, "write `bytes`: a value has its unit, as in `512 MiB`", "bytes"),
    word("cpu", OTHER, "write `vcpu`", "vcpu"),
    word("percentage", OTHER, "write `percent`: a value has its unit, as in `70%`", "percent"),
    word("currency", OTHER, "write `money`: a value has its unit, as in `$500`", "money"),
    word("ip", OTHER, "write `cidr`: an address is a network too, as in `\"10.0.0.1/32\"`", "cidr"),
    word("ipaddress", OTHER, "write `cidr`: an address is a network too, as in `\"10.0.0.1/32\"`", "cidr"),
    word("network", OTHER, "write `cidr`", "cidr"),
    word("az", OTHER, "write `zone`", "zone"),
    word("dynamic", OTHER, "write `any`", "any"),
    word("array", OTHER, "write `list<string>`, or another type in place of `string`", ""),
    word("Array", OTHER, "write `list<string>`, or another type in place of `string`", ""),
    word("set", TERRAFORM, "write `list<string>`, or another type in place of `string`", ""),
    word("tuple", TERRAFORM, "write `list<any>`", ""),
    word("CommaDelimitedList", "a type of CloudFormation", "write `list<string>`", "list<string>"),
    word("dict", OTHER, "write `map<string>`, or another type in place of `string`", ""),
    word("hash", OTHER, "write `map<string>`, or another type in place of `string`", ""),
    word("object", TERRAFORM, "write its fields: `{ name: string, port: int }`", ""),
    word("record", OTHER, "write its fields: `{ name: string, port: int }`", ""),
    word("struct", OTHER, "write its fields: `{ name: string, port: int }`", ""),
    word("enum", OTHER, "write its words: `low | medium | high`", ""),
    word("optional", TERRAFORM, "write `?` behind the type: `string?`", ""),
    word("Optional", OTHER, "write `?` behind the type: `string?`", ""),
];

/// Returns the type of other languages that bears this name.
pub fn type_name(name: &str) -> Option<&'static ForeignWord> {
    find(TYPES, name)
}
