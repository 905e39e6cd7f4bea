//! Functions of places and of secrets.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Place, SecretSource};
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

/// The lengths a generated secret may have, in characters.
const LENGTHS: std::ops::RangeInclusive<u32> = 8..=4096;

pub(super) fn table() -> Vec<Builtin> {
    use UnknownPolicy::Refused;
    let name = || [("name", Type::String)];
    let optional_text = || Type::String.optional();
    vec![
        define(
            "zones",
            &[("n", Type::Count), ("region", Type::Region.optional())],
            Type::list(Type::Zone),
            Refused,
            zones,
            "The names of the first n availability zones of the current region, or of another.",
        ),
        define(
            "place",
            &[
                ("region", Type::Region.optional()),
                ("account", Type::Account.optional()),
                ("role", optional_text()),
                ("profile", optional_text()),
            ],
            Type::Place,
            Refused,
            place,
            "A region and an account to put things in; what is left out is as in the current place.",
        ),
        define(
            "secret",
            &name(),
            Type::Secret,
            Refused,
            |call| secret(call, |name| SecretSource::Store { name }),
            "A secret of the cloud's own secret store.",
        ),
        define(
            "env",
            &name(),
            Type::String.optional(),
            Refused,
            // The evaluator reads it: what it returns is of the type that is expected.
            |call| Ok(Value::absent(call.span)),
            "A variable of the environment gpb runs in, as the default of a stack's parameter.",
        ),
        define(
            "env_secret",
            &name(),
            Type::Secret,
            Refused,
            |call| secret(call, |name| SecretSource::Env { name }),
            "A secret of the environment gpb runs in.",
        ),
        define(
            "generated",
            &[("length", Type::Count.optional())],
            Type::Secret,
            Refused,
            generated,
            "A secret made once, when its resource is created; 32 characters unless told.",
        ),
    ]
}

fn zones(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let region = match call.arg(1) {
        Some(_) => call.text(1),
        None => call.cx.place.map_or("", |place| &place.region),
    };
    if region.is_empty() {
        return Err(Diagnostic::error("GPB1212", "`zones` needs a region, and none is set here")
            .with_label(call.span, "which region?")
            .help("write `zones(3, region: us-east-1)`, or use it where a region is set"));
    }
    let Some(zones) = call.cx.facts.zones(region) else {
        let diagnostic = Diagnostic::error("GPB1212", format!("the zones of `{region}` are not known"))
            .with_label(if call.arg(1).is_some() { call.arg_span(1) } else { call.span }, "not a known region");
        return Err(match nearest(region, call.cx.facts.regions()) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic.help("list the zones themselves: `[\"…a\", \"…b\"]`"),
        });
    };
    let wanted = call.number(0);
    match wanted.to_usize().and_then(|count| zones.get(..count)) {
        Some(chosen) => Ok(call.texts(chosen.iter().cloned())),
        None => Err(Diagnostic::error("GPB1215", format!("`{region}` has {} zones, not {wanted}", zones.len()))
            .with_label(call.arg_span(0), "too many")
            .help(format!("they are {}", zones.join(", ")))),
    }
}

fn place(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let current = call.cx.place.cloned().unwrap_or_default();
    let given = |index: usize| call.arg(index).and_then(Value::as_text).map(ToString::to_string);
    // Another account is entered by its own role; the current account's would not open it.
    let inherited = if given(1).is_none_or(|account| current.account.as_deref() == Some(account.as_str())) {
        (current.role, current.profile)
    } else {
        (None, None)
    };
    let place = Place {
        region: given(0).map_or(current.region, Into::into),
        account: given(1).map(Into::into).or(current.account),
        role: given(2).or(inherited.0),
        profile: given(3).or(inherited.1),
    };
    if place.region.is_empty() {
        return Err(call.outside(0, "a place needs a region, and none is set here"));
    }
    Ok(Value::new(ValueKind::Place(Arc::new(place)), call.span))
}

fn secret(call: &BuiltinCall, make: impl Fn(String) -> SecretSource) -> Result<Value, Diagnostic> {
    if call.text(0).is_empty() {
        return Err(call.outside(0, "a secret's name is empty"));
    }
    Ok(Value::new(ValueKind::Secret(Arc::new(make(call.text(0).to_owned()))), call.span))
}

fn generated(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let length = match call.arg(0) {
        Some(_) => call.number(0).to_u32().filter(|length| LENGTHS.contains(length)),
        None => Some(32),
    };
    let Some(length) = length else {
        let message = format!("a generated secret has {} to {} characters", LENGTHS.start(), LENGTHS.end());
        return Err(call.outside(0, message));
    };
    Ok(Value::new(ValueKind::Secret(Arc::new(SecretSource::Generated { length })), call.span))
}
