"""Which operations the façade carries."""

import tomllib
from pathlib import Path

LIST = Path("crates/aws-facade/operations.toml")


def collect(root: Path) -> dict[str, list[str]]:
    listed = tomllib.loads((root / LIST).read_text())
    return {name: sorted(set(listed[name])) for name in sorted(listed)}


def text(wanted: dict[str, list[str]]) -> str:
    lines = []
    for name, names in wanted.items():
        lines += [f"{name} = [", *(f'  "{one}",' for one in names), "]"]
    return "\n".join(lines) + "\n"
