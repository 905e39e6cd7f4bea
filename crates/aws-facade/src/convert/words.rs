//! Enumerations: words, on both sides. A word the SDK does not know passes as it is.

/// Converts the SDK's enumerations, which all have the same two functions.
macro_rules! words {
    ($($ty:ty,)*) => { $(
        impl FromJson for $ty {
            fn from_json(json: Json, at: &At<'_>) -> Result<Self, Refused> {
                match json {
                    Json::String(text) => Ok(<$ty>::from(text.as_str())),
                    other => Err(at.unlike("text", &other)),
                }
            }
        }
        impl ToJson for $ty {
            fn to_json(&self) -> Json {
                Json::String(self.as_str().to_owned())
            }
        }
        impl crate::convert::Word for $ty {
            fn from_word(word: &str) -> Self {
                <$ty>::from(word)
            }
            fn word(&self) -> &str {
                self.as_str()
            }
        }
    )* };
}

pub(crate) use words;
