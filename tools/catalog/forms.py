"""The forms in which AWS gives values back: CloudFormation's `propertyTransform`, as far as it is one of a few kinds.

A transform is a JSONata expression over what was given; what comes back is its result, or matches it as a pattern. The
forms are described in docs/lifecycle.md. What is none of them (a lookup table of one type, a regular expression of its own)
is left out: such a place is compared letter by letter.
"""

import re

NAME = r"[A-Za-z][A-Za-z0-9.]*"
# An alternative that says nothing: what comes back is what was given.
SAME = re.compile(rf"^{NAME}$")
KINDS = [
    ("any_case", re.compile(rf"^\$(lowercase|uppercase)\({NAME}\)$")),
    ("any_case", re.compile(r'^\$replace\(Name, "(prefix|suffix)", "(Prefix|Suffix)"\)$')),
    ("trimmed", re.compile(rf"^\$replace\({NAME}, /(\\s\+|\n)\$/, ''\)$")),
    ("version_prefix", re.compile(rf'^\$join\(\[\$string\({NAME}\), ?"\.\*"\]\)$')),
    # The pattern of an ARN before the name, up to the slash or the colon that ends it; `|^` lets it be absent.
    ("last_part", re.compile(rf'^\$join\(\["[(^]*arn:[^"]*[/:](\{{1\}})?(\)\?)?(\|\^\))?", ?{NAME}\]\)$')),
    ("last_part", re.compile(rf'^\$split\({NAME}, ?["\'][^"]*[/:]["\']\)\[-1\]$')),
    ("last_part", re.compile(rf'^\$join\(\["[(^]*arn:[^"]*[/:]", \$split\({NAME}, ":"\)\[-1\]\]\)$')),
    ("last_part", re.compile(rf'^(\$lowercase\()?\$substringAfter\({NAME}, ?"/"\)\)?$')),
    ("ip_protocol", re.compile(r"^\(\$mapVal := \$lookup\(\{'1': 'icmp','6': 'tcp','17': 'udp','58': 'icmpv6'\}, IpProtocol\);"
                               r"\$mapVal \? \$mapVal : \$lowercase\(IpProtocol\)\)$")),
    ("domain_name", re.compile(rf'^(\$lowercase\()?\$join\(\[{NAME}, ?"\."\]\)\)?$')),
]


def of_type(schema, places):
    """Form by place."""
    found = {}
    for pointer, transform in schema.get("propertyTransform", {}).items():
        form, place = form_of(transform), places.find(pointer)
        if form and place:
            found[place] = form
    return dict(sorted(found.items()))


def form_of(transform):
    alternatives = [part.strip() for part in transform.split("$OR")]
    forms = {kind_of(part) for part in alternatives if not SAME.match(part)}
    # A domain name in lower case is still one.
    if "domain_name" in forms:
        forms.discard("any_case")
    return forms.pop() if len(forms) == 1 else None


def kind_of(part):
    return next((form for form, pattern in KINDS if pattern.match(part)), None)
