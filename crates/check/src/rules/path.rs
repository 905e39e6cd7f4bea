//! Paths of properties as rules write them.

use gpb_model::{PropPath, TypeName};

/// A path in AWS's spelling: `KeySchema/*/AttributeName`, `DBClusterIdentifier -> aws.rds.db_cluster -> Engine`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RulePath {
    /// Begins at the resource (`/Cpu`), also where the rule looks at elements of a list.
    pub absolute: bool,
    /// The steps inward.
    pub steps: Vec<RuleStep>,
    /// The resource that the value refers to, by type, and the path inside it.
    pub target: Option<(TypeName, Box<RulePath>)>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RuleStep {
    /// An entry of an object by its name, or an item of a list by its index.
    Key(String),
    /// Every item of a list: `*`.
    Items,
}

impl RulePath {
    /// Reads a path.
    ///
    /// # Errors
    /// The mistake in words, where the text is no path.
    pub fn parse(text: &str) -> Result<RulePath, String> {
        let mut parts = text.splitn(3, " -> ");
        let own = parts.next().unwrap_or_default();
        let target = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(ty), Some(path)) => Some((TypeName::from(ty), Box::new(RulePath::parse(path)?))),
            (Some(ty), None) => return Err(format!("`{text}` names the type `{ty}` and no path inside it")),
        };
        let absolute = own.starts_with('/');
        let inward = own.strip_prefix('/').unwrap_or(own);
        let step = |step: &str| match step {
            "" => Err(format!("`{text}` has an empty step")),
            "*" => Ok(RuleStep::Items),
            key if key.contains(|c: char| !c.is_alphanumeric() && !"_-:.".contains(c)) => {
                Err(format!("`{key}` is not a name of a property"))
            }
            key => Ok(RuleStep::Key(key.to_owned())),
        };
        let steps = match inward {
            "." => Vec::new(),
            inward => inward.split('/').map(step).collect::<Result<_, _>>()?,
        };
        Ok(RulePath { absolute, steps, target })
    }

    /// Returns the place inside the resource, up to its first `*`.
    pub fn plain(&self) -> PropPath {
        let keys = self.steps.iter().map_while(|step| match step {
            RuleStep::Key(key) => Some(key),
            RuleStep::Items => None,
        });
        keys.fold(PropPath::default(), |place, key| place.child(key))
    }

    /// Checks whether the path may lead to several values.
    pub fn is_plural(&self) -> bool {
        self.steps.contains(&RuleStep::Items) || self.target.as_ref().is_some_and(|(_, path)| path.is_plural())
    }
}
