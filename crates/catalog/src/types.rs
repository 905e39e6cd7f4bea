//! What the catalog says of a resource type: facts of AWS's published CloudFormation schemas, without their prose.
//!
//! Two spellings live side by side. AWS's (`AWS::RDS::DBCluster`, `DBSubnetGroupName`) is what the model, the state and
//! the clouds speak; gpb's (`aws.rds.db_cluster`, `db_subnet_group_name`) is what people read and write.

use compact_str::CompactString;
use gpb_model::{PropPath, Replacement};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A resource type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDef {
    /// `aws.rds.db_cluster`
    pub name: Arc<str>,
    /// `AWS::RDS::DBCluster`
    pub aws: String,
    pub root: ObjectShape,
    /// Nested types that properties refer to by [`Shape::Nested`].
    pub nested: Vec<NestedType>,
    /// Properties that together name one instance; joined by `|` they are the identifier of Cloud Control.
    pub primary_identifier: Vec<PropPath>,
    pub additional_identifiers: Vec<Vec<PropPath>>,
    /// Set by AWS alone: an output.
    pub read_only: Vec<PropPath>,
    /// A change needs a new resource.
    pub create_only: Vec<PropPath>,
    /// A change may need a new resource, depending on the value.
    pub conditional_create_only: Vec<PropPath>,
    /// Never given back by a read.
    pub write_only: Vec<PropPath>,
    pub deprecated: Vec<PropPath>,
    pub tagging: Option<Tagging>,
    /// By handler (`create`, `read`, `update`, `delete`, `list`): the IAM actions AWS's own handler needs.
    pub permissions: BTreeMap<String, Vec<String>>,
    /// Whether AWS has an update handler at all: without one, every change is a replacement.
    pub updatable: bool,
    /// `create_then_delete` or `delete_then_create` where the schema says so.
    pub replacement: Option<Replacement>,
    /// Holds data that deleting it would lose.
    pub stateful: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tagging {
    /// The property that holds the tags, in AWS's spelling.
    pub property: String,
    pub update: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NestedType {
    pub aws: String,
    pub shape: Shape,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Bool,
    Int {
        min: Option<i64>,
        max: Option<i64>,
        one_of: Vec<i64>,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    Text(TextShape),
    List(ListShape),
    Object(ObjectShape),
    /// Keys are free (or match a pattern), values share a shape.
    Map {
        key_pattern: Option<String>,
        value: Box<Shape>,
    },
    /// An index into [`TypeDef::nested`]; recursion goes through here.
    Nested(usize),
    /// A document: any JSON, or JSON as text (policies, definitions).
    Json,
    /// One of several shapes, as `oneOf` / `anyOf` or a list of types.
    Any(Vec<Shape>),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextShape {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    /// An ECMA-262 regular expression.
    pub pattern: Option<String>,
    pub one_of: Vec<String>,
    /// `one_of` in any mix of capitals.
    pub any_case: bool,
    /// `date-time`, `uri`, `arn`, … as the schema names it.
    pub format: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListShape {
    pub item: Box<Shape>,
    /// `insertionOrder: false` makes this false: the order means nothing, the list is a set or a bag.
    pub ordered: bool,
    pub unique: bool,
    pub min: Option<u64>,
    pub max: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObjectShape {
    /// In order of AWS's names.
    pub properties: Vec<Property>,
    pub required: Vec<String>,
    pub rules: Vec<ObjectRule>,
    /// Other keys are allowed.
    pub open: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// `db_subnet_group_name`
    pub name: CompactString,
    /// `DBSubnetGroupName`
    pub aws: CompactString,
    pub shape: Shape,
    pub default: Option<serde_json::Value>,
}

/// Rules between properties of one object, in AWS's spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectRule {
    /// With the first, all of the others.
    RequiredTogether(String, Vec<String>),
    /// With the first, none of the others.
    Excluded(String, Vec<String>),
    /// Exactly one.
    ExactlyOne(Vec<String>),
    /// At least one.
    AtLeastOne(Vec<String>),
    /// One of these groups must be wholly present.
    OneOfGroups(Vec<Vec<String>>),
}

impl ObjectShape {
    pub fn by_name(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    pub fn by_aws(&self, aws: &str) -> Option<&Property> {
        let index = self.properties.binary_search_by(|property| property.aws.as_str().cmp(aws)).ok()?;
        self.properties.get(index)
    }
}

impl TypeDef {
    /// The shape behind [`Shape::Nested`]; any other shape is itself.
    pub fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        match shape {
            Shape::Nested(index) => self.nested.get(*index).map_or(shape, |nested| &nested.shape),
            _ => shape,
        }
    }

    /// The shape at a place, `None` when the type has no such place.
    pub fn shape_at(&self, path: &PropPath) -> Option<&Shape> {
        let mut segments = path.segments();
        let first = &self.root.by_aws(segments.next()?)?.shape;
        segments
            .try_fold(first, |shape, segment| self.inside(shape, segment).map(|(shape, _)| shape))
            .map(|shape| self.resolve(shape))
    }

    /// One step into a shape: the shape there, and the property when the step named one. Of several shapes, the first that
    /// has such a place.
    fn inside<'a>(&'a self, shape: &'a Shape, segment: &str) -> Option<(&'a Shape, Option<&'a Property>)> {
        match self.resolve(shape) {
            Shape::Object(object) => object.by_aws(segment).map(|property| (&property.shape, Some(property))),
            Shape::List(list) if segment == "*" || segment.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some((&list.item, None))
            }
            Shape::Map { value, .. } => Some((value, None)),
            Shape::Any(shapes) => shapes.iter().find_map(|shape| self.inside(shape, segment)),
            _ => None,
        }
    }

    /// A place in gpb's spelling, for people: `vpc_config.subnet_ids[0]`.
    pub fn display(&self, path: &PropPath) -> String {
        let mut out = String::new();
        let mut shape: Option<&Shape> = None;
        for (depth, segment) in path.segments().enumerate() {
            let inside = match shape {
                _ if depth == 0 => self.root.by_aws(segment).map(|property| (&property.shape, Some(property))),
                Some(shape) => self.inside(shape, segment),
                None => None,
            };
            let property = inside.and_then(|(_, property)| property);
            let is_index = property.is_none() && shape.is_some_and(|shape| self.is_list(shape));
            if is_index {
                out.extend(["[", segment, "]"]);
            } else {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(
                    &property.map_or_else(|| PropPath::unescape(segment), |property| property.name.to_string()),
                );
            }
            shape = inside.map(|(shape, _)| shape);
        }
        out
    }

    fn is_list(&self, shape: &Shape) -> bool {
        match self.resolve(shape) {
            Shape::List(_) => true,
            Shape::Any(shapes) => shapes.iter().any(|shape| self.is_list(shape)),
            _ => false,
        }
    }

    pub fn is_read_only(&self, path: &PropPath) -> bool {
        self.read_only.iter().any(|one| one.covers(path))
    }

    pub fn is_create_only(&self, path: &PropPath) -> bool {
        self.create_only.iter().any(|one| one.covers(path))
    }

    pub fn is_write_only(&self, path: &PropPath) -> bool {
        self.write_only.iter().any(|one| one.covers(path))
    }
}
