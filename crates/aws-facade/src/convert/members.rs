//! The members of an object: taken out one by one, so that what is left over is what nobody knows.

use super::{At, FromJson, Json, Object, Refused, ToJson};

/// An object of the input that is being read.
pub struct Members<'a> {
    left: Object,
    at: At<'a>,
}

impl<'a> Members<'a> {
    /// Opens an object that must have the members `required`. A member that is null counts as absent.
    ///
    /// The check is made here because the SDK fills an absent required number with zero, and sends `GetRole {}` to a
    /// server that answers "no such role", which a caller would take for a deleted one.
    pub fn open(json: Json, at: &At<'a>, required: &[&str]) -> Result<Self, Refused> {
        at.check_depth()?;
        let Json::Object(mut left) = json else {
            return Err(at.unlike("an object", &json));
        };
        left.retain(|_, value| !value.is_null());
        let missing: Vec<String> =
            required.iter().filter(|name| !left.contains_key(**name)).map(|name| format!("`{name}`")).collect();
        if missing.is_empty() {
            Ok(Self { left, at: *at })
        } else {
            Err(at.refuse(format!("{} missing", list(&missing))))
        }
    }

    /// The member of that name.
    pub fn take<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, Refused> {
        match self.left.remove(name) {
            Some(value) => T::from_json(value, &self.at.member(name)).map(Some),
            None => Ok(None),
        }
    }

    /// The member of that name, which is known to be there.
    pub fn need<T: FromJson>(&mut self, name: &str) -> Result<T, Refused> {
        self.take(name)?.ok_or_else(|| self.at.refuse(format!("`{name}` missing")))
    }

    /// The single member of a union: exactly one of `choices`.
    pub fn only(&self, choices: &[&'static str]) -> Result<&'static str, Refused> {
        if let Some(unknown) = self.left.keys().find(|name| !choices.contains(&name.as_str())) {
            return Err(self.unknown(unknown));
        }
        let mut given = choices.iter().filter(|choice| self.left.contains_key(**choice));
        match (given.next(), given.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(self.at.refuse(format!(
                "expected exactly one of {}, found {}",
                choices.join(", "),
                self.left.len()
            ))),
        }
    }

    /// Refuses a union without a member.
    pub fn empty(&self) -> Refused {
        self.at.refuse("expected exactly one member, found none")
    }

    /// Refuses what was not taken.
    pub fn close(self) -> Result<(), Refused> {
        match self.left.keys().next() {
            Some(name) => Err(self.unknown(name)),
            None => Ok(()),
        }
    }

    fn unknown(&self, name: &str) -> Refused {
        self.at.member(name).refuse("AWS has no such member here")
    }
}

/// Puts a member into an object of the output, if there is anything to put.
pub fn put(object: &mut Object, name: &str, value: &impl ToJson) {
    let json = value.to_json();
    if !json.is_null() {
        object.insert(name.to_owned(), json);
    }
}

/// An object with one member, whatever its value: a union. A choice without content is an empty object.
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
