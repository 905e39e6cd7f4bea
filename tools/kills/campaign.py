"""Kills gpb in the middle of its calls, lets it go on, and counts what is left over.

    python3 tools/kills/campaign.py --gpb target/debug/gpb --kills 300

Each lane has an account of its own. A life is: create, update, rename, replace, destroy. Each of these steps is killed several
times and then applied until it ends; then the plan must be empty, and what boto3 finds must be what a life without kills has.
"""

import argparse
import collections
import importlib.util
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def interpreter():
    """The emulators' own environment, which the tests make (crates/testkit)."""
    ready = os.environ.get("GPB_EMULATORS")
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return pathlib.Path(ready or pathlib.Path(target) / "emulators" / "venv") / "bin" / "python"


if not importlib.util.find_spec("ministack"):
    if not interpreter().exists():
        sys.exit(f"no {interpreter()}: `cargo test --test it wire::kills` makes it, or GPB_EMULATORS names one")
    os.execv(interpreter(), [str(interpreter()), *sys.argv])

import inventory  # noqa: E402
import operations  # noqa: E402
from life import SPEC, STEPS, only_layers  # noqa: E402
from proxy import Faults, Plan  # noqa: E402
from world import LIMIT, World  # noqa: E402

# The most runs without a kill that a step may take until it has ended; more would be work for people.
RUNS = 8
WHEN = ("before", "after")


