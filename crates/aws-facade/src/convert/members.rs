//! Members of an object, taken out one by one, so that what is left over is unknown.

use super::input_path::{InputError, InputPath};
use super::json::{FromJson, Json, Object, ToJson};

/// An object of the input that is being read.
pub struct Members<'a> {
    left: Object,
    path: InputPath<'a>,
}

impl<'a> Members<'a> {
    /// Opens an object that must have the members `required`.
    ///
    /// A member that is null counts as absent. The check is made here because the SDK fills an absent required number with
    /// zero, and sends `GetRole {}` to a server that answers "no such role", which a caller would take for a deleted one.
    ///
    /// # Errors
    /// A value that is not an object, a missing member, or an object that is nested too deep.
    pub fn open(json: Json, path: &InputPath<'a>, required: &[&str]) -> Result<Self, InputError> {
        path.check_depth()?;
        let Json::Object(mut left) = json else {
            return Err(path.mismatch("an object", &json));
        };
        left.retain(|_, value| !value.is_null());
        let missing: Vec<String> =
            required.iter().filter(|name| !left.contains_key(**name)).map(|name| format!("`{name}`")).collect();
        if missing.is_empty() {
            Ok(Self { left, path: *path })
        } else {
            Err(path.error(format!("{} missing", list(&missing))))
        }
    }

    /// Takes out the member of that name, if it is there.
    ///
    /// # Errors
    /// A value that does not fit.
    pub fn take<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, InputError> {
        match self.left.remove(name) {
            Some(value) => T::from_json(value, &self.path.member(name)).map(Some),
            None => Ok(None),
        }
    }

    /// Takes out the member of that name, which must be there.
    ///
    /// # Errors
    /// A missing member, or a value that does not fit.
    pub fn need<T: FromJson>(&mut self, name: &str) -> Result<T, InputError> {
        self.take(name)?.ok_or_else(|| self.path.error(format!("`{name}` missing")))
    }

    /// Returns the single member of a union: exactly one of `choices`.
    ///
    /// # Errors
    /// An unknown member, and none or several of the known ones.
    pub fn only(&self, choices: &[&'static str]) -> Result<&'static str, InputError> {
        if let Some(unknown) = self.left.keys().find(|name| !choices.contains(&name.as_str())) {
            return Err(self.unknown(unknown));
        }
        let mut given = choices.iter().filter(|choice| self.left.contains_key(**choice));
        match (given.next(), given.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(self.path.error(format!(
                "expected exactly one of {}, found {}",
                choices.join(", "),
                self.left.len()
            ))),
        }
    }

    /// Returns the error for a union without a member.
    pub fn empty(&self) -> InputError {
        self.path.error("expected exactly one member, found none")
    }

    /// Refuses the members that were not taken.
    ///
    /// # Errors
    /// The first unknown member.
    pub fn close(self) -> Result<(), InputError> {
        match self.left.keys().next() {
            Some(name) => Err(self.unknown(name)),
            None => Ok(()),
        }
    }

    fn unknown(&self, name: &str) -> InputError {
        self.path.member(name).error("AWS has no such member here")
    }
}

/// Puts a member into an object of the output, if there is anything to put.
pub fn put(object: &mut Object, name: &str, value: &impl ToJson) {
    let json = value.to_json();
    if !json.is_null() {
        object.insert(name.to_owned(), json);
    }
}

/// Returns an object with one member, whatever its value: a union.
///
/// A choice without content is an empty object.
pub fn single(name: &str, value: &impl ToJson) -> Json {
    let content = match value.to_json() {
        Json::Null => Json::Object(Object::new()),
        json => json,
    };
    Json::Object(Object::from_iter([(name.to_owned(), content)]))
}

fn list(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        many => format!("{} are", many.join(", ")),
    }
}
