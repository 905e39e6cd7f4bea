"""Cloud Control as AWS's documentation has it, in the place of ministack's, which keeps documents of types it knows nothing of.

Requests go on after the call has returned, one at a time on a resource, and the same client token is the same request;
identifiers, outputs, what is written only, what is set on creation only, and what a list needs come from the catalog.

docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html
docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations-update.html
docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_ProgressEvent.html
"""

import functools
import itertools
import json
import os
import pathlib
import random
import re
import string
import time
from re import _constants as constants
from re import _parser as parser

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import cloudcontrol

# The time that a request takes, in seconds.
TAKES = 0.3


class Refusal(Exception):
    """An answer other than success: its code, and what it says."""


@functools.cache
def catalog(service):
    file = pathlib.Path(os.environ["GPB_CATALOG"], "aws", f"{service}.json")
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def facts(name):
    found = catalog(name.split("::")[1].lower()).get(name) if name.count("::") == 2 else None
    if not found:
        raise Refusal("TypeNotFoundException", f"The type '{name}' cannot be found.")
    return found


def fields(type_facts, shape):
    """The properties of an object's shape by AWS's names."""
    while isinstance(shape, dict) and "type" in shape:
        shape = type_facts.get("types", {}).get(shape["type"])
    shape = shape.get("object", shape) if isinstance(shape, dict) else {}
    return {key.split(" ")[0]: inner for key, inner in shape.get("properties", {}).items()}


def output(name, type_facts, shape, number, key):
    """A value that AWS would make up."""
    while isinstance(shape, dict) and "type" in shape:
        shape = type_facts.get("types", {}).get(shape["type"])
    kind = shape if isinstance(shape, str) else next(iter(shape or {"text": 0}))
    if kind in ("int", "int_in", "number", "number_in"):
        return 1
    if kind == "bool":
        return True
    if kind == "list":
        of = shape["list"].get("of") if isinstance(shape, dict) else "text"
        return [output(name, type_facts, of, number, key)]
    if kind == "object":
        return {inner: output(inner, type_facts, its, number, key) for inner, its in fields(type_facts, shape).items()}
    if kind in ("map", "json"):
        return {}
    if isinstance(shape, dict) and shape.get("text_as", {}).get("enum"):
        return shape["text_as"]["enum"][0]
    service, resource = key.split("::")[1].lower(), key.split("::")[2].lower()
    if key in FORMS and name in FORMS[key]:
        return FORMS[key][name].format(region=get_region(), account=get_account_id(), number=number)
    if name.lower().endswith("arn"):
        plain = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}/{number:08x}"
    else:
        plain = f"{resource}-{number:08x}"
    demands = patterns(service).get(name.lower(), [])
    if isinstance(shape, dict) and shape.get("text_as", {}).get("pattern"):
        demands = [shape["text_as"]["pattern"], *demands]
    demands = [demand for demand in demands if compiled(demand)]
    if all(compiled(demand).search(plain) for demand in demands):
        return plain
    return made(demands[0], random.Random(f"{key} {name} {number}"))


# Outputs that other types take under another name, in AWS's own form:
# docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
FORMS = {"AWS::Lambda::Version": {"Version": "{number}"}}


@functools.cache
def patterns(service):
    """What the types of a service demand of properties of the same name, which one of them has for an output."""
    found = {}

    def seek(shape):
        for key, inner in shape.items() if isinstance(shape, dict) else ():
            pattern = isinstance(inner, dict) and inner.get("text_as", {}).get("pattern")
            if pattern:
                found.setdefault(key.split(" ")[0].lower(), []).append(pattern)
            seek(inner)

    for type_facts in catalog(service).values():
        seek(type_facts.get("root", {}))
    return found


@functools.cache
def compiled(pattern):
    """The pattern, or nothing where it is none of Python's."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def made(pattern, chance):
    """A text that a pattern takes: of each choice one, of each repetition the least."""
    return "".join(letters(parser.parse(pattern), chance))


def letters(parts, chance):
    for kind, value in parts:
        if kind is constants.LITERAL:
            yield chr(value)
        elif kind is constants.ANY:
            yield "x"
        elif kind is constants.IN:
            yield one_of(value, chance)
        elif kind is constants.BRANCH:
            yield from letters(value[1][0], chance)
        elif kind is constants.SUBPATTERN:
            yield from letters(value[3], chance)
        elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            least, most, inner = value
            # A single letter would be the same too often.
            for _ in range(least if least > 1 or most == least else min(most, 8) if least else 0):
                yield from letters(inner, chance)


def one_of(choices, chance):
    """A letter of a class: a digit or a letter where it takes one, for all of AWS's forms do."""
    refused = choices[0][0] is constants.NEGATE
    takes = lambda letter: any(within(choice, letter) for choice in choices) != refused
    fit = list(filter(takes, string.digits + string.ascii_letters)) or list(filter(takes, string.printable))
    return chance.choice(fit)


