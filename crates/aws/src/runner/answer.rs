//! Answers: what they show of a resource, and those that are not the service's at all.
//!
//! A proxy's page, an empty body or another program's JSON shows nothing. Taken for "it does not exist", it would have a
//! plan make everything anew, so that it is an error, and only what the service itself leaves out counts as absent.

use super::BindingRunner;
use crate::name_matching::member;
use crate::path::{MemberPath, PathStep};
use crate::shapes::MemberShape;
use gpb_engine::cloud::{CloudError, CloudErrorKind};
use serde_json::Value as Json;

/// The value at a path of an answer, or the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PathValue {
    /// The value.
    Found(Json),
    /// The answer is the service's, and shows that there is nothing.
    Nothing,
    /// The answer lacks what the service always sends.
    Foreign,
}

impl BindingRunner<'_> {
    /// Checks that an answer is one of the operation's.
    ///
    /// It has at least one member that the API knows, unless the binding says that an answer may be empty.
    ///
    /// # Errors
    /// An answer of another shape; the kind is `Unavailable`.
    pub(super) fn check_answer(&self, call: &str, answer: &Json, may_be_empty: bool) -> Result<(), CloudError> {
        if may_be_empty && answer.as_object().is_some_and(serde_json::Map::is_empty) || self.is_answer(call, answer) {
            return Ok(());
        }
        Err(self.foreign_answer(call))
    }

    /// Checks that an answer has the members of the operation's output.
    pub(super) fn is_answer(&self, call: &str, answer: &Json) -> bool {
        let (_, operation) = self.bound.split(call);
        self.bound.operation(call).is_none_or(|(api, _)| is_of_shape(answer, api.output(operation)))
    }

    /// Returns the error of an answer that is not the service's.
    pub(super) fn foreign_answer(&self, call: &str) -> CloudError {
        let (service, operation) = self.bound.split(call);
        let message = format!(
            "{}: the answer has none of the members that {operation} answers with, so that nothing is known of it; does \
             a proxy stand between?",
            self.bound.ty
        );
        CloudError {
            operation: Some(format!("{service}:{operation}")),
            ..CloudError::new(CloudErrorKind::Unavailable, "UnexpectedAnswer", message)
        }
    }

    /// Returns the value at a path of an operation's answer.
    pub(super) fn value_at(&self, call: &str, path: &MemberPath, answer: &Json) -> PathValue {
        let (_, operation) = self.bound.split(call);
        let shape = self.bound.operation(call).map_or(MemberShape::Document, |(api, _)| api.output(operation));
        let mut nothing = false;
        for steps in &path.alternatives {
            match follow(answer, steps, shape, true) {
                PathValue::Nothing => nothing = true,
                PathValue::Foreign => {}
                found @ PathValue::Found(_) => return found,
            }
        }
        if nothing { PathValue::Nothing } else { PathValue::Foreign }
    }
}

fn follow(value: &Json, steps: &[PathStep], shape: MemberShape<'_>, first: bool) -> PathValue {
    let [step, rest @ ..] = steps else { return of_shape(value, shape) };
    if !is_of_shape(value, shape) {
        return PathValue::Foreign;
    }
    let element = || shape.element().unwrap_or(MemberShape::Document);
    match step {
        PathStep::Name(name) => {
            let inner = shape.member(name).map_or(MemberShape::Document, |(_, inner)| inner);
            match value.as_object().and_then(|object| member(object, name)) {
                Some(value) => follow(value, rest, inner, false),
                // The list itself is there even when it is empty; so is what the whole answer is about.
                None if first || matches!(inner, MemberShape::List(..)) => PathValue::Foreign,
                None => PathValue::Nothing,
            }
        }
        PathStep::Each => match value {
            Json::Array(items) => {
                let mut found = Vec::new();
                for item in items {
                    match follow(item, rest, element(), false) {
                        PathValue::Found(value) => found.push(value),
                        PathValue::Nothing => {}
                        PathValue::Foreign => return PathValue::Foreign,
                    }
                }
                PathValue::Found(found.into())
            }
            _ => PathValue::Foreign,
        },
        PathStep::Index(_) | PathStep::Where { .. } => {
            if !value.is_array() {
                return PathValue::Foreign;
            }
            let here = MemberPath { absolute: false, alternatives: vec![vec![step.clone()]] };
            here.get(value, value).map_or(PathValue::Nothing, |value| follow(&value, rest, element(), false))
        }
    }
}

fn of_shape(value: &Json, shape: MemberShape<'_>) -> PathValue {
    let fits = match value {
        Json::Array(items) => {
            let element = shape.element().unwrap_or(MemberShape::Document);
            items.iter().all(|item| is_of_shape(item, element))
        }
        one => is_of_shape(one, shape),
    };
    if fits { PathValue::Found(value.clone()) } else { PathValue::Foreign }
}

/// Checks that an object has at least one of a structure's members.
fn is_of_shape(value: &Json, shape: MemberShape<'_>) -> bool {
    let MemberShape::Structure(structure, _) = shape else { return true };
    let Some(object) = value.as_object() else { return false };
    let has = |name: &str| member(object, name).is_some();
    structure.names().next().is_none() || structure.names().any(has)
}
