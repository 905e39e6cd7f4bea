#!/usr/bin/env python3
"""Performs AWS operations for the binding tests: one JSON request a line in, one JSON answer a line out.

    {"region": "us-east-1", "service": "sqs", "operation": "CreateQueue", "input": {…}}
    {"ok": {…}}  or  {"error": {"code": …, "message": …, "status": …, "request_id": …}}

Services are named as the Rust SDK names them. Blobs are base64 text, times are text, absent members stay absent.
"""

import base64
import datetime
import gzip
import json
import os
import pathlib
import re
import sys

import boto3
import botocore.exceptions
from botocore.config import Config


def plain(service_id):
    return re.sub(r"[^a-z0-9]", "", service_id.lower().removesuffix(" api"))


def service_names(session):
    """Botocore's names by the SDK's; only the head of each model is read."""
    names = {}
    loader = session._session.get_component("data_loader")
    for name in session.get_available_services():
        version = loader.determine_latest_version(name, "service-2")
        for folder in loader.search_paths:
            for file, opened in (("service-2.json", open), ("service-2.json.gz", gzip.open)):
                path = pathlib.Path(folder, name, version, file)
                if path.exists():
                    with opened(path, "rt") as text:
                        found = re.search(r'"serviceId"\s*:\s*"([^"]+)"', text.read(8192))
                    if found:
                        names.setdefault(plain(found[1]), name)
    return names


def with_bytes(value, shape):
    """The input with base64 text as bytes where the API takes a blob."""
    if shape is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        return {key: with_bytes(inner, shape.members.get(key)) for key, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [with_bytes(inner, shape.member) for inner in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: with_bytes(inner, shape.value) for key, inner in value.items()}
    if shape.type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


def as_json(value):
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items() if inner is not None and key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [as_json(inner) for inner in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return base64.b64encode(value.read()).decode()
    return value


def answer(session, names, clients, request):
    service, operation, region = request["service"], request["operation"], request["region"]
    if service not in names:
        return {"error": {"code": "UnknownService", "message": f"there is no service {service}", "status": None}}
    if (service, region) not in clients:
        clients[service, region] = session.client(
            names[service],
            region_name=region,
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )
    client = clients[service, region]
    methods = {name: python for python, name in client.meta.method_to_api_mapping.items()}
    if operation not in methods:
        return {"error": {"code": "UnknownOperation", "message": f"{service} has no {operation}", "status": None}}
    method = methods[operation]
    shape = client.meta.service_model.operation_model(operation).input_shape
    try:
        return {"ok": as_json(getattr(client, method)(**with_bytes(request["input"], shape)))}
    except botocore.exceptions.ClientError as error:
        body = error.response.get("Error", {})
        meta = error.response.get("ResponseMetadata", {})
        return {
            "error": {
                "code": str(body.get("Code")), "message": str(body.get("Message")),
                "status": meta.get("HTTPStatusCode"), "request_id": meta.get("RequestId"),
            }
        }
    except botocore.exceptions.ParamValidationError as error:
        return {"error": {"code": "ParamValidation", "message": str(error), "status": None, "input": True}}
    except Exception as error:
        return {"error": {"code": type(error).__name__, "message": str(error), "status": None}}


def main():
    session = boto3.Session(
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
    )
    names, clients = service_names(session), {}
    for line in sys.stdin:
        print(json.dumps(answer(session, names, clients, json.loads(line))), flush=True)


main()
