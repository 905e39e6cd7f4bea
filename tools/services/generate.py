#!/usr/bin/env python3
"""Writes docs/services.md: for every service of the platform's map, the types that serve it and what is shown of them.

    tools/services/generate.py            writes it
    tools/services/generate.py --check    fails where it is not as it would be written

The map is tests/services/services.toml; the rest is read from where it is said: bindings, catalog, facts and specs.
"""

import json
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ROOT / "tests/services"
PAGE = ROOT / "docs/services.md"

HEAD = """# Services

Made by `tools/services/generate.py` from `tests/services/services.toml`, the bindings, the catalog, the facts and the specs of
`tests/services`. Each spec is applied over the emulators with the official SDKs, followed by an empty plan, changed in place,
followed by an empty plan, and destroyed, with nothing left (`tests/it/wire/services.rs`). On AWS itself none of it was run.

- *Driver*: "native" is a binding of gpb's own, in the file named; "Cloud Control" are the handlers that AWS publishes.
- *Emulator*: what answers in the test. Cloud Control is ministack's, mended to hold requests against the catalog: it shows the
  protocol and the documents, and not what a service would make of them.
- *Played*: the spec that creates it, reads it back without a difference and destroys it. "(changed)" is a type that the acts of the
  spec also change in place; "(lost)" is one of which a resource is deleted behind gpb's back, which a plan shows and an apply mends.
- *Price* and *Recovery*: whether `stdlib/facts` knows the type. What has no facts is said to have none in every estimate; no facts
  of recovery means that nothing is claimed of it.
"""


def bound():
    """The types with a binding of their own, and the file of each."""
    found = {}
    for file in sorted((ROOT / "stdlib/aws").glob("*.toml")):
        for name, binding in tomllib.loads(file.read_text()).get("types", {}).items():
            found[f"aws.{file.stem}.{name}"] = (file.name, binding.get("via"))
    return found


def cataloged():
    """The catalog's facts of every type, by gpb's name."""
    files = sorted((ROOT / "stdlib/catalog/generated/aws").glob("*.json"))
    return {facts["name"]: facts for file in files for facts in json.loads(file.read_text()).values()}


def known(subject):
    """The types that facts of a subject name."""
    files = sorted((ROOT / "stdlib/facts" / subject).glob("*.gpb"))
    return {name for file in files for name in re.findall(r"^facts (aws\.[a-z0-9_.]+)", file.read_text(), re.M)}


def components():
    """The types and components that each component of the library is made of."""
    files = [file for file in sorted((ROOT / "stdlib").glob("*/*.gpb")) if file.parent.name != "facts"]
    parts = [part for file in files for part in re.split(r"^(?=pub component )", file.read_text(), flags=re.M)]
    return {name[1]: part for part in parts if (name := re.match(r"pub component (\w+)", part))}


def made(text, library, seen=()):
    """The types of a text's resources, those of the components that it uses among them."""
    types = set(re.findall(r"^\s*resource (aws\.[a-z0-9_.]+)", text, re.M))
    used = set(re.findall(r"^\s*(\w+) \w+ \{", text, re.M)) & set(library) - set(seen)
    return types.union(*(made(library[name], library, (*seen, name)) for name in used))


def routed():
    """The services that the test sends to ministack; moto has the others."""
    fixture = (ROOT / "tests/it/wire/fixture.rs").read_text()
    return set(re.findall(r'"([A-Z]+)"', re.search(r"for service in \[(.*?)\]", fixture)[1]))


# What is done to a type besides making it, and where the map says so.
ACTS = {"changed": "changes", "lost": "lost"}

# The service that answers for a type where it is not called as the catalog calls it.
ANSWERS = {"msk": "KAFKA"}


def driver(name, bindings, catalog):
    file, via = bindings.get(name, (None, None))
    if file and not via:
        return f"native (`{file}`)"
    facts = catalog[name]
    handlers = {*facts.get("permissions", {}), *facts.get("free_handlers", [])}
    return "Cloud Control" if {"create", "read", "delete"} <= handlers else "none"


def emulator(name, way, ministack):
    service = name.split(".")[1]
    if way == "none":
        return "none"
    if way == "Cloud Control":
        return "Cloud Control of ministack, mended"
    return "ministack" if ANSWERS.get(service, service.upper()) in ministack else "moto"


def rows(layer, service, played, facts):
    for bullet in service["bullets"]:
        notes = " ".join(filter(None, [service.get("ended"), bullet.get("why")]))
        component = ", ".join(f"`{name}`" for name in bullet.get("component", "").split(", ") if name) or "none: raw resources"
        if not bullet["types"]:
            yield [service["name"], bullet["name"], *["nothing to make"] * 7, notes]
        for name in bullet["types"]:
            way = driver(name, facts["bindings"], facts["catalog"])
            shown = "not played" if service.get("ended") else f"`{layer['spec']}`"
            if not service.get("ended") and name not in played:
                sys.exit(f"tests/services/{layer['spec']}.gpb makes no {name}, which {service['name']} needs")
            acts = [word for word, key in ACTS.items() if name in service.get(key, [])]
            shown += f" ({', '.join(acts)})" if acts else ""
            price = "yes" if name in facts["prices"] else "no facts: not priced"
            recovery = "yes" if name in facts["recovery"] else "no facts: nothing claimed"
            answers = emulator(name, way, facts["ministack"])
            yield [service["name"], bullet["name"], component, f"`{name}`", way, answers, shown, price, recovery, notes or "-"]


def page():
    facts = {
        "bindings": bound(), "catalog": cataloged(), "prices": known("prices"), "recovery": known("recovery"),
        "ministack": routed(),
    }
    library, text, whole = components(), [HEAD], []
    for layer in tomllib.loads((SERVICES / "services.toml").read_text())["layer"]:
        played = made((SERVICES / f"{layer['spec']}.gpb").read_text(), library)
        table = [row for service in layer["service"] for row in rows(layer, service, played, facts)]
        whole += [(layer, service) for service in layer["service"]]
        text += [f"\n## {layer['name']}\n", "| Service | What | Component | Type | Driver | Emulator | Played | Price | Recovery | Note |"]
        text += ["|---" * 10 + "|", *("| " + " | ".join(row) + " |" for row in table)]
    lacking = [service["name"] for _, service in whole if "ended" in service]
    counts = f"{len(whole)} services: {len(whole) - len(lacking)} are played, and {', '.join(lacking)} are not."
    text.insert(1, counts)
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    wanted = page()
    if "--check" not in sys.argv:
        PAGE.write_text(wanted)
    elif not PAGE.is_file() or PAGE.read_text() != wanted:
        sys.exit("docs/services.md is not fresh: run tools/services/generate.py")
