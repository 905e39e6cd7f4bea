"""Where the facts come from: cfn-lint, which ships AWS's published schemas, and botocore, which it depends on."""

import ast
import gzip
import json
import os
import pathlib
import subprocess
import sys
import venv

CFN_LINT = "1.58.0"
BOTOCORE = "1.43.106"


class Source:
    """An installed cfn-lint, with botocore beside it."""

    def __init__(self, package):
        self.package = pathlib.Path(package).resolve()
        if not (self.package / "data" / "schemas" / "resources").is_dir():
            raise SystemExit(f"{package} is not the folder of an installed cfnlint package")
        self.site = self.package.parent
        for name, wanted in (("cfn_lint", CFN_LINT), ("botocore", BOTOCORE)):
            if not (self.site / f"{name}-{wanted}.dist-info").is_dir():
                raise SystemExit(f"{self.site} does not hold {name} {wanted}, from which the catalog is made")

    def read(self, *path):
        return json.loads(self.package.joinpath("data", *path).read_text(encoding="utf-8"))

    def schemas(self):
        """Every resource type's schema, in order of name."""
        folder = self.package / "data" / "schemas" / "resources"
        found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
        return sorted(found, key=lambda schema: schema["typeName"])

    def extensions(self, aws):
        """cfn-lint's own additions to a type, those that concern the resource as a whole and need no other resource."""
        folder = self.package / "data" / "schemas" / "extensions" / aws.lower().replace("::", "_")
        paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
        found = [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.stat().st_size < 16_384]
        parts = [part for one in found for part in one.get("allOf", [one])]
        return [part for part in parts if "if" in part]

    def botocore(self, *path):
        file = self.site.joinpath("botocore", "data", *path)
        opened = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        return json.loads(opened)

    def operations(self):
        """Every operation of every API, with the name its requests are signed for."""
        for model in sorted((self.site / "botocore" / "data").glob("*/*/service-2.json*")):
            api = self.botocore(*model.parts[-3:])
            signed = api["metadata"].get("signingName", api["metadata"]["endpointPrefix"])
            yield from ((signed, operation) for operation in api["operations"])

    def zones(self):
        """Availability zones by region: a table in cfn-lint's source, read without running it."""
        module = ast.parse((self.package / "helpers.py").read_text(encoding="utf-8"))
        for statement in module.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if isinstance(target, ast.Name) and target.id == "AVAILABILITY_ZONES":
                return ast.literal_eval(statement.value)
        raise SystemExit("cfn-lint no longer lists availability zones")


# What the generator exits with when it may not fetch cfn-lint and has none.
NOT_AT_HAND = 3


def locate(given, fetch=True):
    """The package folder given, named by the environment, or fetched into a private environment of its own."""
    given = given or os.environ.get("GPB_CFN_LINT")
    if given:
        return Source(given)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    home = cache / "gpb" / f"cfn-lint-{CFN_LINT}-botocore-{BOTOCORE}"
    done = home / "complete"
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not done.exists():
        if not fetch:
            print(f"no cfn-lint {CFN_LINT} at hand: name one by GPB_CFN_LINT, or run without --no-fetch", file=sys.stderr)
            sys.exit(NOT_AT_HAND)
        print(f"fetching cfn-lint {CFN_LINT} into {home}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, f"cfn-lint=={CFN_LINT}", f"botocore=={BOTOCORE}"], check=True)
        done.touch()
    where = subprocess.run(
        [python, "-c", "import cfnlint; print(cfnlint.__path__[0])"], check=True, capture_output=True, text=True
    )
    return Source(where.stdout.strip())