def within(choice, letter):
    kind, value = choice
    if kind is constants.LITERAL:
        return ord(letter) == value
    if kind is constants.RANGE:
        return value[0] <= ord(letter) <= value[1]
    classes = {constants.CATEGORY_DIGIT: r"\d", constants.CATEGORY_WORD: r"\w", constants.CATEGORY_SPACE: r"\s"}
    return kind is constants.CATEGORY and value in classes and bool(re.match(classes[value], letter))


def complete(key, type_facts, state, number):
    """The state with what AWS makes up."""
    whole = json.loads(json.dumps(state))
    for path in type_facts.get("read_only", []):
        here, shapes, parts = whole, fields(type_facts, type_facts["root"]), path.split("/")
        for part in parts[:-1]:
            here = here.setdefault(part, {}) if isinstance(here, dict) and part in shapes else None
            shapes = fields(type_facts, shapes.get(part, {}))
        if isinstance(here, dict) and parts[-1] in shapes:
            here[parts[-1]] = output(parts[-1], type_facts, shapes[parts[-1]], number, key)
    for path in type_facts["identifier"]:
        # A name that nobody gave.
        if "/" not in path and path not in whole:
            whole[path] = output(path, type_facts, "text", number, key)
    return whole


def identifier(type_facts, state):
    at = lambda path: functools.reduce(lambda value, part: value[part], path.split("/"), state)
    return "|".join(str(at(path)) for path in type_facts["identifier"])


class Resources:
    """What one account holds in one region, and the requests for it."""

    def __init__(self):
        self.states, self.requests, self.tokens = {}, {}, {}
        self.numbers = itertools.count(1)

    def settle(self):
        """Carries out the requests whose time has come."""
        for event in self.requests.values():
            if event["OperationStatus"] == "IN_PROGRESS" and time.time() >= event["due"]:
                try:
                    event["Identifier"] = event["work"]() or event.get("Identifier")
                    event["OperationStatus"] = "SUCCESS"
                except Refusal as refusal:
                    code, said = refusal.args
                    event.update(OperationStatus="FAILED", ErrorCode=code, StatusMessage=said)

    def begin(self, operation, data, key, work):
        """Begins a request, or returns the one that this token has begun."""
        token, asked = data.get("ClientToken"), {name: data[name] for name in sorted(data)}
        if token in self.tokens:
            before, request = self.tokens[token]
            if before != [operation, asked]:
                raise Refusal("ClientTokenConflictException", "The client token was used for another request.")
            return self.requests[request]
        target = (data["TypeName"], key, "IN_PROGRESS")
        others = ((one["TypeName"], one.get("Identifier"), one["OperationStatus"]) for one in self.requests.values())
        if key and target in others:
            raise Refusal("ConcurrentOperationException", "A concurrent operation is in progress.")
        request = cloudcontrol.new_uuid()
        event = {
            "TypeName": data["TypeName"], "RequestToken": request, "Operation": operation, "OperationStatus": "IN_PROGRESS",
            "EventTime": int(time.time()), "due": time.time() + TAKES, "work": work,
        } | ({"Identifier": key} if key else {})
        self.requests[request] = event
        if token:
            self.tokens[token] = ([operation, asked], request)
        return event


def place():
    return WORLD.setdefault((get_account_id(), get_region()), Resources())


WORLD = {}


def shown(event):
    return {name: value for name, value in event.items() if name not in ("due", "work")}


def readable(type_facts, state):
    """The state without what is written only."""
    seen = json.loads(json.dumps(state))
    for path in type_facts.get("write_only", []):
        *parents, last = path.split("/")
        here = functools.reduce(lambda value, part: value.get(part) if isinstance(value, dict) else None, parents, seen)
        if isinstance(here, dict):
            here.pop(last, None)
    return seen


def document(data, member):
    try:
        return json.loads(data[member])
    except (KeyError, ValueError) as error:
        raise Refusal("InvalidRequestException", f"{member} is no JSON document: {error}") from error


def refuse_unknown(type_facts, state):
    known = fields(type_facts, type_facts["root"])
    for name in state:
        if name not in known:
            raise Refusal("InvalidRequestException", f"extraneous key [{name}] is not permitted")
        if name in type_facts.get("read_only", []):
            raise Refusal("InvalidRequestException", f"[#/{name}] is a readOnly property")


