"""The names of operations: of a request, by AWS's own service models, and of the calls that the bindings make."""

import functools
import pathlib
import re
import tomllib

import botocore.loaders

READS = re.compile(r"(Describe|Get|List|Head|Lookup|BatchGet|Search|Simulate|Test|Validate)")
# The services of bindings whose name in a signature is another one.
SIGNED = {
    "applicationautoscaling": "application-autoscaling", "cloudwatch": "monitoring", "cloudwatchlogs": "logs",
    "elasticloadbalancingv2": "elasticloadbalancing", "sfn": "states",
}


@functools.cache
def routes(service):
    """The requests of a REST service: method, path, the names in its query, operation; the most exact first."""
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    found = []
    for name, operation in model["operations"].items():
        if operation.get("deprecated"):
            continue
        path, _, query = operation["http"]["requestUri"].partition("?")
        # A name in braces is one part of the path, with a plus any number of them.
        pattern = "".join(
            ("(.+)" if part.endswith("+}") else "([^/]+)") if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]*\})", path.rstrip("/"))
        )
        names = {part.split("=")[0] for part in query.split("&") if part}
        found.append((operation["http"]["method"], re.compile(f"{pattern}/?$"), names, name))
    return sorted(found, key=lambda route: (-len(route[2]), "(.+)" in route[1].pattern, -len(route[1].pattern)))


def of_request(service, method, path, names):
    """The operation of a request to a REST service."""
    for wanted, pattern, query, name in routes(service):
        if wanted == method and query <= names and pattern.match(path):
            return name
    return f"{method} {path}"


def of_bindings(library):
    """Every changing call of every bound type: `service:Operation`, with the types that make it."""
    found = {}
    for file in sorted(pathlib.Path(library).glob("aws/*.toml")):
        binding = tomllib.loads(file.read_text())
        for name, declared in binding.get("types", {}).items():
            # A service's tag calls are those of its types that have no table of their own, and tags at all.
            own = declared.get("tags", {})
            tags = [] if own is False or "tag" in (own or {}) else [binding.get("tags", {})]
            for call in calls([{key: value for key, value in declared.items() if key != "secret_store"}, *tags]):
                service, _, operation = call.rpartition(":")
                service = service or binding["service"]
                if not READS.match(operation):
                    found.setdefault(f"{SIGNED.get(service, service)}:{operation}", []).append(f"{file.stem}.{name}")
    return found


def calls(tree):
    if isinstance(tree, dict):
        if isinstance(tree.get("call"), str):
            yield tree["call"]
        for value in tree.values():
            yield from calls(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from calls(value)
