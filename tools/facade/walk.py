"""Walks a service's description and its crate side by side, and collects what must be converted."""

import sys
from dataclasses import dataclass, field

from botocore_model import Service
from rust_crate import Crate, Item, Type, fold

CONTAINERS = ("Option", "Box", "Vec", "HashMap")


@dataclass
class Member:
    """One member: AWS's name, the Rust field (or variant), and its type."""

    name: str
    field: str
    type: Type | None
    required: bool


@dataclass
class Shape:
    """A Rust type with the members both sides know."""

    item: Item
    members: list[Member] = field(default_factory=list)
    read: bool = False
    written: bool = False


@dataclass
class Operation:
    name: str
    module: str
    input: Shape
    output: Shape
    # Members of the output that are read as a stream after the answer's head has come.
    streams: list[Member]


class Walk:
    """The closure of shapes that a list of operations reaches."""

    def __init__(self, service: Service, crate: Crate):
        self.service, self.crate = service, crate
        self.shapes: dict[str, Shape] = {}
        # Members that only the crate knows, for the report.
        self.unknown: list[str] = []

    def operation(self, name: str) -> Operation:
        described = self.service.operations.get(name)
        if described is None:
            close = [n for n in self.service.operations if fold(n) == fold(name)]
            hint = f"; it is spelled {close[0]}" if close else ""
            sys.exit(f"{self.service.name} has no operation {name}{hint}")
        module, input_item, output_item = self.crate.operation(name)
        reading = self.top(described.get("input"), input_item, reading=True)
        writing = self.top(described.get("output"), output_item, reading=False)
        streams = [m for m in writing.members if m.type and m.type.name == "ByteStream"]
        for member in writing.members:
            if member.type and member.type.name in ("EventReceiver", "EventStreamSender"):
                sys.exit(f"{self.service.name}.{name} answers with an event stream, which JSON cannot carry")
        writing.members = [m for m in writing.members if m not in streams]
        return Operation(name, module, reading, writing, streams)

    def top(self, described: dict | None, item: Item, reading: bool) -> Shape:
        shape = Shape(item, read=reading, written=not reading)
        if described:
            shape.members = self.members(described["shape"], item, reading)
        return shape

    def members(self, shape_name: str, item: Item, reading: bool) -> list[Member]:
        described = self.service.shapes[shape_name]
        fields = {fold(name): name for name in item.members}
        if len(fields) != len(item.members):
            sys.exit(f"{self.service.name}: two fields of {item.name} fold to the same name")
        required = set(described.get("required", ()))
        found = []
        for name, target in described["members"].items():
            # `Default` is a keyword's neighbour in the crates and is called `default_value` there.
            folded = next((f for f in (fold(name), fold(name) + "value") if f in fields), None)
            if folded is None:
                sys.exit(f"{self.service.name}: {item.name} of the crate has no member for {shape_name}.{name}")
            field_name = fields.pop(folded)
            target_type = item.members[field_name]
            found.append(Member(name, field_name, target_type, name in required and not target.get("idempotencyToken")))
            if target_type is not None:
                self.reach(target["shape"], target_type, reading)
        self.unknown += [f"{item.name}.{left}" for left in fields.values()]
        return found

    def reach(self, shape_name: str, rust: Type, reading: bool):
        """Follows a member through its containers down to the types of the crate."""
        described = self.service.shapes[shape_name]
        rust = rust.innermost("Option", "Box")
        if described["type"] == "list":
            self.reach(described["member"]["shape"], rust.args[0], reading)
        elif described["type"] == "map":
            self.reach(described["key"]["shape"], rust.args[0], reading)
            self.reach(described["value"]["shape"], rust.args[1], reading)
        elif rust.name.startswith("crate::types::"):
            self.visit(shape_name, rust.name.removeprefix("crate::types::"), reading)

    def visit(self, shape_name: str, rust_name: str, reading: bool):
        shape = self.shapes.get(rust_name)
        if shape and (shape.read if reading else shape.written):
            return
        first = shape is None
        if first:
            shape = self.shapes[rust_name] = Shape(self.crate.item(rust_name))
        if reading:
            shape.read = True
        else:
            shape.written = True
        if shape.item.kind == "enum":
            return
        left = len(self.unknown)
        members = self.members(shape_name, shape.item, reading)
        if not first:
            del self.unknown[left:]
            if [m.name for m in members] != [m.name for m in shape.members] and shape.members:
                sys.exit(f"{self.service.name}: {rust_name} stands for two shapes that differ")
        shape.members = members
