//! JSON as messages speak of it.

use serde_json::Value as Json;

/// Returns the kind of a JSON value as a noun with its article.
///
/// `a list`, `nothing` for null.
pub fn noun(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
