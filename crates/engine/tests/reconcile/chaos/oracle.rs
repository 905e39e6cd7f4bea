//! The oracle: says what must be, from the program and from what is really in the cloud.
//!
//! It knows nothing of plans, journals and tokens: a resource is known by the mark in its `Note`, and it is right when its
//! properties are those that the program declares.

use super::super::*;
use super::program::{Birth, Part, Program};
use gpb_engine::cloud::Properties;

/// A resource that is really there.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// The type, in gpb's name.
    pub ty: String,
    /// The identifier.
    pub id: String,
    /// The token of its creation.
    pub token: String,
    /// The properties.
    pub properties: Properties,
}

impl Thing {
    fn note(&self) -> &str {
        self.properties.get("Note").and_then(Json::as_str).unwrap_or_default()
    }

    fn key(&self) -> (String, String) {
        (self.ty.clone(), self.id.clone())
    }
}

/// The resources of others, by type and identifier, which must be left as they are.
pub type Others = BTreeMap<(String, String), Properties>;

/// Lists everything that is there.
pub fn inventory(sim: &SimCloud) -> Vec<Thing> {
    let all = sim.everything().unwrap().into_iter();
    all.map(|(key, seen, token)| Thing { ty: key.ty, id: key.id, token, properties: seen.properties.into() }).collect()
}

/// Checks that what others have is as they left it.
pub fn others_are_untouched(others: &Others, there: &[Thing]) -> Result<(), String> {
    for (key, left) in others {
        match there.iter().find(|thing| thing.key() == *key) {
            None => return Err(format!("{} {}, which is another's, was deleted", key.0, key.1)),
            Some(thing) if thing.properties != *left => {
                return Err(format!("{} {}, which is another's, was changed: {:?}", key.0, key.1, thing.properties));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Checks that the state names everything that gpb has made, and nothing of others, whatever instant it is.
pub fn nothing_is_lost(others: &Others, there: &[Thing], snapshot: &StateSnapshot) -> Result<(), String> {
    for thing in there.iter().filter(|thing| !others.contains_key(&thing.key())) {
        let recorded = snapshot.resources.values().any(|record| (&record.ty, &record.id) == (&thing.ty, &thing.id));
        let intended = snapshot.pending.iter().any(|intent| {
            intent.ty == thing.ty && (intent.token == thing.token || intent.id.as_ref() == Some(&thing.id))
        });
        if !recorded && !intended {
            return Err(format!("the state knows nothing of {} {} ({})", thing.ty, thing.id, thing.note()));
        }
    }
    for record in snapshot.resources.values() {
        if others.contains_key(&(record.ty.clone(), record.id.clone())) {
            return Err(format!("{} is {} {}, which is another's", record.address, record.ty, record.id));
        }
    }
    Ok(())
}

/// Checks that the cloud is what the program declares, once, and that the state is the cloud.
pub fn is_as_declared(
    program: &Program,
    others: &Others,
    there: &[Thing],
    snapshot: &StateSnapshot,
) -> Result<(), String> {
    let ours: Vec<&Thing> = there.iter().filter(|thing| !others.contains_key(&thing.key())).collect();
    for thing in &ours {
        let part = program.parts.iter().find(|part| part.note() == thing.note());
        let part =
            part.ok_or_else(|| format!("orphan: {} {} is {}, not declared", thing.ty, thing.id, thing.note()))?;
        let same = ours.iter().filter(|other| other.note() == thing.note()).count();
        if same > 1 {
            return Err(format!("duplicate: {} is there {same} times", part.note()));
        }
    }
    for part in &program.parts {
        let thing =
            of(part, &ours).ok_or_else(|| format!("missing: {} ({}) is not there", part.address, part.note()))?;
        has_what_is_declared(part, thing, program, &ours)?;
        let record = snapshot.resources.get(&Address::new(part.address));
        let record = record.ok_or_else(|| format!("forgotten: {} is not in the state", part.address))?;
        if (&record.ty, &record.id) != (&thing.ty, &thing.id) {
            return Err(format!("{} is {} in the state and {} in the cloud", part.address, record.id, thing.id));
        }
        if let Some(why) = &record.tainted {
            return Err(format!("{} is still unfinished: {why}", part.address));
        }
    }
    if let Some(phantom) = snapshot.resources.keys().find(|address| !declares(program, address)) {
        return Err(format!("phantom: {phantom} is in the state and not declared"));
    }
    match snapshot.pending.first() {
        Some(intent) => Err(format!("the {} of {} is still open", intent.operation.as_str(), intent.address)),
        None => Ok(()),
    }
}

fn declares(program: &Program, address: &Address) -> bool {
    program.parts.iter().any(|part| part.address == address.as_str())
}

/// Finds the resource that is a part.
pub fn of<'t>(part: &Part, ours: &[&'t Thing]) -> Option<&'t Thing> {
    ours.iter().find(|thing| thing.note() == part.note()).copied()
}

fn has_what_is_declared(part: &Part, thing: &Thing, program: &Program, ours: &[&Thing]) -> Result<(), String> {
    let wrong = |what: &str, there: Option<&Json>, wanted: &Json| {
        Err(format!("{} ({}): {what} is {there:?} instead of {wanted}", part.address, part.note()))
    };
    if thing.ty != format!("aws.test.{}", part.ty) {
        return wrong("the type", Some(&thing.ty.as_str().into()), &part.ty.into());
    }
    for (name, wanted) in part.plain().as_object().into_iter().flatten() {
        let there = thing.properties.get(name);
        if there != Some(wanted) {
            return wrong(name, there, wanted);
        }
    }
    let mut wanted = Vec::new();
    for (number, path) in &part.uses {
        let used = program.part(*number).and_then(|used| of(used, ours));
        let used = used.ok_or_else(|| format!("{} uses part-{number}, which is not there", part.address))?;
        let pointer = format!("/{path}");
        let output = Json::Object(used.properties.clone());
        wanted.push(if path.is_empty() { used.id.as_str().into() } else { output.pointer(&pointer).cloned().unwrap() });
    }
    let there = thing.properties.get("Uses").and_then(Json::as_array).cloned().unwrap_or_default();
    if there == wanted { Ok(()) } else { wrong("Uses", Some(&there.into()), &wanted.into()) }
}

/// The identifiers of the parts that the cloud names, by number, each with what only a creation decides about it.
pub type Identities = BTreeMap<u32, (Birth, String)>;

/// Returns the identifiers of what is there.
pub fn identities(program: &Program, others: &Others, there: &[Thing]) -> Identities {
    let ours: Vec<&Thing> = there.iter().filter(|thing| !others.contains_key(&thing.key())).collect();
    let found =
        program.parts.iter().filter_map(|part| Some((part.number, (part.birth(), of(part, &ours)?.id.clone()))));
    found.collect()
}

/// Checks that nothing was made anew that could stay.
pub fn nothing_was_replaced_without_cause(before: &Identities, now: &Identities) -> Result<(), String> {
    for (number, (birth, id)) in before {
        if let Some((still, other)) = now.get(number)
            && still == birth
            && id != other
        {
            return Err(format!("part-{number} was {id} and is {other}, though nothing asked for another one"));
        }
    }
    Ok(())
}
