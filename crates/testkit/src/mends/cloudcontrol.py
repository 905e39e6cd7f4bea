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
import time

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
    if name.lower().endswith("arn"):
        return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}/{number:08x}"
    return f"{resource}-{number:08x}"


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
