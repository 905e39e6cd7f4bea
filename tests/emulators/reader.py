"""An independent reader of an AWS endpoint: what exists there, as boto3 sees it, with nothing of gpb's in between.

    reader.py inventory [LAYER]           every resource the sandbox could have made, as one JSON document
    reader.py get SERVICE OPERATION JSON [REGION]
                                          one boto3 call, for assertions and for changes behind gpb's back
    reader.py serve                       a command a line, as a JSON list of words; its answer as one line

The endpoint and the credentials come from the usual AWS_* variables.
"""

import datetime
import functools
import json
import os
import sys

import boto3
from botocore.config import Config

CONFIG = Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60)


@functools.cache
def client(service, region=None):
    return boto3.client(service, region_name=region or os.environ.get("AWS_REGION"), config=CONFIG)


def pages(service, operation, key, **arguments):
    """Every element of a listing, over all its pages."""
    api = client(service)
    if api.can_paginate(operation):
        return [item for page in api.get_paginator(operation).paginate(**arguments) for item in page.get(key, [])]
    return getattr(api, operation)(**arguments).get(key, [])


def name_of(tags):
    return next((tag["Value"] for tag in tags or [] if tag["Key"] == "Name"), "")


def network():
    vpcs = {v["VpcId"]: v for v in pages("ec2", "describe_vpcs", "Vpcs") if not v.get("IsDefault")}

    def mine(items):
        return [item for item in items if item.get("VpcId") in vpcs]

    gateways = pages("ec2", "describe_internet_gateways", "InternetGateways")
    return {
        "vpcs": {name_of(v.get("Tags")) or k: v["CidrBlock"] for k, v in vpcs.items()},
        "subnets": {
            name_of(s.get("Tags")): [s["AvailabilityZone"], s["CidrBlock"], s["MapPublicIpOnLaunch"]]
            for s in mine(pages("ec2", "describe_subnets", "Subnets"))
        },
        "route_tables": {
            name_of(t.get("Tags")) or "main": sorted(
                [r.get("DestinationCidrBlock") or "prefix list", kind_of_route(r)]
                for r in t["Routes"]
            )
            for t in mine(pages("ec2", "describe_route_tables", "RouteTables"))
        },
        "associations": sum(
            1
            for t in mine(pages("ec2", "describe_route_tables", "RouteTables"))
            for a in t.get("Associations", [])
            if not a.get("Main")
        ),
        "internet_gateways": sorted(
            len([a for a in g.get("Attachments", []) if a.get("VpcId") in vpcs]) for g in gateways if owned(g)
        ),
        "nat_gateways": sorted(
            name_of(n.get("Tags"))
            for n in pages("ec2", "describe_nat_gateways", "NatGateways")
            if n["State"] not in ("deleted", "deleting")
        ),
        "addresses": len(pages("ec2", "describe_addresses", "Addresses")),
        "endpoints": sorted(
            e["ServiceName"] for e in mine(pages("ec2", "describe_vpc_endpoints", "VpcEndpoints")) if e["State"] != "deleted"
        ),
        "security_groups": {
            name_of(g.get("Tags")) or g["GroupName"]: sorted(
                [p.get("FromPort"), p.get("ToPort"), len(p.get("UserIdGroupPairs", [])), len(p.get("IpRanges", []))]
                for p in g["IpPermissions"]
            )
            for g in mine(pages("ec2", "describe_security_groups", "SecurityGroups"))
            if g["GroupName"] != "default"
        },
    }


def owned(item):
    return any(tag["Key"] == "project" for tag in item.get("Tags", []))


def kind_of_route(route):
    for key, kind in (
        ("NatGatewayId", "nat"),
        ("GatewayId", "gateway"),
        ("VpcEndpointId", "endpoint"),
    ):
        if route.get(key):
            return "local" if route[key] == "local" else kind
    return "?"


