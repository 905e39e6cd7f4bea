//! The catalog in the binary.

use crate::decode;
use crate::types::TypeDef;
use index::{BY_AWS, ENTRIES};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// All types, by name.
pub struct Catalog {
    entries: &'static [CatalogEntry],
    /// One a type, filled when the type is first asked for.
    decoded: Box<[OnceLock<Option<Arc<TypeDef>>>]>,
}

/// One type in the blob.
struct CatalogEntry {
    name: &'static str,
    aws: &'static str,
    start: usize,
    end: usize,
    /// Size once decompressed, in bytes.
    size: usize,
}

/// The build script's output.
///
/// Every type, sorted by gpb's name, and their order by AWS's.
#[allow(clippy::unreadable_literal)]
mod index {
    use super::CatalogEntry;
    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

impl Catalog {
    /// Returns the catalog in the binary.
    pub fn embedded() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog { entries: ENTRIES, decoded: ENTRIES.iter().map(|_| OnceLock::new()).collect() })
    }

    /// Returns a type by gpb's name, `aws.rds.db_cluster`.
    pub fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        self.decode(self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok()?)
    }

    /// Checks whether there is a type of that name; decodes nothing.
    pub fn knows(&self, name: &str) -> bool {
        self.entries.binary_search_by(|entry| entry.name.cmp(name)).is_ok()
    }

    /// Returns a type by AWS's name, `AWS::RDS::DBCluster`.
    pub fn get_aws(&self, aws: &str) -> Option<Arc<TypeDef>> {
        self.decode(self.find_aws(aws)?)
    }

    /// Returns gpb's name of a type by AWS's; decodes nothing.
    pub fn name_of(&self, aws: &str) -> Option<&'static str> {
        Some(self.entries.get(self.find_aws(aws)?)?.name)
    }

    /// Returns every type's gpb name, sorted; decodes nothing.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// Returns every type's AWS name, sorted as gpb's are; decodes nothing.
    pub fn aws_names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.aws)
    }

    /// Returns every service, `aws.rds`, sorted; decodes nothing.
    pub fn services(&self) -> impl Iterator<Item = &'static str> {
        let services = self.names().filter_map(|name| name.rsplit_once('.')).map(|(service, _)| service);
        let mut last = None;
        services.filter(move |service| last.replace(*service) != Some(*service))
    }

    fn find_aws(&self, aws: &str) -> Option<usize> {
        let order = |at: &usize| self.entries.get(*at).map_or(std::cmp::Ordering::Less, |entry| entry.aws.cmp(aws));
        let at = BY_AWS.binary_search_by(order).ok()?;
        BY_AWS.get(at).copied()
    }

    fn decode(&self, at: usize) -> Option<Arc<TypeDef>> {
        let (entry, slot) = (self.entries.get(at)?, self.decoded.get(at)?);
        slot.get_or_init(|| {
            let packed = BLOB.get(entry.start..entry.end)?;
            let text = lz4_flex::block::decompress(packed, entry.size).ok()?;
            decode::type_def(entry.aws, &text).ok().map(Arc::new)
        })
        .clone()
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("types", &self.entries.len()).finish_non_exhaustive()
    }
}
