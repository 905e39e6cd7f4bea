#!/usr/bin/env python3
"""Makes the catalog of AWS resource types under `stdlib/catalog/generated` from AWS's published CloudFormation schemas.

    python3 tools/catalog/generate.py            # write
    python3 tools/catalog/generate.py --check    # exit 1 when what is committed differs, naming the files

The schemas come from the PyPI package cfn-lint, action names and regions also from botocore, both at the versions pinned
in `source.py`. `--cfn-lint FOLDER` (or the environment variable GPB_CFN_LINT) names the `cfnlint` folder of an installed
cfn-lint with botocore beside it; without one, a private virtual environment is made under `~/.cache/gpb`, unless
`--no-fetch` forbids it.

Needs Python 3.11 and its standard library alone. The output depends on nothing but the pinned packages and the curated
files: `words.txt` (spelling) and `stdlib/catalog/stateful.toml` (types that hold data). `cargo test` runs the check when
the packages are at hand.
"""

import argparse
import collections
import json
import pathlib
import sys
import tomllib

import actions
import facts
import regions
import source

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOG = ROOT / "stdlib" / "catalog"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cfn-lint", metavar="FOLDER", help="the cfnlint package folder of an installed cfn-lint")
    arguments.add_argument("--check", action="store_true", help="write nothing; fail when the committed files differ")
    arguments.add_argument("--no-fetch", action="store_true", help="exit 3 rather than fetch cfn-lint")
    options = arguments.parse_args()
    made = everything(source.locate(options.cfn_lint, fetch=not options.no_fetch))
    folder = CATALOG / "generated"
    present = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
    stale = sorted(name for name in made.keys() | present.keys() if made.get(name) != present.get(name))
    if options.check:
        for name in stale:
            print(f"stale: {folder / name}", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for name in stale:
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes, {len(stale)} changed")


def everything(packages):
    """All generated files: path to text."""
    curated = tomllib.loads((CATALOG / "stateful.toml").read_text(encoding="utf-8"))
    stateful = {*packages.read("AdditionalSpecs", "StatefulResources.json")["ResourceTypes"], *curated}
    services = collections.defaultdict(dict)
    for schema in packages.schemas():
        aws = schema["typeName"]
        found = facts.of_type(schema, packages.extensions(aws), stateful)
        provider, service, _ = found["name"].split(".")
        services[f"{provider}/{service}.json"][aws] = found
    unknown = set(curated) - {aws for types in services.values() for aws in types}
    if unknown:
        raise SystemExit(f"stateful.toml names types that do not exist: {', '.join(sorted(unknown))}")
    made = {name: service_text(types) for name, types in services.items()}
    made |= {"iam_actions.txt": actions.text(packages), "regions.toml": regions.text(packages)}
    return dict(sorted(made.items()))


def service_text(types):
    """One line a type's own facts, one a nested type: a change shows where it is."""
    return "{\n" + ",\n".join(type_text(aws, types[aws]) for aws in sorted(types)) + "\n}\n"


def type_text(aws, found):
    lines = [f"  {quoted(name)}:{quoted(shape)}" for name, shape in found["types"].items()]
    nested = ",\"types\":{\n" + ",\n".join(lines) + "}" if lines else ""
    own = {key: value for key, value in found.items() if key != "types"}
    return f"{quoted(aws)}:{quoted(own)[:-1]}{nested}}}"


def quoted(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()
