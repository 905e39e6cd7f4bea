//! The target of a test: an environment, or a stack by itself.

use crate::names::{EnvironmentItem, GlobalItem, ItemKind, Names, TestItem};
use gpb_syntax::ast::Body;

/// The reasons for which a test has nothing to test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetError {
    /// Its `of` names neither an environment nor a stack.
    Unknown,
    /// It names none, and there are several.
    Several,
    /// It names none, and there is none.
    None,
}

/// The target of a test.
#[derive(Debug, Clone, Copy)]
pub struct TestTarget<'p> {
    /// The environment; none where a stack is tested by itself.
    pub environment: Option<EnvironmentItem<'p>>,
    /// The stack.
    pub stack: GlobalItem<'p, Body>,
}

/// Returns what a test is about: what it names, or else the only environment or the only stack.
pub fn target<'p>(names: &Names<'p>, test: &TestItem<'p>) -> Result<TestTarget<'p>, TargetError> {
    let of_environment = |environment: &EnvironmentItem<'p>| {
        // An environment of an unknown stack has been reported.
        let stack = names.stack(environment.module, &environment.of.text).ok_or(TargetError::Unknown)?;
        Ok(TestTarget { environment: Some(*environment), stack })
    };
    // The file's own come first; tests in a file of their own are about those of the files it uses.
    let (own, used): (Vec<&EnvironmentItem<'p>>, Vec<_>) =
        names.tested.iter().partition(|one| one.module == test.module);
    if let Some(of) = test.of {
        let named = of.text.split_once('.').and_then(|(alias, name)| Some((names.alias(test.module, alias)?.0, name)));
        let is_meant = |one: &&&EnvironmentItem<'p>| match named {
            Some((module, name)) => one.module == module && one.body.name.text == name,
            None => one.body.name.text == of.text,
        };
        let mut found = own.iter().chain(&used).filter(is_meant);
        if let Some(first) = found.next() {
            // The file's own hides those of the files it uses; of those, none hides another.
            let is_clear = first.module == test.module || found.next().is_none();
            return if is_clear { of_environment(first) } else { Err(TargetError::Several) };
        }
        let stack = names.stack(test.module, &of.text).ok_or(TargetError::Unknown)?;
        return Ok(TestTarget { environment: None, stack });
    }
    let near = if own.is_empty() { used } else { own };
    match (near.as_slice(), names.of_kind(test.module, ItemKind::Stack).as_slice()) {
        ([only], _) => of_environment(only),
        ([], [only]) => {
            let stack = names.stack(test.module, only).ok_or(TargetError::Unknown)?;
            Ok(TestTarget { environment: None, stack })
        }
        ([], []) => Err(TargetError::None),
        _ => Err(TargetError::Several),
    }
}