def create(data, here):
    type_facts, state = facts(data["TypeName"]), document(data, "DesiredState")
    refuse_unknown(type_facts, state)
    for name in type_facts["root"].get("required", []):
        if name not in state and name not in type_facts.get("read_only", []):
            raise Refusal("InvalidRequestException", f"required key [{name}] not found")

    def work():
        whole = complete(data["TypeName"], type_facts, state, next(here.numbers))
        key = (data["TypeName"], identifier(type_facts, whole))
        if key in here.states:
            raise Refusal("AlreadyExists", f"Resource {key[1]} already exists.")
        here.states[key] = whole
        return key[1]

    return {"ProgressEvent": shown(here.begin("CREATE", data, None, work))}


def get(data, here):
    state = here.states.get((data["TypeName"], data["Identifier"]))
    if state is None:
        facts(data["TypeName"])
        raise Refusal("ResourceNotFoundException", f"Resource {data['Identifier']} was not found.")
    properties = json.dumps(readable(facts(data["TypeName"]), state))
    description = {"Identifier": data["Identifier"], "Properties": properties}
    return {"TypeName": data["TypeName"], "ResourceDescription": description}


def update(data, here):
    type_facts, key = facts(data["TypeName"]), (data["TypeName"], data["Identifier"])
    get(data, here)
    # The patch is laid over what the read handler shows, so that what is written only goes unless it is in the patch.
    after = readable(type_facts, here.states[key])
    for change in document(data, "PatchDocument"):
        name = change["path"].removeprefix("/")
        if name in type_facts.get("read_only", []):
            raise Refusal("InvalidRequestException", f"[#/{name}] is a readOnly property")
        if change["op"] == "remove" and name not in after:
            raise Refusal("InvalidRequestException", f"the path {change['path']} does not exist")
        if change["op"] == "remove":
            del after[name]
        else:
            after[name] = change["value"]

    def work():
        before = here.states[key]
        for name in type_facts.get("create_only", []):
            if before.get(name) != after.get(name) and name not in type_facts.get("write_only", []):
                raise Refusal("NotUpdatable", f"{name} is a createOnly property")
        here.states[key] = after

    return {"ProgressEvent": shown(here.begin("UPDATE", data, data["Identifier"], work))}


def delete(data, here):
    key = (data["TypeName"], data["Identifier"])
    facts(data["TypeName"])

    def work():
        if here.states.pop(key, None) is None:
            raise Refusal("NotFound", f"Resource {key[1]} was not found.")

    return {"ProgressEvent": shown(here.begin("DELETE", data, data["Identifier"], work))}


def listed(data, here):
    type_facts = facts(data["TypeName"])
    if "list" not in type_facts.get("permissions", {}) and "list" not in type_facts.get("free_handlers", []):
        raise Refusal("UnsupportedActionException", f"{data['TypeName']} has no list handler.")
    model = document(data, "ResourceModel") if "ResourceModel" in data else {}
    lacks = [name for name in type_facts.get("list_needs", []) if name not in model]
    if lacks:
        raise Refusal("InvalidRequestException", f"Missing Or Invalid ResourceModel property: {lacks}")
    found = [
        {"Identifier": name, "Properties": json.dumps(readable(type_facts, state))}
        for (kind, name), state in here.states.items()
        if kind == data["TypeName"] and all(state.get(part) == model[part] for part in model)
    ]
    return {"TypeName": data["TypeName"], "ResourceDescriptions": found}


def requests(data, here):
    asked = data.get("ResourceRequestStatusFilter", {})
    operations, states = asked.get("Operations"), asked.get("OperationStatuses")
    is_asked = lambda event: (not operations or event["Operation"] in operations) and (
        not states or event["OperationStatus"] in states
    )
    return {"ResourceRequestStatusSummaries": [shown(event) for event in here.requests.values() if is_asked(event)]}


def status(data, here):
    event = here.requests.get(data["RequestToken"])
    if event is None:
        raise Refusal("RequestTokenNotFoundException", f"Request token {data['RequestToken']} was not found.")
    return {"ProgressEvent": shown(event)}


OPERATIONS = {
    "CreateResource": create, "GetResource": get, "UpdateResource": update, "DeleteResource": delete,
    "ListResources": listed, "ListResourceRequests": requests, "GetResourceRequestStatus": status,
}


async def handle(method, path, headers, body, query_params):
    operation = OPERATIONS[headers.get("x-amz-target", "").split(".")[-1]]
    here = place()
    here.settle()
    try:
        return json_response(operation(json.loads(body or "{}"), here))
    except Refusal as refusal:
        return error_response_json(*refusal.args, 400)


def install():
    cloudcontrol.handle_request = handle
