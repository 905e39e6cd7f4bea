//! The resource types of the chaos, and how their cloud behaves.

use super::super::*;
use gpb_catalog::TypeDef;
use std::time::Duration;

/// States that lag, lists that lag more, values that come with the end of a change, users that do not know what is new.
const BEHAVIOUR: &str = r#"
service = "test"

[unknown]
refuses = { code = "Unknown", message = "{other} is not known" }
source = "eventual consistency"

[types.net]
lists = { lag = "4s", batch = true, source = "eventual consistency" }
propagates = { within = "15s", own_service = true, source = "eventual consistency" }
create = [{ takes = "10s", state = "creating", source = "asynchronous changes" }]
update = [{ begins = "3s", takes = "20s", state = "updating", values = "begin", source = "asynchronous changes" }]
delete = [{ takes = "15s", state = "deleting", source = "asynchronous changes" }]

[[types.net.in_use]]
by = ["aws.test.net:Uses", "aws.test.box:Uses", "aws.test.store:Uses", "aws.test.rule:Uses"]
refuses = { code = "InUse", kind = "conflict", message = "in use by {other}" }
source = "references"

[types.box]
lists = { lag = "6s", batch = true, source = "eventual consistency" }
settle = [{ on = ["update"], within = "20s", source = "eventual consistency" }]

[types.store]
create = [{ hidden = "2s", takes = "60s", state = "creating", source = "asynchronous changes" }]
update = [{ begins = "5s", takes = "150s", state = "modifying", source = "asynchronous changes" }]
delete = [{ takes = "30s", state = "deleting", source = "asynchronous changes" }]
busy = { refuses = { code = "Busy", kind = "conflict", message = "{id} is {other}" }, source = "asynchronous changes" }

[[types.store.failures]]
after = "40s"
ends = "failed"
message = "no capacity"
source = "asynchronous changes"

[types.rule]
lists = { lag = "3s", batch = false, source = "eventual consistency" }
"#;

/// The type whose resources have a name and can bear no mark, as policies and records of DNS do.
pub const UNMARKED: &str = "aws.test.rule";

/// Returns the behaviour of the cloud.
pub fn behaviour() -> Behaviour {
    Behaviour::parse([BEHAVIOUR]).unwrap()
}

/// The types of the tests, of which nets take a minute to be known everywhere, and [`UNMARKED`].
pub struct ChaosTypes;

impl TypeSource for ChaosTypes {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        let base = if name == UNMARKED { "aws.test.store" } else { name };
        let mut def = TestTypes.get(base)?.as_ref().clone();
        match name {
            "aws.test.net" => {
                def.lifecycle.settles = Some(Duration::from_mins(1));
                let users = ["aws.test.net", "aws.test.box", "aws.test.store", UNMARKED];
                def.lifecycle.held_by = users.map(Into::into).into();
            }
            UNMARKED => {
                (def.name, def.aws) = (name.into(), "aws::test::rule".into());
                def.write_only.clear();
                def.stateful = false;
            }
            _ => {}
        }
        Some(Arc::new(def))
    }
}
