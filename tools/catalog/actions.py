"""IAM's actions, a line a service: `sqs: DeleteQueue SendMessage`. IAM reads them in any mix of capitals; people do not."""

import collections


def text(packages):
    """Which actions exist is cfn-lint's to say, in lower case; how they are spelt, the APIs' and the schemas'."""
    policies = packages.read("AdditionalSpecs", "Policies.json")
    spelling = spellings(packages)
    lines = []
    for service in sorted(policies):
        actions = policies[service].get("Actions", {})
        spelt = sorted({best(spelling, service, action) for action in actions})
        if spelt:
            lines.append(f"{service}: {' '.join(spelt)}\n")
    return "".join(lines)


def spellings(packages):
    """By lower case: each spelling and the services it was seen with."""
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    for service, operation in packages.operations():
        found[operation.lower()][operation].add(service)
    for schema in packages.schemas():
        for handler in schema.get("handlers", {}).values():
            for permission in handler.get("permissions", []):
                service, _, action = permission.partition(":")
                if action.isalnum() and not action.islower():
                    found[action.lower()][action].add(service.lower())
    return found


def best(spelling, service, action):
    """The spelling its own service uses, else the one most services use."""
    known = spelling.get(action, {action: ()})
    return min(known, key=lambda spelt: (service not in known[spelt], -len(known[spelt]), spelt))
