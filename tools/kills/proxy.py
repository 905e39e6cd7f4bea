"""A proxy between gpb and an emulator: it logs each changing call, kills gpb at the chosen one, and disturbs answers."""

import http.client
import os
import random
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import protocols

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Plan:
    """The kill that is due: at the `nth` changing call (of one operation, where it is named), before it is forwarded,
    after the service has carried it out, or after its answer was handed over."""

    def __init__(self, when, nth=1, operation=None):
        self.when, self.nth, self.operation = when, nth, operation
        self.seen = 0
        self.at = None

    def is_due(self, operation):
        if self.at or self.operation not in (None, operation):
            return False
        self.seen += 1
        if self.seen < self.nth:
            return False
        self.at = operation
        return True


class Faults:
    """Disturbances by a seed: the same seed and the same order of calls give the same ones."""

    # Those that may come with any call; after the service has worked; and those of reads alone.
    BEFORE = ("throttle", "error500", "error503", "reset", "expired", "skewed")
    AFTER = ("lost", "slow", "truncated", "skewed_date")
    READS = ("html404", "html502", "empty200", "other_json")

    def __init__(self, seed, rate):
        self.random, self.rate = random.Random(seed), rate
        self.counts = {}
        self.lock = threading.Lock()

    def draw(self, changing):
        with self.lock:
            if self.random.random() >= self.rate:
                return None
            kinds = self.BEFORE + self.AFTER + (() if changing else self.READS)
            kind = self.random.choice(kinds)
            self.counts[kind] = self.counts.get(kind, 0) + 1
            return kind


class Proxy:
    """Listens once for each emulator; all that listen share the plan, the faults and the log."""

    def __init__(self, upstreams):
        self.lock = threading.Lock()
        self.log, self.plan, self.faults, self.pid = [], None, None, None
        self.servers = []
        for upstream in upstreams:
            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            server.proxy, server.upstream = self, upstream
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            self.servers.append(server)

    def endpoints(self):
        return [f"http://127.0.0.1:{server.server_address[1]}" for server in self.servers]

    def arm(self, pid, plan=None, faults=None):
        """Sets the process that may be killed, with what shall happen to it."""
        with self.lock:
            self.log, self.plan, self.faults, self.pid = [], plan, faults, pid

    def disarm(self):
        with self.lock:
            self.pid = None
            return self.log

    def begin(self, operation):
        """Notes a changing call; returns when the process is to be killed about it."""
        with self.lock:
            self.log.append(operation)
            due = self.pid is not None and self.plan is not None and self.plan.is_due(operation)
            return self.plan.when if due else None

    def kill(self):
        with self.lock:
            pid, self.pid = self.pid, None
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A small answer must not wait for the acknowledgement of its head.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def handle_call(self):
        proxy = self.server.proxy
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        call = protocols.Call(self.command, self.path, self.headers, body)
        when = proxy.begin(call.operation) if call.changing else None
        if when == "before":
            proxy.kill()
            return self.drop()
        fault = proxy.faults.draw(call.changing) if proxy.faults and not when else None
        made_up = protocols.disturbed(fault, call)
        if fault == "reset":
            return self.drop()
        if made_up:
            return self.answer(*made_up)
        status, headers, content = self.forward(body)
        if when == "after":
            proxy.kill()
            return self.drop()
        if fault == "lost":
            return self.drop()
        if fault == "slow":
            threading.Event().wait(0.7)
        if fault == "skewed_date":
            headers = [(name, value) for name, value in headers if name.lower() != "date"]
            headers.append(("Date", "Thu, 01 Jan 2015 00:00:00 GMT"))
        if fault == "truncated" and len(content) > 1:
            self.answer(status, headers, content[: len(content) // 2], length=len(content))
            return self.drop()
        self.answer(status, headers, content)
        if when == "answered":
            proxy.kill()
            self.drop()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = handle_call

    def forward(self, body):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["Content-Length"] = str(len(body))
        for last in (False, True):
            connection = getattr(self, "upstream", None) or http.client.HTTPConnection(urlsplit(self.server.upstream).netloc)
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                self.upstream = None if answer.will_close else connection
                return answer.status, answer.getheaders(), content
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A connection that the emulator closed while nobody used it carried nothing.
                was_new, self.upstream = getattr(self, "upstream", None) is None, None
                if last or was_new:
                    raise

    def answer(self, status, headers, content, length=None):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def drop(self):
        self.close_connection = True
