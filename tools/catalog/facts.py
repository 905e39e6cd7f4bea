"""The facts of one resource type: its shapes, and what AWS says of the type as a whole."""

import forms
import names
import rules
import schema as shapes

HANDLERS = ("create", "read", "update", "delete", "list")
PLACES = {
    "read_only": "readOnlyProperties",
    "create_only": "createOnlyProperties",
    "conditional_create_only": "conditionalCreateOnlyProperties",
    "write_only": "writeOnlyProperties",
    "deprecated": "deprecatedProperties",
}


def of_type(schema, extensions, stateful):
    aws = schema["typeName"]
    reducer = shapes.Reducer(schema, names.snake)
    top = {key: schema[key] for key in TOP if key in schema}
    top["allOf"] = [*schema.get("allOf", []), *extensions]
    root = reducer.fields(top, [])
    places = Places(root, reducer.types)
    facts = {"name": names.type_name(aws)}
    facts["identifier"] = places.all(schema.get("primaryIdentifier", []))
    facts["identifiers"] = [found for one in schema.get("additionalIdentifiers", []) if (found := places.all(one))]
    for ours, theirs in PLACES.items():
        facts[ours] = sorted(places.all(schema.get(theirs, [])))
    facts["tags"] = tagging(schema, places)
    handlers = schema.get("handlers", {})
    facts["permissions"] = {
        name: sorted({*handlers[name].get("permissions", [])}) for name in HANDLERS if handlers.get(name, {}).get("permissions")
    }
    # Cloud Control drives a type by its handlers: those with permissions, and a few that need none.
    facts["free_handlers"] = [name for name in HANDLERS if name in handlers and name not in facts["permissions"]]
    facts["list_needs"] = list_needs(handlers, schema)
    facts["updatable"] = "update" in handlers if handlers else any_updatable(schema)
    facts["replacement"] = schema.get("replacementStrategy")
    facts["stateful"] = aws in stateful
    facts["forms"] = forms.of_type(schema, places)
    unordered_tags(facts["tags"], root, reducer.types)
    facts = {key: value for key, value in facts.items() if value not in (None, False, [], {})}
    return {**facts, "root": root, "types": dict(sorted(reducer.types.items()))}


TOP = (
    "properties", "required", "oneOf", "anyOf", "not", "additionalProperties", "requiredXor", "requiredOr",
    "dependentRequired", "dependentExcluded", "dependencies",
)


def any_updatable(schema):
    """Types from before the handlers were published: updatable when some property may change."""
    fixed = {*schema.get("createOnlyProperties", []), *schema.get("readOnlyProperties", [])}
    return any(f"/properties/{name}" not in fixed for name in schema["properties"])


def list_needs(handlers, schema):
    """The properties without which AWS's list handler refuses to list; names that the type does not have are slips."""
    needed = handlers.get("list", {}).get("handlerSchema", {}).get("required", [])
    return sorted(name for name in needed if name in schema["properties"])


def tagging(schema, places):
    said = schema.get("tagging", {})
    if not said.get("taggable", schema.get("taggable", True)):
        return None
    property = places.find(said.get("tagProperty", "/properties/Tags"))
    # Tags inside the elements of a list, as those of `TagSpecifications`, cannot be laid beside what is written there.
    return property and "/" not in property and {"property": property, "update": said.get("tagUpdatable", True)}


def unordered_tags(tags, root, types):
    """The order of tags never means anything, though half of the schemas forget to say so."""
    if not tags:
        return
    for key, shape in root["properties"].items():
        if key.split(" ")[0] == tags["property"]:
            shape = shape[0] if isinstance(shape, list) else shape
            if isinstance(shape, dict) and "type" in shape:
                shape = types[shape["type"]]
            if isinstance(shape, dict) and "list" in shape:
                shape["list"]["unordered"] = True


class Places:
    """Pointers into a schema's properties, as paths through the shapes: `*` stands for what a list or a map holds."""

    def __init__(self, root, types):
        self.root, self.types = {"object": root}, types

    def all(self, pointers):
        found = {pointer: self.find(pointer) for pointer in pointers}
        if None in found.values():
            raise ValueError(f"no such property: {[pointer for pointer, path in found.items() if path is None]}")
        return list(found.values())

    def find(self, pointer):
        shape, done = self.root, []
        for step in pointer.removeprefix("/properties/").split("/"):
            if step in ("items", "properties") and self.within(shape, step) is None:
                continue
            while step != "*" and (inner := self.element(shape)) is not None:
                shape = inner
                done.append("*")
            shape = self.element(shape) if step == "*" else self.within(shape, step)
            if shape is None:
                return None
            done.append(step)
        return "/".join(done)

    def resolved(self, shape):
        while isinstance(shape, dict) and "type" in shape:
            shape = self.types[shape["type"]]
        return shape if isinstance(shape, dict) else {}

    def element(self, shape):
        shape = self.resolved(shape)
        if "list" in shape:
            return shape["list"]["of"]
        return shape["map"]["value"] if "map" in shape else None

    def within(self, shape, step):
        shape = self.resolved(shape)
        for key, value in shape.get("object", {}).get("properties", {}).items():
            if key.split(" ")[0] == step:
                return value[0] if isinstance(value, list) else value
        return None
