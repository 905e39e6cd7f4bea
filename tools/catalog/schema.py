"""One CloudFormation schema to facts: shapes, rules and the places AWS treats specially. No prose survives.

A shape is written as serde reads an enum: a word (`"text"`) or an object of one key (`{"list": {...}}`).
"""

import rules

# What only describes, or says something no shape holds.
COSMETIC = {
    "description", "title", "examples", "$comment", "relationshipRef", "documentationUrl", "readOnly", "markdownDescription",
}
KINDS = {"string": "text", "boolean": "bool", "integer": "int", "number": "number"}
ANYTHING = {"any": ["bool", "number", "text", "json"]}


class Reducer:
    """Shapes of one schema; nested types are collected as they are met."""

    def __init__(self, schema, property_name):
        self.schema = schema
        self.property_name = property_name
        self.types = {}

    def target(self, reference):
        node = self.schema
        for step in reference.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        return node

    def nested(self, reference):
        """A reference becomes a named nested type; a mere alias of another type becomes that type."""
        seen = set()
        while True:
            name = reference.removeprefix("#/definitions/")
            target = self.target(reference)
            onward = target.get("$ref") if set(target) - COSMETIC == {"$ref"} else None
            if onward is None or name in seen:
                break
            seen.add(name)
            reference = onward
        if name not in self.types:
            self.types[name] = None  # Held while its own shape is made, so that recursion ends here.
            self.types[name] = self.shape(target)
        return {"type": name}

    def flatten(self, node):
        """`$ref` with siblings and `allOf` of plain schemas, as one schema."""
        node = {key: value for key, value in node.items() if key not in COSMETIC}
        reference = node.get("$ref")
        if reference is not None and set(node) - {"$ref", "type", "default", "additionalProperties"}:
            siblings = {key: value for key, value in node.items() if key != "$ref"}
            node = merge(self.flatten(self.target(reference)), siblings)
        parts = node.get("allOf")
        if parts and not any({"if", "not"} & set(part) for part in parts):
            only_rules = all(rules.is_rule(part) for part in parts)
            if not only_rules:
                merged = {key: value for key, value in node.items() if key != "allOf"}
                plain = [part for part in parts if set(part) - COSMETIC]
                if not merged and len(plain) == 1:
                    return self.flatten(plain[0])
                for part in plain:
                    # A second `oneOf` beside the first keeps its place in a rest that only rules are read from.
                    merged = merge(merged, self.flatten(expand(part, self)))
                return merged
        return node

    def shape(self, node):
        node = self.flatten(node)
        if "$ref" in node:
            return self.nested(node["$ref"])
        kinds = node.get("type")
        if isinstance(kinds, list):
            return self.of_kinds(node, kinds)
        return self.of_kind(node, kinds or implied(node))

    def of_kinds(self, node, kinds):
        kinds = [kind for kind in kinds if kind != "null"]
        if len(kinds) == 1:
            return self.of_kind(node, kinds[0])
        structured = {"properties", "patternProperties"} & set(node)
        if set(kinds) == {"object", "string"}:
            return self.of_kind(node, "object") if structured else "json"
        if {"object", "string"} <= set(kinds):
            return ANYTHING
        return union([self.of_kind(node, kind) for kind in kinds])

    def of_kind(self, node, kind):
        if kind == "object":
            return self.object(node)
        variants = [part for key in ("oneOf", "anyOf") for part in node.get(key, []) if set(part) - COSMETIC - {"format"}]
        variants = [part for part in variants if not rules.is_rule(part)]
        if variants and not node.get("enumCaseInsensitive"):
            base = {key: value for key, value in node.items() if key not in ("oneOf", "anyOf")}
            return union([self.shape(merge(base, part)) for part in variants])
        if kind == "array":
            return self.list(node)
        if kind == "string":
            return "json" if node.get("format") == "json" and "pattern" not in node else text(node)
        if kind == "boolean":
            return "bool"
        if kind == "integer":
            limits = picked(node, {"minimum": "min", "maximum": "max", "enum": "enum"})
            limits = {key: whole(value) for key, value in limits.items()}
            return {"int_in": limits} if limits else "int"
        if kind == "number":
            limits = picked(node, {"minimum": "min", "maximum": "max"})
            return {"number_in": limits} if limits else "number"
        return ANYTHING

    def list(self, node):
        items = node.get("items", {})
        if isinstance(items, list):
            items = items[0] if len(items) == 1 else {}
        facts = {"of": self.shape(items)}
        if node.get("insertionOrder") is False:
            facts["unordered"] = True
        if node.get("uniqueItems") is True:
            facts["unique"] = True
        facts |= picked(node, {"minItems": "min", "maxItems": "max"})
        return {"list": facts}

    def object(self, node):
        if node.get("format") == "json":
            return "json"
        variants = [
            (key, [expand(part, self) for part in node.get(key, [])])
            for key in ("oneOf", "anyOf")
            if not all(rules.is_rule(part) for part in node.get(key, []))
        ]
        objects = all("properties" in part or rules.is_rule(part) for _, parts in variants for part in parts)
        if variants and not objects:
            base = {key: value for key, value in node.items() if key not in ("oneOf", "anyOf")}
            return union([self.shape(merge(base, part)) for _, parts in variants for part in parts])
        if "properties" in node or variants:
            return {"object": self.fields(node, variants)}
        return self.free(node)

    def free(self, node):
        """An object whose keys the schema does not name: a map, a document, or one that must be empty."""
        patterns = node.get("patternProperties", {})
        others = node.get("additionalProperties")
        if len(patterns) == 1 and others is not True:
            [(pattern, value)] = patterns.items()
            return {"map": {"key": pattern, "value": self.shape(value)}}
        if patterns:
            return {"map": {"value": union([self.shape(value) for value in patterns.values()])}}
        if isinstance(others, dict):
            return {"map": {"value": self.shape(others)}}
        if others is False:
            return {"object": {}}
        return "json"

    def fields(self, node, variants):
        properties = dict(node.get("properties", {}))
        for _, parts in variants:
            for part in parts:
                for name, value in part.get("properties", {}).items():
                    known = properties.get(name)
                    properties[name] = value if known in (None, value, {}) else {"anyOf": [known, value]}
        required = set(node.get("required", []))
        found = {}
        for name in sorted(properties):
            found[f"{name} {self.property_name(name)}"] = self.property(properties[name])
        facts = {"properties": found} if found else {}
        always, between = rules.of_object(node, variants, set(properties))
        required = sorted((required | always) & set(properties))
        if required:
            facts["required"] = required
        if between:
            facts["rules"] = between
        closed = [node, *(part for _, parts in variants for part in parts)]
        if not any(part.get("additionalProperties") is False for part in closed):
            facts["open"] = True
        return facts

    def property(self, node):
        shape = self.shape(node)
        default = self.flatten(node).get("default")
        return shape if default is None else [shape, default]


