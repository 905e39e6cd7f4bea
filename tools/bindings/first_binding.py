#!/usr/bin/env python3
"""Writes a first binding of a resource type: `first_binding.py SERVICE TYPE`, such as `first_binding.py dynamodb aws.dynamodb.table`.

What it finds is by name: the operations that create, read, change, delete and list, the errors that say that nothing is
there, the calls of tags. The rest is for a person, with `bind-probe -- --check` and `--audit`. Needs botocore.
"""

import json
import pathlib
import re
import sys

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERBS = {
    "create": ["Create", "Put", "Register"], "read": ["Describe", "Get"], "update": ["Update", "Modify"],
    "delete": ["Delete", "Deregister"], "list": ["List", "Describe"],
}


def plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def model_of(service):
    session = botocore.session.get_session()
    for name in session.get_available_services():
        model = session.get_service_model(name)
        if plain(model.metadata["serviceId"].removesuffix(" API")) == service:
            return model
    sys.exit(f"botocore has no service {service}")


def operation(model, verbs, noun):
    """The operation of a verb and a noun, in the singular or the plural."""
    wanted = [plain(verb + form) for verb in verbs for form in (noun, noun + "s", noun.rstrip("y") + "ies")]
    return next((name for want in wanted for name in model.operation_names if plain(name) == want), None)


def wrapper(shape):
    """The one structure, or the one list, of an output."""
    members = shape.members if shape else {}
    inner = [name for name, member in members.items() if member.type_name in ("structure", "list")]
    return inner[0] if len(inner) == 1 else None


def call(model, name, at=True):
    place = wrapper(model.operation_model(name).output_shape) if at else None
    return f'{{ call = "{name}"' + (f', at = "{place}"' if place else "") + " }"


def main():
    service, ty = sys.argv[1:]
    _, namespace, name = ty.split(".")
    file = ROOT / f"stdlib/aws/{namespace}.toml"
    text = file.read_text() if file.exists() else ""
    if f"[types.{name}]" in text:
        return
    catalog = json.loads((ROOT / f"stdlib/catalog/generated/aws/{namespace}.json").read_text())
    aws, schema = next((pair for pair in catalog.items() if pair[1]["name"] == ty), None) or sys.exit(f"the catalog has no type {ty}")
    model, noun = model_of(service), aws.split("::")[-1]
    lines = []
    if not text:
        missing = [shape for shape in model.shape_names if re.search(r"NotFound|NoSuch|DoesNotExist", shape)]
        lines += [f'service = "{service}"', "", "[errors]", f"not_found = {json.dumps(sorted(missing))}", ""]
    lines.append(f"[types.{name}]")
    named = [part for part in schema["identifier"] if part not in schema.get("read_only", [])]
    if len(named) == 1 and named[0] in schema.get("create_only", []):
        lines.append(f'name   = "{named[0]}"')
    for key, verbs in VERBS.items():
        found = operation(model, verbs, noun)
        if found and not (key == "list" and "list" not in found.lower() and f'read   = {{ call = "{found}"' in lines):
            lines.append(f"{key:<6} = {call(model, found, key in ('create', 'read', 'list'))}")
    if "tags" in schema:
        lines += ["", f"[types.{name}.tags]", f'create = "{schema["tags"]["property"]}"']
        tag = {"tag": ["TagResource", "AddTagsToResource"], "untag": ["UntagResource", "RemoveTagsFromResource"]}
        tag["read"] = ["ListTagsForResource", "ListTagsOfResource", "ListTags"]
        for key, names in tag.items():
            found = next((one for one in names if one in model.operation_names), None)
            if found:
                required = [m for m in model.operation_model(found).input_shape.required_members if "tag" not in m.lower()]
                inner = ", ".join(f'{member} = "${{Arn}}"' for member in required)
                at = wrapper(model.operation_model(found).output_shape) or "Tags"
                lines.append(f'{key:<6} = {{ call = "{found}", input = {{ {inner} }}' + (f', at = "{at}" }}' if key == "read" else " }"))
    file.write_text((text.rstrip() + "\n\n" if text else "") + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
