"""An account of its own: both emulators, the proxy before them, and a folder in which gpb works."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

from proxy import Proxy

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
# Those that moto lacks, or has in part.
MINISTACK = ("KAFKA", "ELASTICACHE", "CLOUDWATCH", "DYNAMODB", "LAMBDA", "SFN")
# A command that waits for AWS ends long before this, in seconds.
LIMIT = 240


class Emulator:
    """An emulator as a child process; it ends with this one."""

    def __init__(self, script, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        arguments = ["-H", "127.0.0.1", "-p", str(self.port)] if script == "moto_server" else []
        binaries = pathlib.Path(sys.executable).parent
        self.log = open(folder / f"{script}.log", "wb")
        self.child = subprocess.Popen(
            [sys.executable, ROOT / "crates/testkit/src/launch.py", binaries / script, *arguments],
            env=os.environ | {
                "GATEWAY_PORT": str(self.port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0",
                "MOTO_ECS_SERVICE_RUNNING": "100", "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            },
            stdin=subprocess.PIPE, stdout=self.log, stderr=self.log,
        )
        self.endpoint = f"http://127.0.0.1:{self.port}"
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.child.poll() is not None:
                raise RuntimeError(f"{script} ended: {(folder / f'{script}.log').read_text()}")
            time.sleep(0.05)

    def close(self):
        self.child.stdin.close()
        self.child.wait()
        self.log.close()


class World:
    def __init__(self, gpb):
        self.gpb = gpb
        self.folder = tempfile.TemporaryDirectory(prefix="gpb-kills-")
        self.path = pathlib.Path(self.folder.name)
        self.emulators = [Emulator(script, self.path) for script in ("moto_server", "ministack")]
        moto, ministack = (emulator.endpoint for emulator in self.emulators)
        self.proxy = Proxy([moto, ministack])
        self.direct = self.variables(moto, ministack)
        self.through = self.variables(*self.proxy.endpoints())

    @staticmethod
    def variables(moto, ministack):
        """The environment of a process that talks to these two."""
        common = {
            # ministack takes an access key of twelve digits for the account.
            "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": moto,
        }
        return common | {f"AWS_ENDPOINT_URL_{service}": ministack for service in MINISTACK}

    def write(self, name, text):
        (self.path / name).write_text(text)

    def run(self, *arguments, plan=None, faults=None, kill_after=None):
        """Runs gpb; returns its exit code (negative: killed), its output, and the changing calls that it made.

        `plan` kills it at a call, `kill_after` that many seconds after its start.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GPB_"))}
        child = subprocess.Popen(
            [self.gpb, *arguments], cwd=self.path, env=environment | self.through | {"NO_COLOR": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self.proxy.arm(child.pid, plan, faults)
        timer = threading.Timer(kill_after or LIMIT, self.proxy.kill)
        timer.start()
        try:
            said, _ = child.communicate()
        finally:
            timer.cancel()
        return child.returncode, said, self.proxy.disarm()

    def close(self):
        self.proxy.close()
        for emulator in self.emulators:
            emulator.close()
        self.folder.cleanup()
