//! Definitions of resource types: AWS's published CloudFormation schemas, without their prose.
//!
//! Two spellings live side by side. AWS's (`AWS::RDS::DBCluster`, `DBSubnetGroupName`) is what the model, the state and
//! the clouds speak; gpb's (`aws.rds.db_cluster`, `db_subnet_group_name`) is what people read and write.

use crate::lifecycle::TypeLifecycle;
use crate::value_form::ValueForm;
use compact_str::CompactString;
use gpb_model::{PropPath, Replacement, TypeName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A resource type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDef {
    /// gpb's name: `aws.rds.db_cluster`.
    pub name: TypeName,
    /// AWS's name: `AWS::RDS::DBCluster`.
    pub aws: String,
    /// The properties.
    pub root: ObjectShape,
    /// Nested types that properties refer to by [`Shape::Nested`].
    pub nested: Vec<NestedType>,
    /// Properties that together name one instance.
    ///
    /// Joined by `|` they are the identifier of Cloud Control.
    pub primary_identifier: Vec<PropPath>,
    /// Properties that name one instance as well, each set by itself.
    pub additional_identifiers: Vec<Vec<PropPath>>,
    /// Set by AWS alone: an output.
    pub read_only: Vec<PropPath>,
    /// A change needs a new resource.
    pub create_only: Vec<PropPath>,
    /// A change may need a new resource, depending on the value.
    pub conditional_create_only: Vec<PropPath>,
    /// Never given back by a read.
    pub write_only: Vec<PropPath>,
    /// AWS advises against them.
    pub deprecated: Vec<PropPath>,
    /// The property that holds the tags; none where the type takes none.
    pub tagging: Option<Tagging>,
    /// The IAM actions that AWS's own handlers need.
    ///
    /// By handler: `create`, `read`, `update`, `delete`, `list`.
    pub permissions: BTreeMap<String, Vec<String>>,
    /// The handlers that AWS has, of `create`, `read`, `update`, `delete` and `list`.
    ///
    /// Without those of creation, read and deletion, Cloud Control does not drive the type.
    pub handlers: BTreeSet<String>,
    /// Properties without which AWS's `list` handler refuses to list.
    pub list_needs: Vec<String>,
    /// Properties that hold a document although AWS's schema calls them strings.
    pub text_documents: Vec<String>,
    /// Set where AWS has an update handler at all.
    ///
    /// Without one, every change is a replacement.
    pub updatable: bool,
    /// `create_then_delete` or `delete_then_create` where the schema says so.
    pub replacement: Option<Replacement>,
    /// Holds data that deleting it would lose.
    pub stateful: bool,
    /// The places that AWS gives back in another form than they were given in, as the schema says.
    pub forms: BTreeMap<PropPath, ValueForm>,
    /// The behaviour of its resources over their life, beyond the schema.
    pub lifecycle: TypeLifecycle,
}

/// The tags of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagging {
    /// The property that holds the tags, in AWS's spelling.
    pub property: String,
    /// Set where tags can be changed once the resource exists.
    pub update: bool,
}

/// A type that properties refer to by name.
#[derive(Debug, Clone, PartialEq)]
pub struct NestedType {
    /// AWS's name: `ServerlessV2ScalingConfiguration`.
    pub aws: String,
    /// The type of its values.
    pub shape: Shape,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int {
        /// The least number of the property's units.
        min: Option<i64>,
        /// The greatest number of the property's units.
        max: Option<i64>,
        /// The only numbers allowed; empty for any.
        one_of: Vec<i64>,
    },
    /// A number.
    Number {
        /// The least number of the property's units.
        min: Option<f64>,
        /// The greatest number of the property's units.
        max: Option<f64>,
    },
    /// A string.
    Text(TextShape),
    /// Values in order, or a set.
    List(ListShape),
    /// Properties by name, each of a shape of its own.
    Object(ObjectShape),
    /// Keys are free (or match a pattern), values share a shape.
    Map {
        /// An ECMA-262 regular expression.
        key_pattern: Option<String>,
        /// The shape of each value.
        value: Box<Shape>,
    },
    /// An index into [`TypeDef::nested`]; recursion goes through here.
    Nested(usize),
    /// A document: any JSON, or JSON as text (policies, definitions).
    Json,
    /// One of several shapes, as `oneOf` / `anyOf` or a list of types.
    Any(Vec<Shape>),
}

/// The bounds of a string.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextShape {
    /// The least number of characters.
    pub min_length: Option<u64>,
    /// The greatest number of characters.
    pub max_length: Option<u64>,
    /// An ECMA-262 regular expression.
    pub pattern: Option<String>,
    /// The only strings allowed; empty for any.
    pub one_of: Vec<String>,
    /// `one_of` in any mix of capitals.
    pub any_case: bool,
    /// `date-time`, `uri`, `arn`, … as the schema names it.
    pub format: Option<String>,
}

