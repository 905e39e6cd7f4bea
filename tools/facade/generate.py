#!/usr/bin/env python3
"""Generates crates/aws-facade/src/generated: AWS operations from JSON to JSON, over the typed SDK crates.

    generate.py             writes what has changed
    generate.py --check     writes nothing, fails when something would change
    generate.py --stats     also says what is generated, and what only the crates know

Two descriptions of each service are walked side by side: botocore's, which has AWS's own names, and the crate's sources,
which have the Rust ones. Only names are matched; the Rust compiler infers the types.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import botocore_model
import emit
import operations
import rust_crate
from walk import Walk

ROOT = Path(__file__).resolve().parents[2]
FACADE = ROOT / "crates" / "aws-facade"


def main():
    options = argparse.ArgumentParser(description="Generates the façade over the SDK crates.")
    options.add_argument("--check", action="store_true", help="fail when a generated file is out of date")
    options.add_argument("--stats", action="store_true", help="say what is generated")
    options.add_argument("--botocore", help="a folder that holds the pinned botocore")
    options = options.parse_args()

    wanted = operations.collect(ROOT)
    crates, target = sdk_crates()
    data = botocore_model.data_folder(target, options.botocore)
    for name in wanted:
        if name not in crates:
            sys.exit(f"{operations.LIST} names {name}, and crates/aws-facade/Cargo.toml has no aws-sdk-{name}")
    jobs = [(data, name, *crates[name], names) for name, names in wanted.items()]
    with ProcessPoolExecutor() as pool:
        made = list(pool.map(service, jobs))
    files = {FACADE / "src/generated" / f"{name}.rs": text for name, text, _ in made}
    files[FACADE / "src/generated/mod.rs"] = emit.modules(list(wanted))
    files[FACADE / "src/generated/cells.rs"] = emit.cells(list(wanted))
    files[FACADE / "src/generated/services.rs"] = emit.table(list(wanted))
    files[ROOT / operations.LIST] = operations.text(wanted)
    if options.stats:
        for name, text, stats in made:
            print(f"{name}: {text.count(chr(10))} lines, {stats}")
    stale = write(files, options.check)
    if stale and options.check:
        sys.exit("out of date, run tools/facade/generate.py:\n  " + "\n  ".join(stale))


def sdk_crates() -> tuple[dict[str, tuple[str, Path]], Path]:
    """The version and the sources of each SDK crate, as Cargo resolved them, and Cargo's target folder."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    metadata = json.loads(said)
    found = {}
    for package in metadata["packages"]:
        if package["name"].startswith("aws-sdk-"):
            name = package["name"].removeprefix("aws-sdk-")
            found[name] = (package["version"], Path(package["manifest_path"]).parent)
    return found, Path(os.environ.get("CARGO_TARGET_DIR") or metadata["target_directory"])


def service(job) -> tuple[str, str, str]:
    data, name, version, root, names = job
    walk = Walk(botocore_model.load(data, name), rust_crate.Crate(name, version, root))
    made = [walk.operation(operation) for operation in names]
    text = emit.service(walk, made, botocore_model.VERSION)
    only = f", only in the crate: {', '.join(walk.unknown)}" if walk.unknown else ""
    return name, text, f"{len(made)} operations, {len(walk.shapes)} types{only}"


def write(files: dict[Path, str], check: bool) -> list[str]:
    folder = FACADE / "src/generated"
    left_over = [path for path in folder.glob("*.rs") if path not in files]
    changed = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if not check:
        folder.mkdir(exist_ok=True)
        for path in left_over:
            path.unlink()
        for path in changed:
            path.write_text(files[path])
    return [str(path.relative_to(ROOT)) for path in sorted(changed + left_over)]


if __name__ == "__main__":
    main()