def security():
    roles = [r for r in pages("iam", "list_roles", "Roles") if not r["Path"].startswith("/aws-service-role/")]
    iam = client("iam")
    kms = client("kms")
    keys = [kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in pages("kms", "list_keys", "Keys")]
    # moto counts the keys that AWS makes by itself (`aws/s3` and the like) among the customer's.
    own = [k for k in keys if k["KeyManager"] == "CUSTOMER" and k.get("Description") != "Default key"]
    mine = {k["KeyId"]: k for k in own if k["KeyState"] == "Enabled"}
    return {
        "roles": {
            r["RoleName"]: {
                "managed": sorted(
                    p["PolicyName"]
                    for p in iam.list_attached_role_policies(RoleName=r["RoleName"])["AttachedPolicies"]
                ),
                "inline": sorted(iam.list_role_policies(RoleName=r["RoleName"])["PolicyNames"]),
            }
            for r in roles
        },
        "keys": {k["Description"]: kms.get_key_rotation_status(KeyId=i)["KeyRotationEnabled"] for i, k in mine.items()},
        "aliases": sorted(
            a["AliasName"] for a in pages("kms", "list_aliases", "Aliases") if not a["AliasName"].startswith("alias/aws/")
        ),
        "secrets": sorted(
            s["Name"] for s in pages("secretsmanager", "list_secrets", "SecretList") if "DeletedDate" not in s and not s["Name"].startswith("rds!")
        ),
    }


def data():
    s3 = client("s3")
    return {
        "db_clusters": {
            c["DBClusterIdentifier"]: {
                "engine": c["Engine"],
                "capacity": {k: float(v) for k, v in c.get("ServerlessV2ScalingConfiguration", {}).items() if "Capacity" in k},
                "members": len(c.get("DBClusterMembers", [])),
                "backups": c["BackupRetentionPeriod"],
            }
            for c in pages("rds", "describe_db_clusters", "DBClusters")
        },
        "db_instances": {
            i["DBInstanceIdentifier"]: i["DBInstanceClass"] for i in pages("rds", "describe_db_instances", "DBInstances")
        },
        "db_subnet_groups": sorted(
            g["DBSubnetGroupName"] for g in pages("rds", "describe_db_subnet_groups", "DBSubnetGroups")
        ),
        "replication_groups": {
            g["ReplicationGroupId"]: [g.get("CacheNodeType", ""), len(g.get("NodeGroups", []))]
            for g in pages("elasticache", "describe_replication_groups", "ReplicationGroups")
        },
        "cache_subnet_groups": sorted(
            g["CacheSubnetGroupName"]
            for g in pages("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
            if g["CacheSubnetGroupName"] != "default"
        ),
        "buckets": {b["Name"]: bucket(s3, b["Name"]) for b in s3.list_buckets()["Buckets"]},
    }


def bucket(s3, name):
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    return {
        "versioning": s3.get_bucket_versioning(Bucket=name).get("Status", ""),
        "encryption": encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "public_access_block": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "lifecycle": sorted(r["ID"] for r in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]),
        "policy_statements": len(json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]),
    }


def streaming():
    sqs = client("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    kafka = client("kafka")
    return {
        "queues": {
            url.rsplit("/", 1)[1]: {
                key: value
                for key, value in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"].items()
                if key in ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "ReceiveMessageWaitTimeSeconds")
            }
            for url in urls
        },
        "topics": sorted(t["TopicArn"].rsplit(":", 1)[1] for t in pages("sns", "list_topics", "Topics")),
        "kafka_clusters": {
            c["ClusterName"]: [c["NumberOfBrokerNodes"], c["BrokerNodeGroupInfo"]["InstanceType"], len(c["BrokerNodeGroupInfo"]["ClientSubnets"])]
            for c in kafka.list_clusters()["ClusterInfoList"]
        },
        "kafka_configurations": sorted(c["Name"] for c in kafka.list_configurations().get("Configurations", [])),
        "log_groups": {
            g["logGroupName"]: g.get("retentionInDays") for g in pages("logs", "describe_log_groups", "logGroups")
        },
        "alarms": sorted(a["AlarmName"] for a in pages("cloudwatch", "describe_alarms", "MetricAlarms")),
    }


