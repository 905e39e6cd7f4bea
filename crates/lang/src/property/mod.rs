//! Reads the body of a resource as the model's properties, by the catalog.
//!
//! Names become AWS's spelling, values take the catalog's shapes.

mod bare_word;
mod body;
mod from_json;
mod messages;
mod object;
mod reader;
mod shape;
mod to_json;
mod untyped;
mod violation;

pub use bare_word::{misread_word, takes_word};
pub use body::{BodyProperties, changed, to_model};
pub use from_json::from_json;
pub use messages::{aws_spelling, resource_as_text};
pub use to_json::{json_text, to_json};
pub use untyped::{strict, untyped};

#[cfg(test)]
mod tests;
