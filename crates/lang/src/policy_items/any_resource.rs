//! A resource of any type, as `each resource as r` sees it.

use crate::facts::{FactWorker, tags};
use gpb_base::source::Span;
use gpb_model::Resource;
use gpb_model::value::{Value, ValueEntry, ValueMap};

/// Returns what is the same of all types: `type`, `address`, `layer`, `region`, `account`, `tags`, `stateful`.
///
/// `tags` is absent where the type takes none, and an empty map where none are set.
pub fn value(worker: &FactWorker<'_, '_>, resource: &Resource, span: Span) -> Value {
    let mut map = ValueMap::default();
    let mut put = |name: &str, value: Value| {
        map.insert(name.into(), ValueEntry { key: span, value });
    };
    let def = worker.cx.def(&resource.ty);
    put("type", Value::text(&*resource.ty, span));
    put("address", Value::text(resource.address.as_str(), span));
    put("layer", resource.layer.as_deref().map_or_else(|| Value::absent(span), |layer| Value::text(layer, span)));
    put("region", Value::text(resource.place.region.as_str(), span));
    let account = resource.place.account.as_deref();
    put("account", account.map_or_else(|| Value::absent(span), |account| Value::text(account, span)));
    put("stateful", Value::bool(def.as_ref().is_some_and(|def| def.stateful), span));
    put("tags", def.map_or_else(|| Value::absent(span), |def| tags::of_resource(&def, resource, span)));
    Value::map(map, span)
}
