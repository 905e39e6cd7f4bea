"""The service descriptions botocore carries: found, pinned, and read as plain JSON."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

# The crates know members that older descriptions lack, so both sides are pinned and move together.
VERSION = "1.43.106"


def data_folder(target: Path, given: str | None) -> Path:
    """The data of the pinned botocore; installed privately below `target` when no copy is at hand."""
    private = target / f"botocore-{VERSION}"
    for root in filter(None, [given, *installed(), str(private)]):
        folder = Path(root) / "botocore"
        if version_of(folder) == VERSION:
            return folder / "data"
    if given:
        sys.exit(f"{given} has no botocore {VERSION}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--root-user-action=ignore"]
    subprocess.run([*pip, "--target", str(private), f"botocore=={VERSION}"], check=True)
    return private / "botocore" / "data"


def installed() -> list[str]:
    venv = os.environ.get("VIRTUAL_ENV")
    return [*sys.path, *(str(p) for p in Path(venv).glob("lib/python3*/site-packages"))] if venv else list(sys.path)


def version_of(folder: Path) -> str | None:
    try:
        text = (folder / "__init__.py").read_text()
    except OSError:
        return None
    found = re.search(r"__version__ = '([^']+)'", text)
    return found.group(1) if found else None


def crate_name(service_id: str) -> str:
    """`Elastic Load Balancing v2` is the crate aws-sdk-elasticloadbalancingv2."""
    return re.sub(r"[^a-z0-9]", "", service_id.removesuffix(" API").lower())


class Service:
    """One service's description."""

    def __init__(self, name: str, raw: dict):
        self.name = name
        self.api_version = raw["metadata"]["apiVersion"]
        self.operations = raw["operations"]
        self.shapes = raw["shapes"]


def load(data: Path, name: str) -> Service:
    """The latest description whose service id is the crate's name."""
    likely = data / name
    folders = ([likely] if likely.is_dir() else []) + sorted(p for p in data.iterdir() if p.is_dir() and p != likely)
    for folder in folders:
        for version in sorted((p for p in folder.iterdir() if p.is_dir()), reverse=True):
            text = read(version)
            found = text and re.search(r'"serviceId"\s*:\s*"([^"]+)"', text)
            if found and crate_name(found.group(1)) == name:
                return Service(name, json.loads(text))
    sys.exit(f"botocore {VERSION} describes no service for the crate aws-sdk-{name}")


def read(folder: Path) -> str | None:
    packed, plain = folder / "service-2.json.gz", folder / "service-2.json"
    if packed.exists():
        return gzip.decompress(packed.read_bytes()).decode()
    return plain.read_text() if plain.exists() else None
