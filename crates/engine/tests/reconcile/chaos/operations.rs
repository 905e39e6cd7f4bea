//! The operations of a case: what people and others do between two settled states.

use super::super::*;
use super::program::Program;
use super::world::{Command, World};
use super::writes::Write;
use fastrand::Rng;
use gpb_engine::cloud::{Properties, ResourceKey};

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Declares more.
    Apply,
    /// Changes what an update can change.
    Update,
    /// Changes what only a creation can set.
    Replace,
    /// Asks for a replacement that nothing needs.
    ReplaceAsked,
    /// Gives other addresses.
    Rename,
    /// Declares another type at an address.
    Retype,
    /// Declares less.
    Shrink,
    /// Declares nothing.
    Empty,
    /// Destroys everything.
    Destroy,
    /// Others change what gpb has made.
    Drift,
    /// Others delete what gpb has made.
    Vanish,
    /// Others have what bears the name of something new.
    Collide,
    /// Others use what shall go.
    Cling,
    /// All kinds of changes at once.
    Everything,
}

/// All of them.
pub const OPERATIONS: [Operation; 14] = [
    Operation::Apply,
    Operation::Update,
    Operation::Replace,
    Operation::ReplaceAsked,
    Operation::Rename,
    Operation::Retype,
    Operation::Shrink,
    Operation::Empty,
    Operation::Destroy,
    Operation::Drift,
    Operation::Vanish,
    Operation::Collide,
    Operation::Cling,
    Operation::Everything,
];

/// A resource of another's that stands in the way, by type and identifier.
pub type Obstacle = (String, String);

impl Operation {
    /// Draws one.
    pub fn random(rng: &mut Rng) -> Self {
        OPERATIONS[rng.usize(..OPERATIONS.len())]
    }

    /// Returns true when what is there may be made anew though its declaration does not ask for it.
    pub fn may_replace(self) -> bool {
        matches!(self, Self::ReplaceAsked | Self::Vanish)
    }

    /// Does what others do, and returns what is asked of gpb, with what stands in its way.
    pub fn begin(self, world: &mut World, program: &Program, rng: &mut Rng) -> (Command, Option<Obstacle>) {
        let mut next = program.clone();
        let (mut destroy, mut replace, mut obstacle) = (false, BTreeSet::new(), None);
        match self {
            Self::Apply => (0..rng.usize(1..6)).for_each(|_| next.grow(rng)),
            Self::Update => next.update(rng),
            Self::Replace => next.replace(rng),
            Self::ReplaceAsked => replace.extend(rng.choice(&next.parts).map(|part| Address::new(part.address))),
            Self::Rename => next.rename(rng),
            Self::Retype => next.retype(rng),
            Self::Shrink => (0..rng.usize(1..3)).for_each(|_| next.shrink(rng)),
            Self::Empty => next = next.emptied(),
            Self::Destroy => (next, destroy) = (next.emptied(), true),
            Self::Drift => drift(world, program, rng),
            Self::Vanish => vanish(world, program, rng),
            Self::Collide => {
                next.grow(rng);
                obstacle = collide(world, program, &next, rng);
            }
            Self::Cling => {
                obstacle = cling(world, program, rng);
                next.shrink(rng);
            }
            Self::Everything => {
                next.rename(rng);
                next.update(rng);
                next.replace(rng);
                next.shrink(rng);
                (0..rng.usize(1..4)).for_each(|_| next.grow(rng));
            }
        }
        (Command { program: next, destroy, replace, skew_s: 0 }, obstacle)
    }
}

/// Finds a part in the cloud.
fn key_of(world: &World, program: &Program, rng: &mut Rng) -> Option<(ResourceKey, Properties)> {
    let part = rng.choice(&program.parts)?;
    let all =
        world.inventory().into_iter().filter(|thing| !world.others.contains_key(&(thing.ty.clone(), thing.id.clone())));
    let thing = all.into_iter().find(|thing| thing.properties.get("Note") == Some(&part.note().into()))?;
    Some((ResourceKey { ty: thing.ty, place: place(), id: thing.id }, thing.properties))
}

fn drift(world: &mut World, program: &Program, rng: &mut Rng) {
    for _ in 0..rng.usize(1..3) {
        let Some((key, before)) = key_of(world, program, rng) else { return };
        let mut desired = before.clone();
        desired.insert("Size".into(), rng.u32(5..9).into());
        let (changed, reasserted, token) = (vec![PropPath("Size".into())], vec![], "another's".to_owned());
        world.as_another(&Write::Update { key, before, desired, changed, reasserted, token });
    }
}

fn vanish(world: &mut World, program: &Program, rng: &mut Rng) {
    for _ in 0..rng.usize(1..3) {
        let Some((key, _)) = key_of(world, program, rng) else { return };
        world.others_delete(&key.ty, &key.id);
    }
}

/// Takes the name of a new part before gpb does, with what looks just alike half of the time.
fn collide(world: &mut World, program: &Program, next: &Program, rng: &mut Rng) -> Option<Obstacle> {
    let new = next.parts.iter().find(|part| part.is_named() && program.part(part.number).is_none())?;
    let mut properties = new.plain();
    properties["Uses"] = json!([]);
    if rng.bool() {
        properties["Size"] = 9.into();
    }
    let ty = format!("aws.test.{}", new.ty);
    world.others_make(&ty, properties);
    let obstacle = (ty, new.name.clone());
    world.others.contains_key(&obstacle).then_some(obstacle)
}

/// Builds on what gpb has made.
fn cling(world: &mut World, program: &Program, rng: &mut Rng) -> Option<Obstacle> {
    let (key, _) = key_of(world, program, rng)?;
    let before: BTreeSet<_> = world.others.keys().cloned().collect();
    world.others_make("aws.test.box", json!({"Note": "clings", "Uses": [key.id], "Fixed": "c", "Size": 1}));
    world.others.keys().find(|other| !before.contains(other)).cloned()
}
