"""The changes of a cluster, none of which ministack's MSK has.

Each names the cluster's current version, begins an operation, and leaves the cluster with another version:
docs.aws.amazon.com/msk/1.0/apireference
"""

import functools
import json
import uuid
from urllib.parse import unquote

from ministack.services import msk

CLUSTERS, OPERATIONS = "/v1/clusters/", "/v1/operations/"
operations = {}


def count(cluster, request):
    cluster["NumberOfBrokerNodes"] = request["targetNumberOfBrokerNodes"]


def kind(cluster, request):
    cluster["BrokerNodeGroupInfo"]["instanceType"] = request["targetInstanceType"]


def storage(cluster, request):
    [volume] = request["targetBrokerEBSVolumeInfo"]
    kept = cluster["BrokerNodeGroupInfo"]["storageInfo"]["ebsStorageInfo"]
    # "You can only increase": docs.aws.amazon.com/msk/latest/developerguide/msk-update-storage.html
    if volume["volumeSizeGB"] < kept["volumeSize"]:
        return "The target volume size must not be smaller."
    kept["volumeSize"] = volume["volumeSizeGB"]


def version(cluster, request):
    cluster["CurrentBrokerSoftwareInfo"]["KafkaVersion"] = request["targetKafkaVersion"]
    configuration(cluster, request)


def configuration(cluster, request):
    named = request.get("configurationInfo")
    if named:
        software = cluster["CurrentBrokerSoftwareInfo"]
        software["ConfigurationArn"], software["ConfigurationRevision"] = named["arn"], named["revision"]


def parts(names, cluster, request):
    for name in names:
        if name in request:
            cluster[name[0].upper() + name[1:]] = request[name]


# The method, what stands after the cluster's ARN, and what it changes.
CHANGES = {
    ("PUT", "/nodes/count"): count,
    ("PUT", "/nodes/type"): kind,
    ("PUT", "/nodes/storage"): storage,
    ("PUT", "/version"): version,
    ("PUT", "/configuration"): configuration,
    ("PUT", "/monitoring"): functools.partial(parts, ("enhancedMonitoring", "loggingInfo", "openMonitoring")),
    ("PUT", "/rebalancing"): functools.partial(parts, ("rebalancing",)),
    ("PATCH", "/security"): functools.partial(parts, ("clientAuthentication", "encryptionInfo")),
}


def changed(arn, change, request):
    cluster = msk._clusters[arn]
    if request["currentVersion"] != cluster["CurrentVersion"]:
        return msk._bad_request("This operation can't be performed on the cluster version that was given.")
    why = change(cluster, request)
    if why:
        return msk._bad_request(why)
    cluster["CurrentVersion"] = f"K{uuid.uuid4().hex[:13].upper()}"
    operation = arn.replace(":cluster/", ":cluster-operation/") + f"/{uuid.uuid4()}"
    operations[operation] = {"ClusterArn": arn, "OperationArn": operation, "OperationState": "UPDATE_COMPLETE"}
    return msk._json({"ClusterArn": arn, "ClusterOperationArn": operation})


def install():
    handled = msk.handle_request

    async def handle(method, path, headers, body, query_params):
        asked = unquote(path)
        if method == "GET" and asked.startswith(OPERATIONS):
            return msk._json({"ClusterOperationInfo": operations[asked.removeprefix(OPERATIONS)]})
        for (wanted, end), change in CHANGES.items():
            arn = asked.removeprefix(CLUSTERS).removesuffix(end)
            if method == wanted and asked.endswith(end) and arn in msk._clusters:
                return changed(arn, change, json.loads(body))
        return await handled(method, path, headers, body, query_params)

    msk.handle_request = handle