def edge():
    elb = client("elbv2")
    balancers = elb.describe_load_balancers()["LoadBalancers"]
    listeners = [
        listener
        for balancer in balancers
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    ]
    zones = pages("route53", "list_hosted_zones", "HostedZones")
    return {
        "load_balancers": {b["LoadBalancerName"]: [b["Scheme"], b["Type"], len(b["AvailabilityZones"])] for b in balancers},
        "listeners": sorted([x["Port"], x["Protocol"], x["DefaultActions"][0]["Type"]] for x in listeners),
        "rules": sorted(
            condition.get("PathPatternConfig", {}).get("Values", condition.get("Values", []))
            for x in listeners
            for rule in elb.describe_rules(ListenerArn=x["ListenerArn"])["Rules"]
            if not rule["IsDefault"]
            for condition in rule["Conditions"]
        ),
        # Their names are made up, so their ports tell them apart.
        "target_groups": sorted(
            [
                g["Port"], g["HealthCheckPath"], g["HealthCheckIntervalSeconds"], g["HealthCheckTimeoutSeconds"],
                g["HealthyThresholdCount"], g["UnhealthyThresholdCount"],
            ]
            for g in elb.describe_target_groups()["TargetGroups"]
        ),
        "zones": {
            z["Name"]: sorted(
                r["Name"]
                for r in pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=z["Id"])
                if r["Type"] == "A"
            )
            for z in zones
        },
    }


def compute():
    ecs = client("ecs")
    clusters = ecs.list_clusters()["clusterArns"]
    services = {}
    for arn in clusters:
        names = ecs.list_services(cluster=arn)["serviceArns"]
        if names:
            for s in ecs.describe_services(cluster=arn, services=names)["services"]:
                if s["status"] == "ACTIVE":
                    services[s["serviceName"]] = [s["desiredCount"], s.get("launchType", ""), len(s["loadBalancers"])]
    live = [
        c["clusterName"]
        for c in (ecs.describe_clusters(clusters=clusters)["clusters"] if clusters else [])
        if c["status"] == "ACTIVE"
    ]
    return {
        "clusters": sorted(live),
        "services": services,
        "task_definitions": sorted(
            arn.rsplit("/", 1)[1].rsplit(":", 1)[0]
            for arn in pages("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE")
        ),
        "scalable_targets": sorted(
            [t["ResourceId"], t["MinCapacity"], t["MaxCapacity"]]
            for space in ("ecs", "rds", "elasticache", "kafka")
            for t in pages("application-autoscaling", "describe_scalable_targets", "ScalableTargets", ServiceNamespace=space)
        ),
        "scaling_policies": sorted(
            [p["PolicyName"], p["PolicyType"]]
            for space in ("ecs", "rds", "elasticache", "kafka")
            for p in pages("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", ServiceNamespace=space)
        ),
    }


LAYERS = {layer.__name__: layer for layer in (network, security, data, streaming, edge, compute)}


def inventory(*names):
    return {name: LAYERS[name]() for name in names or LAYERS}


def get(service, operation, arguments, region=None):
    output = getattr(client(service, region), operation)(**json.loads(arguments))
    output.pop("ResponseMetadata", None)
    return output


def plain(value):
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "read"):
        return value.read().decode("utf-8", "replace")
    raise TypeError(type(value))


def answer(command, *rest):
    return {"inventory": inventory, "get": get}[command](*rest)


def written(value, **layout):
    return json.dumps(value, sort_keys=True, default=plain, **layout)


def serve():
    """One process for many commands: most of a short one's time is Python's own start."""
    for line in sys.stdin:
        try:
            told = {"answer": answer(*json.loads(line))}
        except Exception as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        print(written(told), flush=True)


def main(arguments):
    command, *rest = arguments or ["inventory"]
    if command == "serve":
        serve()
    elif command in ("inventory", "get"):
        print(written(answer(command, *rest), indent=2))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
