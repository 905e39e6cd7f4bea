//! Conversion of enumerations, which are strings in JSON. One that the SDK does not know passes as it is.

/// Converts the SDK's enumerations, which all have the same two functions.
macro_rules! string_enums {
    ($($ty:ty,)*) => { $(
        impl FromJson for $ty {
            fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
                match json {
                    Json::String(text) => Ok(<$ty>::from(text.as_str())),
                    other => Err(path.mismatch("a string", &other)),
                }
            }
        }
        impl ToJson for $ty {
            fn to_json(&self) -> Json {
                Json::String(self.as_str().to_owned())
            }
        }
        impl crate::convert::MapKey for $ty {
            fn from_key(key: &str) -> Self {
                <$ty>::from(key)
            }
            fn key(&self) -> &str {
                self.as_str()
            }
        }
    )* };
}

pub(crate) use string_enums;
