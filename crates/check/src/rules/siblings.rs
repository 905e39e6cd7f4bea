//! Resources that share one thing: the subnets of a VPC.

use super::forms;
use super::lookup::{ReferenceTargets, RuleSubject};
use super::path::{RulePath, RuleStep};
use foldhash::HashMap;
use gpb_model::{Address, PropertyValue, Resource};
use ipnet::IpNet;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The properties at which resources are compared with their like.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Siblings {
    /// The property that is compared.
    pub of: RulePath,
    /// The property that is the same for all of them.
    pub by: RulePath,
}

/// The thing that siblings share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shared<'m> {
    /// A string.
    Text(&'m str),
    /// A resource of the program.
    Resource(&'m Address),
}

/// The resources of a type by what they share, in their order.
#[derive(Default)]
struct SiblingTable<'m> {
    by_shared: HashMap<Shared<'m>, Vec<&'m Resource>>,
    /// Those of which it is not known what they share.
    unknown: usize,
    /// Those whose block has addresses of an earlier one's, with their siblings.
    overlapping: HashMap<&'m Address, &'m Resource>,
}

/// The tables of a model, made when they are first asked for: by type, and by the properties `of` and `by`.
#[derive(Default)]
pub(super) struct SiblingTables<'m>(RefCell<BTreeMap<(String, String, String), Rc<SiblingTable<'m>>>>);

impl Siblings {
    /// Checks whether a resource's block has no address of an earlier sibling's; none where it cannot be known.
    pub fn is_clear(&self, subject: &RuleSubject<'_, '_>) -> Option<bool> {
        text(subject.resource, &self.of)?;
        shared(subject.resource, &self.by)?;
        Some(self.overlapped(subject).is_none())
    }

    /// Returns an earlier sibling whose block has addresses of a resource's block.
    pub fn overlapped<'m>(&self, subject: &RuleSubject<'_, 'm>) -> Option<&'m Resource> {
        let table = self.table(&subject.resource.ty, subject.targets);
        table.overlapping.get(&subject.resource.address).copied()
    }

    /// Returns the values of the resources of a type that share with this one what siblings share.
    ///
    /// A value that is not known is none; where it is not known which resources share it, so is the whole.
    pub fn of_type<'m>(
        &self,
        ty: &str,
        subject: &RuleSubject<'_, 'm>,
    ) -> Option<impl Iterator<Item = Option<&'m str>> + use<'m>> {
        let mine = shared(subject.resource, &self.by)?;
        let table = self.table(ty, subject.targets);
        let alike = table.by_shared.get(&mine).cloned().unwrap_or_default();
        let of = self.of.clone();
        (table.unknown == 0).then(|| alike.into_iter().map(move |other| text(other, &of)))
    }

    fn table<'m>(&self, ty: &str, targets: &ReferenceTargets<'m>) -> Rc<SiblingTable<'m>> {
        let key = (ty.to_owned(), name(&self.of).to_owned(), name(&self.by).to_owned());
        if let Some(known) = targets.siblings.0.borrow().get(&key) {
            return known.clone();
        }
        let made = Rc::new(SiblingTable::of(ty, self, targets));
        targets.siblings.0.borrow_mut().insert(key, made.clone());
        made
    }
}

impl<'m> SiblingTable<'m> {
    fn of(ty: &str, siblings: &Siblings, targets: &ReferenceTargets<'m>) -> SiblingTable<'m> {
        let mut table = SiblingTable::default();
        let mut order = Vec::new();
        for resource in targets.model.resources.iter().filter(|one| !one.existing && *one.ty == *ty) {
            match shared(resource, &siblings.by) {
                Some(shared) => {
                    let alike = table.by_shared.entry(shared).or_default();
                    if alike.is_empty() {
                        order.push(shared);
                    }
                    alike.push(resource);
                }
                None => table.unknown += 1,
            }
        }
        for shared in order {
            let alike = table.by_shared.get(&shared).map(Vec::as_slice).unwrap_or_default();
            let block = |(at, one): (usize, &&'m Resource)| Some((forms::network(text(one, &siblings.of)?)?, at));
            for (later, earlier) in overlaps(alike.iter().enumerate().filter_map(block).collect()) {
                if let (Some(later), Some(earlier)) = (alike.get(later), alike.get(earlier)) {
                    table.overlapping.insert(&later.address, earlier);
                }
            }
        }
        table
    }
}

/// A block that is open: those that follow may lie in it.
struct OpenBlock {
    block: IpNet,
    number: usize,
    /// The least number of the blocks around it and itself.
    around: usize,
    /// The least number of the blocks in it and itself.
    inside: usize,
}

/// Returns the numbers of the blocks that have addresses of one with a lesser number, each with such a number.
///
/// Blocks lie apart or one in the other: sorted, those around a block stand before it.
fn overlaps(mut blocks: Vec<(IpNet, usize)>) -> Vec<(usize, usize)> {
    blocks.sort_by_key(|(block, number)| (block.network(), block.prefix_len(), *number));
    let mut found = Vec::new();
    let mut open: Vec<OpenBlock> = Vec::new();
    for (block, number) in blocks {
        while open.last().is_some_and(|outer| !outer.block.contains(&block)) {
            close(&mut open, &mut found);
        }
        let around = open.last().map_or(number, |outer| outer.around);
        if around < number {
            found.push((number, around));
        }
        open.push(OpenBlock { block, number, around: around.min(number), inside: number });
    }
    while !open.is_empty() {
        close(&mut open, &mut found);
    }
    found
}

/// Ends the block that was opened last.
fn close(open: &mut Vec<OpenBlock>, found: &mut Vec<(usize, usize)>) {
    let Some(OpenBlock { number, inside, .. }) = open.pop() else { return };
    if inside < number {
        found.push((number, inside));
    }
    if let Some(outer) = open.last_mut() {
        outer.inside = outer.inside.min(inside);
    }
}

/// Returns the property that a path of one step names.
fn name(path: &RulePath) -> &str {
    match path.steps.as_slice() {
        [RuleStep::Key(key)] => key,
        _ => "",
    }
}

/// Returns the string that a resource has for a property.
fn text<'m>(resource: &'m Resource, property: &RulePath) -> Option<&'m str> {
    resource.properties.get(name(property)).and_then(PropertyValue::as_text)
}

/// Returns what a resource shares with its siblings; none where it is not known.
fn shared<'m>(resource: &'m Resource, property: &RulePath) -> Option<Shared<'m>> {
    match resource.properties.get(name(property))? {
        PropertyValue::Text(text) => Some(Shared::Text(text)),
        PropertyValue::Ref(reference) => Some(Shared::Resource(&reference.to)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(blocks: &[&str]) -> Vec<(usize, usize)> {
        let mut found =
            overlaps(blocks.iter().enumerate().map(|(at, block)| (forms::network(block).unwrap(), at)).collect());
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn a_block_overlaps_what_is_in_it_around_it_and_the_same() {
        assert_eq!(found(&["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/23"]), []);
        assert_eq!(found(&["10.0.0.0/24", "10.0.0.128/25"]), [(1, 0)]);
        assert_eq!(found(&["10.0.0.128/25", "10.0.0.0/24"]), [(1, 0)]);
        assert_eq!(found(&["10.0.0.0/24", "10.0.0.0/24", "2001:db8::/64"]), [(1, 0)]);
        assert_eq!(found(&["10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/23", "10.0.1.0/24"]), [(2, 0), (3, 2)]);
        assert_eq!(found(&["10.0.0.64/26", "10.0.0.0/16", "10.0.0.0/24"]), [(1, 0), (2, 0), (2, 1)]);
    }
}
