//! Secrets that come back: what a service says or shows is scrubbed of them before it is shown or kept.
//!
//! All text from outside comes through [`ScrubbedCloud`], which a run puts around its cloud, and all properties that are
//! kept or shown come through [`SecretScrubber::properties`].

mod scrubbed_cloud;
mod scrubber;
mod spelling;
mod spellings;
mod whole_words;

pub use scrubbed_cloud::ScrubbedCloud;
pub use scrubber::{SecretScrubber, source_name};
