//! Keys that would be ignored where they stand.

use super::problem::BindingProblem;
use crate::binding::{ApiCall, ReadCall, SendMode, Subresource};
use crate::bound_type::BoundType;

const CHANGE_KEYS: &str = "if_increased, if_decreased, if_changed, unless_changed";

/// The keys of calls that would be ignored, as they are found.
struct Refused(Vec<BindingProblem>);

impl Refused {
    fn refuse(&mut self, place: &str, key: &str, why: &str) {
        let token = key.split(',').next().unwrap_or(key);
        self.0.push(BindingProblem::new(place, token, format!("`{key}` has no effect: {why}")));
    }

    /// Refuses what a call has no use for.
    fn refuse_if(&mut self, ignored: bool, place: &str, key: &str, why: &str) {
        if ignored {
            self.refuse(place, key, why);
        }
    }

    /// Refuses the keys that choose properties, of a call that sends none.
    fn of_plain_call(&mut self, place: &str, call: &ApiCall) {
        let why = "the call sends what `input` holds";
        self.refuse_if(call.properties.is_some(), place, "properties", why);
        self.refuse_if(call.send.is_some_and(|send| send != SendMode::None), place, "send", why);
        self.refuse_if(call.once_per.is_some(), place, "once_per", why);
    }
}

/// Lists the keys of a binding that would be ignored where they stand.
pub(super) fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let binding = &bound.binding;
    let mut found = Refused(Vec::new());
    for call in binding.create.iter().chain(&*binding.delete) {
        found.refuse_if(is_about_change(call), "create, delete", CHANGE_KEYS, "they are for `update`");
    }
    let others = binding.update.iter().map(|call| ("update", call));
    let others = others.chain(binding.delete.iter().map(|call| ("delete", call)));
    for (place, call) in others.chain(binding.subresources.iter().flat_map(Subresource::calls)) {
        found.refuse_if(call.at.is_some(), place, "at", "the identifier is looked for in the output of `create`");
    }
    for call in binding.delete.iter() {
        found.of_plain_call("delete", call);
    }
    for call in binding.children.iter().map(|children| &children.delete) {
        found.of_plain_call("children", call);
        found.refuse_if(
            call.wait || call.operation.is_some(),
            "children",
            "wait, operation",
            "nobody waits for a child",
        );
    }
    for call in binding.locks.iter().flat_map(|rule| rule.clear.iter()) {
        found.of_plain_call("locks", call);
        found.refuse_if(call.operation.is_some(), "locks", "operation", "reads show when the lock is off");
    }
    for subresource in &binding.subresources {
        of_subresource(&mut found, subresource);
    }
    for read in binding.read.iter() {
        of_main_read(&mut found, read);
    }
    of_type(&mut found, bound);
    found.0
}

fn of_subresource(found: &mut Refused, subresource: &Subresource) {
    let place = "subresources";
    for (key, call) in subresource.calls() {
        found.refuse_if(
            is_about_change(call),
            place,
            CHANGE_KEYS,
            "they are for `update`; `if_set = [\"changed.X\"]` tests the same",
        );
        if key != "put" {
            found.of_plain_call(place, call);
        }
    }
    let has = |keys: &[&str]| subresource.calls().map(|(key, _)| key).find(|key| keys.contains(key));
    match &subresource.each {
        Some(each) => {
            if let Some(key) = has(&["put", "clear"]) {
                found.refuse(place, key, "with `each`, elements are added and removed one by one");
            }
            found.refuse_if(
                subresource.properties.len() != 1,
                place,
                "each",
                "it is for one list, so for one property",
            );
            let change = each.key.is_none() && !subresource.change.is_empty();
            found.refuse_if(change, place, "change", "without a `key` a changed element is another one");
        }
        None => {
            if let Some(key) = has(&["add", "change", "remove"]) {
                found.refuse(place, key, "it is for the elements of a list: say `each`");
            }
        }
    }
    found.refuse_if(
        subresource.after_ready && !subresource.create,
        place,
        "after_ready",
        "nothing is put after creation",
    );
    let Some(read) = &subresource.read else { return };
    let misplaced = read.batch.is_some() || read.confirm.is_some() || read.each.is_some();
    found.refuse_if(misplaced, place, "batch, confirm, for", "they are for the type's own `read`");
    let detail = read.list.is_none() && (read.detail.is_some() || !read.item.is_empty());
    found.refuse_if(detail, place, "detail, item", "they are for the elements of a `list`");
    let whole = read.list.is_some() && (read.properties.is_some() || !read.set.is_empty());
    found.refuse_if(whole, place, "properties, set", "the elements of a `list` are mapped by `item`");
    let owned = |name: &str| subresource.properties.iter().any(|one| one == name);
    for name in read.properties.iter().flatten().map(|(path, _)| path.head()).chain(read.set.keys().map(String::as_str))
    {
        if !owned(name) {
            let message = format!("`{name}` has no effect: it is not one of the `properties` of the subresource");
            found.0.push(BindingProblem::new(place, name, message));
        }
    }
}

