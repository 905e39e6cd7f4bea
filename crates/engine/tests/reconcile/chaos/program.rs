//! Random programs, whose resources have an identity of their own that outlives changes and renames.

use super::super::*;
use fastrand::Rng;
use gpb_model::Move;

/// The addresses that a program may use.
const ADDRESSES: [&str; 20] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"];
/// The most resources of a program, by number.
const MOST: usize = 7;

/// A declared resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The identity, by number from 1. It stands in the property `Note`, where it is found in the cloud.
    pub number: u32,
    /// The address of now.
    pub address: &'static str,
    /// The type, without `aws.test.`.
    pub ty: &'static str,
    /// The physical name, of a type that has one.
    pub name: String,
    /// The properties that only a creation can set.
    pub fixed: u32,
    /// The properties that an update can set.
    pub size: u32,
    /// The parts it refers to, each with the output that it takes.
    pub uses: Vec<(u32, &'static str)>,
    /// The length of a generated password, of a type that has one.
    pub password: Option<u32>,
    /// The declared protection, which the state keeps and the cloud does not know.
    pub protect: Option<bool>,
}

/// The decisions about a part that only a creation can take.
pub type Birth = (&'static str, String, u32);

impl Part {
    /// Returns the mark by which the part is known in the cloud.
    pub fn note(&self) -> String {
        format!("part-{}", self.number)
    }

    /// Returns true for types whose name the declaration gives.
    pub fn is_named(&self) -> bool {
        matches!(self.ty, "store" | "rule")
    }

    /// Returns what only a creation can decide: when it differs, the resource is another one.
    pub fn birth(&self) -> Birth {
        (self.ty, self.name.clone(), self.fixed)
    }

    /// Returns the properties without what refers to others.
    pub fn plain(&self) -> Json {
        let mut properties = json!({"Size": self.size, "Note": self.note()});
        let fixed = format!("f{}", self.fixed);
        properties[if self.ty == "net" { "Cidr" } else { "Fixed" }] = fixed.into();
        if self.is_named() {
            properties["StoreName"] = self.name.clone().into();
        }
        properties
    }
}

/// A program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Program {
    /// Each after what it refers to.
    pub parts: Vec<Part>,
    /// The renames that it declares, from the old address to the new one.
    pub moves: Vec<(&'static str, &'static str)>,
    /// The number of the last part that ever was.
    last: u32,
}

impl Program {
    /// Finds a part by its number.
    pub fn part(&self, number: u32) -> Option<&Part> {
        self.parts.iter().find(|part| part.number == number)
    }

    /// Returns an address that no part has and no part is moved from.
    fn free_address(&self, rng: &mut Rng) -> Option<&'static str> {
        let taken = |address: &str| {
            self.parts.iter().any(|part| part.address == address) || self.moves.iter().any(|(from, _)| *from == address)
        };
        let free: Vec<&'static str> = ADDRESSES.into_iter().filter(|address| !taken(address)).collect();
        rng.choice(free)
    }

    fn random_uses(&self, rng: &mut Rng, before: usize) -> Vec<(u32, &'static str)> {
        let mut uses = Vec::new();
        for _ in 0..rng.usize(0..3) {
            let Some(part) = rng.choice(&self.parts[..before]) else { break };
            let outputs: &[&str] = match part.ty {
                "box" => &["", "Endpoint/Address"],
                "store" | "rule" => &["", "Arn"],
                _ => &[""],
            };
            let one = (part.number, rng.choice(outputs).copied().unwrap_or_default());
            if !uses.contains(&one) {
                uses.push(one);
            }
        }
        uses
    }

    /// Adds a new part.
    pub fn grow(&mut self, rng: &mut Rng) {
        let Some(address) = self.free_address(rng).filter(|_| self.parts.len() < MOST) else { return };
        self.last += 1;
        let ty = rng.choice(["net", "box", "store", "rule"]).unwrap_or("net");
        let uses = self.random_uses(rng, self.parts.len());
        self.parts.push(Part {
            number: self.last,
            address,
            ty,
            name: format!("name-{}", self.last),
            fixed: rng.u32(0..3),
            size: rng.u32(0..5),
            uses,
            password: (ty == "store").then_some(12),
            protect: None,
        });
    }

    /// Takes a part away, and every reference to it.
    pub fn shrink(&mut self, rng: &mut Rng) {
        if self.parts.is_empty() {
            return;
        }
        let gone = self.parts.remove(rng.usize(0..self.parts.len())).number;
        for part in &mut self.parts {
            part.uses.retain(|(number, _)| *number != gone);
        }
    }

    /// Changes what an update can change.
    pub fn update(&mut self, rng: &mut Rng) {
        for index in 0..self.parts.len() {
            if rng.u8(0..3) == 0 {
                self.parts[index].size = rng.u32(0..5);
            }
            if rng.u8(0..5) == 0 {
                self.parts[index].uses = self.random_uses(rng, index);
            }
            if rng.u8(0..4) == 0 {
                self.parts[index].protect = Some(rng.bool());
            }
            if rng.u8(0..6) == 0 {
                self.parts[index].password = self.parts[index].password.map(|length| 28 - length);
            }
        }
    }

    /// Changes what only a creation can set.
    pub fn replace(&mut self, rng: &mut Rng) {
        for part in &mut self.parts {
            match rng.u8(0..4) {
                0 => part.fixed += 1,
                1 if part.is_named() => part.name.push('x'),
                _ => {}
            }
        }
    }

    /// Gives parts other addresses, and says so.
    pub fn rename(&mut self, rng: &mut Rng) {
        for index in 0..self.parts.len() {
            if rng.bool()
                && let Some(to) = self.free_address(rng)
            {
                self.moves.push((self.parts[index].address, to));
                self.parts[index].address = to;
            }
        }
    }

    /// Gives the address of one part to a new one of another type, which the first makes way for.
    pub fn retype(&mut self, rng: &mut Rng) {
        let Some(address) = rng.choice(&self.parts).map(|part| part.address) else { return };
        let Some(at) = self.parts.iter().position(|part| part.address == address) else { return };
        let old = self.parts[at].clone();
        self.last += 1;
        let ty = if old.ty == "box" { "net" } else { "box" };
        self.parts[at] = Part { number: self.last, ty, password: None, ..old.clone() };
        for part in &mut self.parts {
            part.uses.retain(|(number, _)| *number != old.number);
        }
    }

    /// Returns the program that declares nothing any more.
    pub fn emptied(&self) -> Program {
        Program { last: self.last, ..Program::default() }
    }

    /// Returns the program once its renames are done, and no longer declared.
    pub fn settled(mut self) -> Program {
        self.moves.clear();
        self
    }

    /// Returns the model that the compiler would make of it.
    pub fn model(&self) -> Model {
        let address = |number: &u32| self.part(*number).map_or("", |part| part.address);
        let declared = self.parts.iter().map(|part| {
            let mut properties = part.plain();
            let uses: Vec<Json> = part.uses.iter().map(|(number, path)| to(address(number), path)).collect();
            properties["Uses"] = uses.into();
            if let Some(length) = part.password {
                properties["Password"] = json!({"$secret": {"from": "generated", "length": length}});
            }
            (part.address, part.ty, properties)
        });
        let mut model = model_of(&declared.collect());
        for (resource, part) in model.resources.iter_mut().zip(&self.parts) {
            resource.lifecycle.protect = part.protect;
        }
        let moved = |(from, to): &(&str, &str)| Move {
            from: Address::new(*from),
            to: Address::new(*to),
            span: Span::default(),
        };
        model.moves = self.moves.iter().map(moved).collect();
        model
    }
}
