"""What a call is, and what an answer to it looks like, in the protocols of AWS."""

import json
import re
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

import operations

HTML = [("Content-Type", "text/html")]


class Call:
    """One request: the service and the operation, and whether it changes something."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @cached_property
    def service(self):
        """The service's name of the signature."""
        scope = re.search(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/", self.headers.get("Authorization") or "")
        return scope.group(1) if scope else "?"

    @cached_property
    def protocol(self):
        if self.headers.get("smithy-protocol"):
            return "cbor"
        if self.headers.get("X-Amz-Target"):
            return "json"
        if "x-www-form-urlencoded" in (self.headers.get("Content-Type") or ""):
            return "ec2" if self.service == "ec2" else "query"
        return {"s3": "s3", "route53": "xml"}.get(self.service, "rest")

    @cached_property
    def operation(self):
        """`service:Operation`."""
        if self.protocol == "cbor":
            name = self.path.rsplit("/", 1)[-1]
        elif self.protocol == "json":
            name = self.headers["X-Amz-Target"].rsplit(".", 1)[-1]
        elif self.protocol in ("query", "ec2"):
            name = parse_qs(self.body.decode()).get("Action", ["?"])[0]
        else:
            name = self.rest_name
        return f"{self.service}:{name}"

    @cached_property
    def rest_name(self):
        url = urlsplit(self.path)
        names = {part.split("=")[0] for part in url.query.split("&") if part}
        return operations.of_request(self.service, self.method, url.path, names)

    @cached_property
    def changing(self):
        if self.protocol in ("s3", "xml", "rest"):
            return self.method not in ("GET", "HEAD")
        return not operations.READS.match(self.operation.split(":", 1)[1])


def error(call, status, code, message="made by the proxy"):
    """An error as the service writes it."""
    if call.protocol == "cbor":
        import cbor2

        content = cbor2.dumps({"__type": code, "message": message})
        return status, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], content
    if call.protocol in ("json", "rest"):
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-errortype", code)]
        return status, headers, json.dumps({"__type": code, "message": message}).encode()
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    text = {
        "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>0</RequestID></Response>",
        "s3": f"<Error>{inner}<RequestId>0</RequestId></Error>",
    }.get(call.protocol, f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>0</RequestId></ErrorResponse>")
    return status, [("Content-Type", "text/xml")], text.encode()


def disturbed(fault, call):
    """The answer that a fault gives in the service's place; nothing where the service answers."""
    match fault:
        case "throttle":
            code = {"s3": "SlowDown", "ec2": "RequestLimitExceeded"}.get(call.service, "ThrottlingException")
            return error(call, 503 if call.service in ("s3", "ec2") else 400, code)
        case "error500":
            return error(call, 500, "InternalFailure")
        case "error503":
            return error(call, 503, "ServiceUnavailable")
        case "expired":
            return error(call, 403 if call.protocol != "json" else 400, "ExpiredTokenException")
        case "skewed":
            return error(call, 403, "RequestTimeTooSkewed")
        case "html404":
            return 404, HTML, b"<html><body><h1>404 Not Found</h1></body></html>"
        case "html502":
            return 502, HTML, b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        case "empty200":
            return 200, [], b""
        case "other_json":
            return 200, [("Content-Type", "application/json")], b'{"status":"ok","items":[]}'
    return None
