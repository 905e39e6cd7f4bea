"""The Rust side: structs, enums and operations of an SDK crate, read from its sources."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path


def fold(name: str) -> str:
    """What is left of a name when case and punctuation are gone; both sides agree on that."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass
class Type:
    """A field's type as a tree: `Option<Vec<crate::types::Tag>>`."""

    name: str
    args: list["Type"] = field(default_factory=list)

    def innermost(self, *wrappers: str) -> "Type":
        return self.args[0].innermost(*wrappers) if self.name in wrappers else self


@dataclass
class Item:
    """A struct, an enum of strings, or a union."""

    name: str
    kind: str
    # Struct fields or union variants, in the source's order; a variant without content has no type.
    members: dict[str, Type | None]
    fallible: bool = False


def parse_type(text: str) -> Type:
    text = text.strip().rstrip(",").strip()
    if "<" not in text:
        return Type(text.split("::")[-1].strip() if not text.startswith("crate::types::") else text)
    head, rest = text.split("<", 1)
    return Type(head.split("::")[-1].strip(), [parse_type(part) for part in split(rest.rsplit(">", 1)[0])])


def split(text: str) -> list[str]:
    """Splits at the commas outside brackets."""
    parts, depth, last = [], 0, 0
    for at, letter in enumerate(text):
        if letter in "<({":
            depth += 1
        elif letter in ">)}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[last:at])
            last = at + 1
    parts.append(text[last:])
    return [part.strip() for part in parts if part.strip()]


def body_of(text: str, start: int) -> str:
    """The text between the braces that open at or after `start`."""
    opened = text.index("{", start)
    depth = 0
    for at in range(opened, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return text[opened + 1 : at]
    raise ValueError("unbalanced braces")


def clean(text: str) -> str:
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    # An attribute, and the comment that may stand behind it.
    return re.sub(r"#\[(?:[^\[\]]|\[[^\]]*\])*\](?: *//.*)?", "", text)


def parse_item(text: str, kind: str, name: str) -> Item:
    body = body_of(text, re.search(rf"pub {kind} {name}\b", text).end())
    if kind == "struct":
        fields = {}
        for part in split(body):
            found = re.fullmatch(r"pub (?:r#)?(\w+)\s*:\s*(.+)", part, flags=re.S)
            if found:
                fields[found.group(1)] = parse_type(found.group(2))
        fallible = bool(re.search(r"pub fn build\(\s*self,?\s*\)\s*->\s*::std::result::Result<", text))
        return Item(name, "struct", fields, fallible)
    if f"From<&str> for {name} " in text:
        return Item(name, "enum", {})
    variants = {}
    for part in split(body):
        found = re.fullmatch(r"(\w+)(?:\((.+)\))?", part, flags=re.S)
        if found and found.group(1) != "Unknown":
            variants[found.group(1)] = parse_type(found.group(2)) if found.group(2) else None
    return Item(name, "union", variants)


class Crate:
    """The parsed sources of one SDK crate."""

    def __init__(self, name: str, version: str, root: Path):
        self.name, self.version, self.root = name, version, root
        self.operations = {fold(p.name): p for p in (root / "src/operation").iterdir() if p.is_dir()}
        self.files: dict[str, tuple[str, Path]] = {}
        for path in (root / "src/types").glob("_*.rs"):
            found = re.search(r"^pub (struct|enum) (\w+)", path.read_text(), flags=re.M)
            if found:
                self.files[found.group(2)] = (found.group(1), path)
        self.items: dict[str, Item] = {}

    def item(self, name: str) -> Item:
        if name not in self.items:
            kind, path = self.files[name]
            self.items[name] = parse_item(clean(path.read_text()), kind, name)
        return self.items[name]

    def operation(self, name: str) -> tuple[str, Item, Item]:
        """The operation's module, input and output."""
        folder = self.operations.get(fold(name))
        if folder is None:
            sys.exit(f"{self.name} {self.version} has no operation {name}")
        found = []
        for end in ("input", "output"):
            text = clean((folder / f"_{folder.name}_{end}.rs").read_text())
            struct = re.search(r"pub struct (\w+)", text).group(1)
            found.append(parse_item(text, "struct", struct))
        return folder.name, found[0], found[1]