def expand(part, reducer):
    """A variant that is a reference or an alias, as the object it stands for."""
    part = {key: value for key, value in part.items() if key not in COSMETIC}
    if set(part) == {"$ref"}:
        target = reducer.target(part["$ref"])
        return expand(target, reducer) if "$ref" in target or "properties" in target else part
    return part


def implied(node):
    """The type a schema leaves unsaid."""
    if {"properties", "patternProperties", "required"} & set(node):
        return "object"
    if "items" in node or "prefixItems" in node:
        return "array"
    if {"pattern", "minLength", "maxLength"} & set(node) or any(isinstance(one, str) for one in node.get("enum", [])):
        return "string"
    if "const" in node and isinstance(node["const"], str):
        return "string"
    variants = [part for key in ("oneOf", "anyOf") for part in node.get(key, [])]
    if variants and all(part.get("type") == "object" or "properties" in part or "$ref" in part for part in variants):
        return "object"
    return None


def text(node):
    facts = picked(node, {"minLength": "min", "maxLength": "max", "pattern": "pattern", "format": "format"})
    allowed = node.get("enum", node.get("enumCaseInsensitive"))
    if allowed is None and "const" in node:
        allowed = [node["const"]]
    if allowed:
        facts["enum"] = [str(one) for one in allowed]
        if "enum" not in node and "const" not in node:
            facts["any_case"] = True
    if facts.get("format") == "string":
        del facts["format"]
    return {"text_as": facts} if facts else "text"


def whole(value):
    return [int(one) for one in value] if isinstance(value, list) else int(value)


def picked(node, keys):
    return {short: node[key] for key, short in keys.items() if key in node}


def union(shapes):
    found = []
    for shape in shapes:
        parts = shape["any"] if isinstance(shape, dict) and "any" in shape else [shape]
        found += [part for part in parts if part not in found]
    words = [shape["text_as"]["enum"] for shape in found if isinstance(shape, dict) and set(shape.get("text_as", {})) == {"enum"}]
    if len(words) == len(found):
        return {"text_as": {"enum": list(dict.fromkeys(word for each in words for word in each))}}
    return found[0] if len(found) == 1 else {"any": found}


def merge(base, more):
    """Two schemas that both hold, as one. Where both say the same thing, the later says it more exactly."""
    merged = dict(base)
    for key, value in more.items():
        if key in ("properties", "patternProperties", "dependencies") and key in merged:
            merged[key] = {**merged[key], **value}
        elif key in ("required", "requiredXor", "requiredOr") and key in merged:
            merged[key] = sorted({*merged[key], *value})
        elif key in ("oneOf", "anyOf") and key in merged:
            merged.setdefault("allOf", [])
            merged["allOf"] = [*merged["allOf"], {key: value}]
        elif key == "additionalProperties" and key in merged:
            merged[key] = merged[key] if merged[key] is False else value
        else:
            merged[key] = value
    return merged
