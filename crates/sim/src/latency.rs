//! Latencies of operations, by type: data of the standard library, scaled to the user's patience.

use gpb_engine::state::OperationKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The latencies of one cloud.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latency {
    table: BTreeMap<String, TypeLatency>,
    scale: f64,
}

/// The durations of one type's operations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeLatency {
    create: f64,
    update: f64,
    delete: f64,
}

impl Latency {
    /// Returns latencies of zero.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a table of types, whose entry `default` is for those it does not name.
    ///
    /// `scale` 1 is real time, 0.01 a hundredth of it.
    ///
    /// # Errors
    /// A table that is not valid, or a duration that is not between 0 seconds and a day.
    pub fn parse(text: &str, scale: f64) -> Result<Self, String> {
        let table: BTreeMap<String, TypeLatency> = toml::from_str(text).map_err(|error| error.to_string())?;
        let bad = |seconds: f64| !seconds.is_finite() || !(0.0..=86400.0).contains(&seconds);
        if let Some((ty, _)) = table.iter().find(|(_, t)| bad(t.create) || bad(t.update) || bad(t.delete)) {
            return Err(format!("a duration of `{ty}` is not between 0 seconds and a day"));
        }
        Ok(Self { table, scale: if bad(scale) { 0.0 } else { scale } })
    }

    /// Returns the scaled duration of an operation.
    pub fn duration(&self, ty: &str, operation: OperationKind) -> Duration {
        let Some(times) = self.table.get(ty).or_else(|| self.table.get("default")) else { return Duration::ZERO };
        let seconds = match operation {
            OperationKind::Create => times.create,
            OperationKind::Update => times.update,
            OperationKind::Delete => times.delete,
        };
        Duration::try_from_secs_f64(seconds * self.scale).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_standard_library_is_sound() {
        let library = gpb_base::stdlib::Library::embedded();
        let latency = Latency::parse(library.get("sim/latency.toml").unwrap(), 0.5).unwrap();
        assert!(latency.duration("aws.no.such", OperationKind::Create) > Duration::ZERO);
        let cluster = latency.duration("aws.rds.db_cluster", OperationKind::Create);
        assert!(cluster > latency.duration("aws.no.such", OperationKind::Create));
    }

    #[test]
    fn bad_tables_are_refused() {
        for bad in [
            "a = 1",
            "[a]\ncreate = 1",
            "[a]\ncreate = -1\nupdate = 0\ndelete = 0",
            "[a]\ncreate = nan\nupdate = 0\ndelete = 0",
        ] {
            assert!(Latency::parse(bad, 1.0).is_err(), "{bad}");
        }
        assert_eq!(Latency::none().duration("a", OperationKind::Create), Duration::ZERO);
    }
}
