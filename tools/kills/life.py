"""A life: the steps from creation to destruction, and the texts that are applied in them."""

import re

SPEC = "every_type.gpb"


class Step:
    """One step of a life: the text that is applied, or the end of it."""

    def __init__(self, name, edit, renamed):
        self.name, self.edit, self.renamed = name, edit, renamed

    def command(self):
        return ("destroy", SPEC, "--yes") if self.edit is None else ("apply", SPEC, "--yes")

    def text(self, spec, life):
        edit = 2 if self.edit is None else self.edit
        text = spec.replace("edit    = 0", f"edit    = {edit}").replace("life    = 0", f"life    = {life}")
        return rename(text) if self.renamed else text


STEPS = [
    Step("create", 0, False), Step("update", 1, False), Step("rename", 0, True), Step("replace", 2, True),
    Step("destroy", None, True),
]


def only_layers(text, layers):
    """The text with these layers alone; with all of them where none are named."""
    if not layers:
        return text
    parts = re.split(r"(?m)^(?=  layer )|(?<=^  \}\n)", text)
    return "".join(part for part in parts if not (found := re.match(r"  layer (\w+)", part)) or found.group(1) in layers)


def rename(text):
    """Gives every resource another address, with the statements that say so."""
    moves = []
    layer = None
    for line in text.splitlines():
        if found := re.match(r"  layer (\w+)", line):
            layer = found.group(1)
        elif found := re.match(r"    resource \S+ (\w+) \{", line):
            moves.append((layer, found.group(1)))
    for _, name in moves:
        text = re.sub(rf"(    resource \S+ ){name} \{{", rf"\g<1>{name}_moved {{", text)
        text = re.sub(rf"(?<![\w\".-]){name}\.(?=\w)", f"{name}_moved.", text)
        text = re.sub(rf"((?:network|security|messages|stores|edge|compute|functions)\.){name}\.(?=\w)", rf"\g<1>{name}_moved.", text)
        text = re.sub(rf"(      after (?:\w+\.)?){name}$", rf"\g<1>{name}_moved", text, flags=re.M)
    lines = "".join(f"  moved {layer}.{name} to {layer}.{name}_moved\n" for layer, name in moves)
    return text.replace("  /// Counts the edits", lines + "\n  /// Counts the edits", 1)