/// The bounds of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListShape {
    /// The shape of each item.
    pub item: Box<Shape>,
    /// Set where the order of the items has a meaning.
    ///
    /// `insertionOrder: false` makes this false: the list is a set or a bag.
    pub ordered: bool,
    /// No item may be there again.
    pub unique: bool,
    /// The least number of items.
    pub min: Option<u64>,
    /// The greatest number of items.
    pub max: Option<u64>,
}

/// The properties of an object, and the rules between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObjectShape {
    /// In order of AWS's names.
    pub properties: Vec<Property>,
    /// Those that must be there, in AWS's spelling.
    pub required: Vec<String>,
    /// The rules between properties.
    pub rules: Vec<ObjectRule>,
    /// Other keys are allowed.
    pub open: bool,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// gpb's name: `db_subnet_group_name`.
    pub name: CompactString,
    /// AWS's name: `DBSubnetGroupName`.
    pub aws: CompactString,
    /// The type of its values.
    pub shape: Shape,
    /// The value that AWS takes where none is given, as the schema says.
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
    /// Returns a property by gpb's name.
    pub fn by_name(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// Returns a property by AWS's name.
    pub fn by_aws(&self, aws: &str) -> Option<&Property> {
        let index = self.properties.binary_search_by(|property| property.aws.as_str().cmp(aws)).ok()?;
        self.properties.get(index)
    }
}

impl TypeDef {
    /// Returns the shape behind [`Shape::Nested`]; any other shape is itself.
    pub fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        match shape {
            Shape::Nested(index) => self.nested.get(*index).map_or(shape, |nested| &nested.shape),
            _ => shape,
        }
    }

    /// Returns the shape at a path; none where the type has no such path.
    pub fn shape_at(&self, path: &PropPath) -> Option<&Shape> {
        let mut segments = path.segments();
        let first = &self.root.by_aws(segments.next()?)?.shape;
        segments
            .try_fold(first, |shape, segment| self.inside(shape, segment).map(|(shape, _)| shape))
            .map(|shape| self.resolve(shape))
    }

    /// Returns the shape one step further in, and the property when the step named one.
    ///
    /// Of several shapes, the first that has such a place.
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

    /// Returns a path in gpb's spelling, for people: `vpc_config.subnet_ids[0]`.
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

    /// Returns the form that AWS gives a place back in; none where it comes back as it was given.
    ///
    /// The place of an element of a list has a `*` for its index.
    pub fn form(&self, path: &PropPath) -> Option<ValueForm> {
        self.lifecycle.forms.get(path).or_else(|| self.forms.get(path)).copied()
    }

    /// Checks whether a property, in AWS's spelling, holds the tags.
    pub fn is_tagged_by(&self, property: &str) -> bool {
        self.tagging.as_ref().is_some_and(|tagging| tagging.property == property)
    }

    /// Checks whether AWS alone sets a property.
    pub fn is_read_only(&self, path: &PropPath) -> bool {
        self.read_only.iter().any(|one| one.covers(path))
    }

    /// Checks whether AWS gives back a value at a place where none was written, there or below it.
    ///
    /// That is an output, a part of an identifier, or what AWS chooses. A default that the schema documents is no such
    /// value: who reads the place gets what was written, nothing, and gives on nothing.
    pub fn is_returned(&self, path: &PropPath) -> bool {
        let identifiers = self.additional_identifiers.iter().flatten().chain(&self.primary_identifier);
        let mut places = self.read_only.iter().chain(&self.lifecycle.chosen).chain(identifiers);
        places.any(|place| place.covers(path) || path.covers(place))
    }

    /// Checks whether a change of a property needs a new resource.
    pub fn is_create_only(&self, path: &PropPath) -> bool {
        self.create_only.iter().any(|one| one.covers(path))
    }

    /// Checks whether a read never gives back a property.
    pub fn is_write_only(&self, path: &PropPath) -> bool {
        self.write_only.iter().any(|one| one.covers(path))
    }
}

/// Looks up a resource type by gpb's name, `aws.sqs.queue`.
pub type TypeLookup<'a> = &'a (dyn Fn(&str) -> Option<Arc<TypeDef>> + Sync);

/// Returns a property of a type as users write it: `vpc_config.subnet_ids[0]`.
///
/// Where the type is unknown, it is in AWS's spelling.
pub fn display_path(types: TypeLookup<'_>, ty: &str, path: &PropPath) -> String {
    types(ty).map_or_else(|| path.to_string(), |def| def.display(path))
}
