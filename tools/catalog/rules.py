"""Rules between the properties of one object that need no values to judge: which go together, which exclude each other."""

COSMETIC = {"description", "title", "$comment", "type"}


def is_rule(part):
    """Whether a schema says nothing but which properties must be there."""
    keys = set(part) - COSMETIC
    if not keys:
        return True
    if not keys <= {"required", "allOf", "anyOf", "oneOf", "not"}:
        return False
    nested = [one for key in ("allOf", "anyOf", "oneOf") for one in part.get(key, [])]
    return all(is_rule(one) for one in nested) and is_rule(part.get("not", {}))


def of_object(node, variants, known):
    """What is always required, and the rules, of an object with these properties."""
    always, found = set(), []
    for key in ("oneOf", "anyOf"):
        parts = node.get(key)
        if parts and all(is_rule(part) for part in parts):
            choose(key, parts, set(node.get("required", [])), always, found)
    for key, parts in variants:
        choose(key, parts, set(node.get("required", [])), always, found)
    for part in node.get("allOf", []):
        if is_rule(part):
            always |= needs(part)
            more, between = of_object(part, [], known)
            always |= more
            found += between
    if "requiredXor" in node:
        found.append({"exactly_one": sorted(node["requiredXor"])})
    if "requiredOr" in node:
        found.append({"at_least_one": sorted(node["requiredOr"])})
    for first, others in sorted(node.get("dependentExcluded", {}).items()):
        found += excluded(first, others)
    for first, others in sorted({**node.get("dependentRequired", {}), **node.get("dependencies", {})}.items()):
        found += depends(first, others)
    found += conditional(node)
    for part in node.get("allOf", []):
        found += conditional(part)
    refused = node.get("not", {})
    if is_rule(refused) and len(refused.get("required", [])) == 2:
        found += excluded(*[refused["required"][0], refused["required"][1:]])
    return always & known, tidy(found, known)


def choose(key, parts, required, always, found):
    """`oneOf` and `anyOf` over groups of properties."""
    groups = [frozenset(needs(part)) - required for part in parts]
    everywhere = frozenset.intersection(*groups)
    always |= everywhere
    groups = sorted({tuple(sorted(group - everywhere)) for group in groups})
    if () in groups:
        rest = [group for group in groups if group]
        names = [name for part in parts for name in part.get("properties", {})]
        closed = all(part.get("additionalProperties") is False for part in parts)
        if not rest and closed and len(names) == len(parts) == len(set(names)) and len(names) > 1:
            for first in names:
                found += excluded(first, [other for other in names if other != first])
        elif key == "oneOf" and len(parts) == 2 and len(rest) == 1 and len(rest[0]) == 2 and not any("properties" in p for p in parts):
            found += excluded(rest[0][0], rest[0][1:])
    elif all(len(group) == 1 for group in groups):
        names = [group[0] for group in groups]
        tagged = all(set(part.get("properties", {})) == needs(part) for part in parts)
        if len(names) > 1:
            found.append({"exactly_one" if key == "oneOf" or tagged else "at_least_one": names})
    elif not any(group_is_open(part) for part in parts):
        found.append({"one_of_groups": [list(group) for group in groups]})


def needs(part):
    """The properties a variant requires; of its own choices, what all of them share."""
    found = set(part.get("required", []))
    for one in part.get("allOf", []):
        found |= needs(one)
    return found


def group_is_open(part):
    """A variant with choices of its own: its group would say too little."""
    return any(key in part for key in ("anyOf", "oneOf", "not"))


def excluded(first, others):
    return [{"excluded": [first, sorted(others)]}]


def depends(first, others):
    if isinstance(others, list):
        return [{"required_together": [first, sorted(others)]}]
    parts = others.get("oneOf", [])
    empty = [part for part in parts if not set(part) - COSMETIC]
    named = [part["required"] for part in parts if set(part) - COSMETIC == {"required"}]
    if len(parts) == 2 and len(empty) == 1 and len(named) == 1 and len(named[0]) == 1:
        return excluded(first, named[0])
    if set(others) - COSMETIC == {"required"}:
        return [{"required_together": [first, sorted(others["required"])]}]
    return []


def conditional(node):
    """`if` a property is there `then` others must, or must not, be: when no value matters."""
    test, then = node.get("if"), node.get("then")
    if not isinstance(test, dict) or not isinstance(then, dict) or "else" in node:
        return []
    if set(test) - COSMETIC - {"required", "properties"} or len(test.get("required", [])) != 1:
        return []
    [first] = test["required"]
    for name, says in test.get("properties", {}).items():
        # `minItems` says nothing about what is no list; it only asks that the property be there.
        if name != first or not (says is True or set(says) <= COSMETIC | {"minItems"}):
            return []
    found = []
    if then.get("required"):
        found.append({"required_together": [first, sorted(then["required"])]})
    refused = sorted(name for name, says in then.get("properties", {}).items() if says is False)
    return found + (excluded(first, refused) if refused else [])


def tidy(found, known):
    """Only rules about properties the object has; each said once."""
    tidied, seen, pairs = [], set(), set()
    for rule in found:
        [(kind, body)] = rule.items()
        if kind == "excluded":
            first, others = body
            others = [other for other in others if other != first and frozenset((first, other)) not in pairs]
            pairs |= {frozenset((first, other)) for other in others}
            body = [first, others]
            if not others:
                continue
        if names(body) <= known and repr((kind, body)) not in seen:
            seen.add(repr((kind, body)))
            tidied.append({kind: body})
    return tidied


def names(body):
    return {body} if isinstance(body, str) else set().union(*map(names, body))