fn of_main_read(found: &mut Refused, read: &ReadCall) {
    let of_part = read.list.is_some() || read.detail.is_some() || read.properties.is_some() || !read.item.is_empty();
    found.refuse_if(of_part, "read", "list, detail, properties, item", "they are for the read of a subresource");
    let both = read.each.is_some() && read.batch.is_some();
    found.refuse_if(both, "read", "batch", "`for` makes a call once an element");
}

fn of_type(found: &mut Refused, bound: &BoundType) {
    let binding = &bound.binding;
    let held = bound.file.errors.held.iter().chain(&binding.errors.held).count();
    found.refuse_if(binding.revive.is_some() && held == 0, "revive", "revive", "no code of `errors` is `held`");
    for rule in binding.ready.iter() {
        let own = !rule.path.is_here() || !rule.ready.is_empty() || !rule.failed.is_empty();
        found.refuse_if(rule.equals.is_some() && !rule.ready.is_empty(), "ready", "ready", "`equals` decides");
        let states = rule.ready.is_empty() && rule.none.is_empty() && rule.equals.is_none() && rule.waiter.is_none();
        found.refuse_if(states && rule.empty.is_empty(), "ready", "path", "no state is `ready`, and none is not");
        found.refuse_if(!own && rule.waiter.is_none(), "ready", "ready", "there is no `path`, and no `waiter`");
    }
    let stateless = binding.ready.is_empty() && !binding.deleted_states.is_empty();
    found.refuse_if(stateless, "deleted_states", "deleted_states", "the state is that of `ready`, which is missing");
    let untagged = bound.def.tagging.is_none() && matches!(binding.tags, Some(crate::binding::TypeTags::Some(_)));
    found.refuse_if(untagged, "tags", "tags", "the catalog knows no tags of this type");
    for (path, place) in &binding.properties {
        let shown = path.0.replace('/', ".");
        let mut refuse = |ignored: bool, key: &str, why: &str| {
            if ignored {
                let message = format!("`{key}` of `{shown}` has no effect: {why}");
                found.0.push(BindingProblem::new("properties", &shown, message));
            }
        };
        let is_nested = path.segments().count() > 1;
        let is_written = place.write != crate::binding::PropertySide::Nowhere;
        let is_read = place.read != crate::binding::PropertySide::Nowhere;
        refuse(shown.ends_with('*'), "*", "elements have the place of their list");
        refuse(is_nested && place.key.is_some(), "key", "updates compare the elements of a whole property");
        refuse(is_nested && !place.carried_by.is_empty(), "carried_by", "updates are about whole properties");
        refuse(place.omit_empty && !is_written, "omit_empty", "it is not written");
        let completes = !place.otherwise.is_empty() || !place.several.is_empty();
        refuse(completes && !is_written, "otherwise, several", "it is not written");
        refuse(place.normalize.is_some() && !is_read, "normalize", "it is not read");
        refuse(!place.values.is_empty() && !is_read && !is_written, "values", "it is neither written nor read");
    }
}

fn is_about_change(call: &ApiCall) -> bool {
    call.if_increased.is_some()
        || call.if_decreased.is_some()
        || !call.if_changed.is_empty()
        || !call.unless_changed.is_empty()
}
