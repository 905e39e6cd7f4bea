"""Every region, its partition and its availability zones, as TOML."""

# Zones that only accounts of old still have: last, so that nobody is given one unasked.
CLOSED = {"ap-northeast-1b", "ca-central-1c"}


def text(packages):
    zones = packages.zones()
    lines = ["# Regions and their availability zones, those open to every account first. Made by tools/catalog/generate.py.\n"]
    for partition in packages.botocore("endpoints.json")["partitions"]:
        for region in sorted(partition["regions"]):
            named = sorted(zones.get(region, []), key=lambda zone: (zone in CLOSED, zone))
            listed = ", ".join(f'"{zone}"' for zone in named)
            lines.append(f'\n[{region}]\npartition = "{partition["partition"]}"\nzones = [{listed}]\n')
    return "".join(lines)
