"""AWS's spelling to gpb's: `DBSubnetGroupName` to `db_subnet_group_name`, `AWS::RDS::DBCluster` to `aws.rds.db_cluster`."""

import functools
import pathlib
import re

# Capitals that belong together when no known word says otherwise, a capitalised word, or a lower-case one.
PLAIN = re.compile(r"[A-Z]{2,}[0-9]*(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z][0-9]*|[0-9]+")


@functools.cache
def known_words():
    text = (pathlib.Path(__file__).parent / "words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return sorted({word for line in lines for word in line.split()}, key=lambda word: (-len(word), word))


def known_at(name, at):
    """The longest known word at a place that also ends where a word can end."""
    for word in known_words():
        if not name.startswith(word, at):
            continue
        end = at + len(word)
        if name[end : end + 1] == "s" and not name[end + 1 : end + 2].islower():
            end += 1
        while name[end : end + 1].isdigit():
            end += 1
        if not name[end : end + 1].islower():
            return name[at:end]
    return None


def words(name):
    at, found = 0, []
    while at < len(name):
        word = known_at(name, at)
        if word is None:
            match = PLAIN.match(name, at)
            if match is None:
                raise ValueError(f"cannot split the name {name!r}")
            word = shorten(name, at, match.group())
        found.append(word.lower())
        at += len(word)
    return found


def shorten(name, at, run):
    """An unknown run of capitals ends where a known word of three letters or more begins: `JDBCURL`."""
    if not run.isupper():
        return run
    for length in range(2, len(run)):
        word = known_at(name, at + length)
        if word is not None and len(word) >= 3:
            return run[:length]
    return run


@functools.cache
def snake(name):
    return "_".join(words(name))


def type_name(aws):
    """`AWS::ElasticLoadBalancingV2::LoadBalancer` is `aws.elasticloadbalancingv2.load_balancer`."""
    provider, service, resource = aws.split("::")
    return f"{provider.lower()}.{service.lower()}.{snake(resource)}"
