#!/usr/bin/env python3
"""Writes stdlib/aws/generated/<service>.json: the shapes, pagination and waiters of the operations that bindings name.

Needs botocore. `--check` writes nothing and fails when a file would change.
"""

import argparse
import gzip
import json
import pathlib
import re
import sys
import tomllib

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCALARS = {
    "string": "string", "character": "string", "blob": "blob", "timestamp": "timestamp", "boolean": "boolean",
    "integer": "integer", "long": "integer", "short": "integer", "byte": "integer",
    "float": "float", "double": "float", "bigdecimal": "float", "biginteger": "integer",
}


def plain(service_id):
    """The Rust SDK's name of a service: the service id, lower case, letters and digits."""
    return re.sub(r"[^a-z0-9]", "", service_id.lower().removesuffix(" api"))


def calls(node, service, found):
    """Every `call = "…"` below a TOML node, by service."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "call" and isinstance(value, str):
                owner, _, operation = value.rpartition(":")
                found.setdefault(owner or service, set()).add(operation)
            else:
                calls(value, service, found)
    elif isinstance(node, list):
        for value in node:
            calls(value, service, found)


def reduce(shape, shapes):
    """A reference to a shape; structures, lists and maps are entered in `shapes` once."""
    if shape.type_name in SCALARS:
        return SCALARS[shape.type_name]
    if getattr(shape, "is_document_type", False):
        return "document"
    if shape.name in shapes:
        return shape.name
    entry = shapes[shape.name] = {}
    if shape.type_name == "list":
        entry["list"] = reduce(shape.member, shapes)
    elif shape.type_name == "map":
        entry["map"] = reduce(shape.value, shapes)
    else:
        entry["members"] = {name: reduce(member, shapes) for name, member in shape.members.items()}
        if shape.required_members:
            entry["required"] = sorted(shape.required_members)
        tokens = sorted(name for name, member in shape.members.items() if member.metadata.get("idempotencyToken"))
        if tokens:
            entry["tokens"] = tokens
    return shape.name


def as_list(value):
    return value if isinstance(value, list) else [value]


def page(session, name, operation):
    try:
        model = session.get_component("data_loader").load_service_model(name, "paginators-1")
    except Exception:
        return None
    found = model["pagination"].get(operation)
    if not found:
        return None
    result = {
        "input": as_list(found["input_token"]),
        "output": as_list(found["output_token"]),
        "items": as_list(found["result_key"]),
    }
    if "more_results" in found:
        result["more"] = found["more_results"]
    return result


# The ends of names of waiters that wait for something to go, or to stop.
GONE = re.compile(r"(NotExists|Deleted|DeleteComplete|Inactive|Stopped|Terminated|Cancelled|Disassociated)$")
PLAIN = re.compile(r"[A-Za-z]+(\[\])?(\.[A-Za-z]+(\[\])?)*")


def waiters(session, name, operation):
    """The waiters of an operation that look at one state: their success and their failure by its values."""
    try:
        model = session.get_component("data_loader").load_service_model(name, "waiters-2")
    except Exception:
        return {}
    found = {}
    for waiter, rule in sorted(model["waiters"].items()):
        by_state = {"success": [], "failure": []}
        paths = set()
        for acceptor in rule["acceptors"]:
            if acceptor["matcher"] in ("path", "pathAll", "pathAny") and acceptor["state"] in by_state:
                paths.add(acceptor["argument"])
                by_state[acceptor["state"]].append(acceptor["expected"])
        if rule["operation"] != operation or GONE.search(waiter) or len(paths) != 1 or not by_state["success"]:
            continue
        path = paths.pop()
        if not PLAIN.fullmatch(path):
            continue
        entry = {"path": path.replace("[]", ".*"), "ready": sorted(by_state["success"])}
        if by_state["failure"]:
            entry["failed"] = sorted(by_state["failure"])
        found[waiter] = {**entry, "delay": rule["delay"], "attempts": rule["maxAttempts"]}
    return found


def generate(session, name, model, operations):
    shapes, table = {}, {}
    for operation in sorted(operations):
        if operation not in model.operation_names:
            sys.exit(f"{name}: there is no operation {operation}")
        found = model.operation_model(operation)
        entry = {}
        for side, shape in (("input", found.input_shape), ("output", found.output_shape)):
            if shape is not None:
                entry[side] = reduce(shape, shapes)
        paging = page(session, name, operation)
        if paging:
            entry["page"] = paging
        waiting = waiters(session, name, operation)
        if waiting:
            entry["waiters"] = waiting
        table[operation] = entry
    return {"operations": table, "shapes": dict(sorted(shapes.items()))}


def service_names(session):
    """Botocore's name of each service by the SDK's; only the head of each model is read."""
    names = {}
    loader = session.get_component("data_loader")
    for name in session.get_available_services():
        version = loader.determine_latest_version(name, "service-2")
        for folder in loader.search_paths:
            for file, opened in (("service-2.json", open), ("service-2.json.gz", gzip.open)):
                path = pathlib.Path(folder, name, version, file)
                if path.exists():
                    with opened(path, "rt") as text:
                        found = re.search(r'"serviceId"\s*:\s*"([^"]+)"', text.read(8192))
                    if found:
                        names.setdefault(plain(found[1]), name)
    return names


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    needed = {}
    for file in sorted((ROOT / "stdlib/aws").glob("*.toml")):
        binding = tomllib.loads(file.read_text())
        calls(binding, binding.get("service"), needed)
    session = botocore.session.get_session()
    names = service_names(session)
    folder = ROOT / "stdlib/aws/generated"
    folder.mkdir(exist_ok=True)
    stale, written = [], set()
    for service, operations in sorted(needed.items()):
        if service not in names:
            sys.exit(f"there is no service {service}")
        name = names[service]
        table = generate(session, name, session.get_service_model(name), operations)
        text = json.dumps({"service": service, **table}, separators=(",", ":")) + "\n"
        text = text.replace('},"', '},\n"')
        target = folder / f"{service}.json"
        written.add(target)
        if not target.exists() or target.read_text() != text:
            stale.append(target)
            if not check:
                target.write_text(text)
    stale += [file for file in folder.glob("*.json") if file not in written]
    if not check:
        for file in folder.glob("*.json"):
            if file not in written:
                file.unlink()
    for file in stale:
        print(("stale: " if check else "wrote: ") + str(file.relative_to(ROOT)))
    sys.exit(1 if check and stale else 0)


main()