class Campaign:
    def __init__(self, options):
        self.options = options
        self.spec = only_layers((HERE / SPEC).read_text(), options.layers)
        self.random = random.Random(options.seed)
        self.lock = threading.Lock()
        self.expected, self.calls, self.targets = {}, {}, {}
        self.kills, self.steps, self.failures, self.ended = [], [], [], False
        self.library = tempfile.TemporaryDirectory(prefix="gpb-kills-stdlib-")
        self.stdlib = hasty_library(options.stdlib, pathlib.Path(self.library.name) / "stdlib")

    def world(self):
        world = World(self.options.gpb)
        world.through["GPB_STDLIB"] = str(self.stdlib)
        seed_others(inventory.Account(world.direct))
        return world

    def reference(self, world):
        """Lives once without a kill: what exists after each step, and which calls it makes."""
        account, life = inventory.Account(world.direct), 0
        self.expected["destroy"] = account.inventory()
        for step in STEPS:
            world.write(SPEC, step.text(self.spec, life))
            code, said, calls = world.run(*step.command())
            if code != 0:
                raise RuntimeError(f"{step.name} fails without a kill:\n{said}")
            self.check_plan(world, step, said)
            found = account.inventory()
            if step.name == "destroy":
                left = inventory.compare(self.expected["destroy"], found)
                if any(left.values()):
                    raise RuntimeError(f"destroy leaves without a kill: {left}")
            self.expected[step.name] = found
            self.calls[step.name] = calls
            operations = list(dict.fromkeys(calls))
            self.targets[step.name] = [(operation, when) for operation in operations for when in WHEN]
        if not self.options.layers:
            self.check_coverage()

    def check_coverage(self):
        """Every changing call of the bindings is made by some step, or has a reason."""
        made = {operation for calls in self.calls.values() for operation in calls}
        left_out = tomllib.loads((HERE / "not_drilled.toml").read_text())
        reasons = left_out["calls"]
        bound = operations.of_bindings(self.options.stdlib)
        bound = {call: types for call, types in bound.items() if not left_out["types"].keys() >= set(types)}
        lacking = [f"{call} of {', '.join(sorted(set(types)))}" for call, types in bound.items() if call not in made and call not in reasons]
        needless = sorted(call for call in reasons if call in made or call not in bound)
        if lacking or needless:
            raise RuntimeError(f"no life of {SPEC} makes {lacking}; not_drilled.toml needs no {needless}")

    def check_plan(self, world, step, said):
        if step.name == "destroy":
            return
        code, plan, _ = world.run("plan", SPEC, "--detailed-exitcode")
        if code != 0:
            raise RuntimeError(f"{step.name}: the plan is not empty without a kill:\n{said}\n{plan}")

    def take(self, step):
        """The next kills of a step, those of earlier calls first; random instants when every call has had its kills."""
        with self.lock:
            left = self.options.kills - len(self.kills)
            chain = min(self.random.randint(1, self.options.chain), max(left, 0))
            targets = self.targets[step.name]
            taken = self.random.sample(targets, min(chain, len(targets)))
            for target in taken:
                targets.remove(target)
            first = {operation: index for index, operation in reversed(list(enumerate(self.calls[step.name])))}
            taken.sort(key=lambda target: (first[target[0]], target[1] != "before"))
            taken += [(None, self.random.choice(("answered", "instant")))] * (self.random.random() < 0.3 or not taken)
            return taken[:chain] if chain else []

    def put_back(self, step, target):
        with self.lock:
            if target[0] is not None:
                self.targets[step.name].append(target)

    def lane(self, number):
        world = self.world()
        try:
            if number == 0:
                self.reference(world)
                self.ready.set()
            self.ready.wait()
            if number and self.failures:
                return
            account, life = inventory.Account(world.direct), 0
            # The lanes begin at different steps, so that a short campaign has kills of all.
            calm = number % len(STEPS)
            while self.goes_on():
                life += 1
                for step in STEPS:
                    if not self.goes_on():
                        break
                    kills, calm = calm == 0, max(calm - 1, 0)
                    if not self.do(world, account, step, life, kills):
                        # What is left over would be found again after every step: the rest of this account tells nothing.
                        world.close()
                        world = self.world()
                        account = inventory.Account(world.direct)
                        break
        except Exception as error:
            self.failures.append(f"lane {number}: {type(error).__name__}: {error}")
            print(self.failures[-1], flush=True)
            self.ready.set()
        finally:
            world.close()

    def goes_on(self):
        return len(self.kills) < self.options.kills and not self.ended and not (self.failures and self.options.stop)

    def do(self, world, account, step, life, kills):
        """Kills a step several times, lets it end, and checks what is left; false when something was wrong."""
        world.write(SPEC, step.text(self.spec, life))
        begin, fired, said = time.monotonic(), [], []
        for target in self.take(step) if kills else []:
            operation, when = target
            seed = self.random.random()
            faults = Faults(seed, self.options.faults) if self.options.faults else None
            if when == "instant":
                plan, instant = None, 0.3 + seed * 6
            else:
                nth = 1 if operation else 1 + int(seed * len(self.calls[step.name]))
                plan, instant = Plan(when, nth, operation), None
            code, text, calls = world.run(*step.command(), plan=plan, faults=faults, kill_after=instant)
            said.append(text)
            if code == -9:
                fired.append(((plan and plan.at) or f"after {instant or LIMIT:.1f} s", when))
            else:
                self.put_back(step, target)
        runs, code = 0, None
        while code != 0 and runs < RUNS:
            runs += 1
            faults = Faults(self.random.random(), self.options.faults) if self.options.faults and runs < RUNS // 2 else None
            code, text, _ = world.run(*step.command(), faults=faults)
            said.append(text)
        manual = int(code != 0)
        planned, text = 0, ""
        if step.name != "destroy" and not manual:
            planned, text, _ = world.run("plan", SPEC, "--detailed-exitcode")
        found = inventory.compare(self.expected[step.name], account.inventory())
        wrong = manual or planned or any(found.values())
        self.report(step, fired, runs, manual, planned, found, time.monotonic() - begin)
        if wrong:
            name = f"{step.name}-{len(self.failures)}.log"
            if self.options.logs:
                log = pathlib.Path(self.options.logs) / name
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text("\n=== next run\n".join([*said, text, repr(fired), *(f"{k}: {v}" for k, v in found.items())]))
            with self.lock:
                self.failures.append(name)
        return not wrong

    def report(self, step, fired, runs, manual, planned, found, seconds):
        counts = {kind: len(lines) for kind, lines in found.items()}
        wrong = [f"{count} {kind}" for kind, count in counts.items() if count]
        wrong += ["the plan is not empty"] * bool(planned) + [f"not done after {runs} runs"] * manual
        with self.lock:
            for at, when in fired:
                self.kills.append((step.name, at, when))
                print(f"#{len(self.kills):<4} {step.name:8} {when:9} {at:45} {runs} runs  {', '.join(wrong) or 'ok'}", flush=True)
            for lines in found.values():
                for line in lines[:6]:
                    print(f"      {line[:400]}", flush=True)
            self.steps.append((step.name, len(fired), counts, manual, bool(planned), seconds))

    def run(self):
        self.ready = threading.Event()
        begin = time.monotonic()
        lanes = [threading.Thread(target=self.lane, args=(number,)) for number in range(self.options.lanes)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        self.library.cleanup()
        self.summary(time.monotonic() - begin)
        return 1 if self.failures or self.ended else 0

    def end(self, *_):
        """Lets the steps that are under way end, and begins no others."""
        self.ended = True

    def summary(self, seconds):
        columns = ("kills", "orphans", "duplicates", "phantoms", "differences", "not empty", "manual")
        table = collections.defaultdict(lambda: collections.Counter())
        for name, kills, counts, manual, planned, _ in self.steps:
            for row in (name, "all"):
                table[row].update({"kills": kills, "not empty": planned, "manual": manual, **counts})
        print(f"\n{'step':9}" + "".join(f"{column:>12}" for column in columns))
        for name in [step.name for step in STEPS] + ["all"]:
            print(f"{name:9}" + "".join(f"{table[name][column]:>12}" for column in columns))
        operations = {operation for calls in self.calls.values() for operation in calls}
        moments = collections.Counter(when for _, _, when in self.kills)
        print("\n" + ", ".join(f"{count} {when}" for when, count in sorted(moments.items())))
        killed = {(at, when) for _, at, when in self.kills}
        one = [operation for operation in operations if any((operation, when) in killed for when in WHEN)]
        both = [operation for operation in operations if all((operation, when) in killed for when in WHEN)]
        print(f"{len(one)} of {len(operations)} operations killed before or after, {len(both)} both")
        if self.ended:
            print(f"ended before {self.options.kills} kills")
        print(f"{seconds:.0f} s, seed {self.options.seed}")


def hasty_library(library, folder):
    """The standard library without the waits that an emulator, which changes at once, does not need."""
    shutil.copytree(library, folder)
    for file in folder.glob("aws/*.toml"):
        file.write_text(re.sub(r'(settle|poll_interval)( *= *)"\d+s"', r'\1\2"1s"', file.read_text()))
    return folder


def seed_others(account):
    """What others have in the account: it looks like gpb's, and must be left alone."""
    call = account.clients
    call["sqs"].create_queue(QueueName="drill-others", tags={"Name": "drill"})
    call["sns"].create_topic(Name="drill-others")
    call["s3"].create_bucket(Bucket="drill-others-123456789012")
    call["iam"].create_role(RoleName="drill-others", AssumeRolePolicyDocument="{}")
    call["ec2"].create_vpc(CidrBlock="10.7.0.0/16")
    call["ec2"].create_internet_gateway()
    call["ec2"].allocate_address(Domain="vpc")
    call["kms"].create_key(Description="others")
    call["route53"].create_hosted_zone(Name="others.example", CallerReference="others")
    call["route53"].create_health_check(
        CallerReference="others",
        HealthCheckConfig={"Type": "HTTP", "FullyQualifiedDomainName": "others.example", "Port": 80},
    )
    call["logs"].create_log_group(logGroupName="/drill/others")
    call["secretsmanager"].create_secret(Name="drill/others", SecretString="theirs")
    call["cloudwatch"].put_metric_alarm(
        AlarmName="drill-others", Namespace="theirs", MetricName="depth", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=7.0, ComparisonOperator="GreaterThanThreshold",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpb", required=True, type=lambda path: str(pathlib.Path(path).resolve()), help="the binary")
    parser.add_argument("--kills", type=int, default=300, help="the number of kills (300)")
    parser.add_argument("--chain", type=int, default=4, help="the most kills of one step before it may end (4)")
    parser.add_argument("--lanes", type=int, default=3, help="accounts at a time (3)")
    parser.add_argument("--seed", type=int, default=1, help="the random seed (1)")
    parser.add_argument("--faults", type=float, default=0.0, help="the share of disturbed calls (0)")
    parser.add_argument("--stdlib", default=ROOT / "stdlib", help="the standard library (that of the repository)")
    parser.add_argument("--logs", help="a folder for the output of steps that went wrong")
    parser.add_argument("--layers", type=lambda text: text.split(","), help="only these layers of the spec, with what they use (all)")
    parser.add_argument("--stop", action="store_true", help="stop at the first thing that is wrong")
    options = parser.parse_args()
    campaign = Campaign(options)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, campaign.end)
    return campaign.run()


if __name__ == "__main__":
    sys.exit(main())
