"""What exists in the account, as boto3 sees it: every resource of every service that is used, whoever made it.

An element is a kind, a name and its details without what AWS makes up anew each time, so that two accounts can be compared.
"""

import collections
import datetime
import json
import re
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SERVICES = (
    "ec2", "iam", "kms", "secretsmanager", "logs", "sqs", "sns", "cloudwatch", "s3", "rds", "elasticache", "kafka", "elbv2",
    "route53", "ecs", "application-autoscaling", "dynamodb", "lambda", "stepfunctions",
)
# The services whose name in the variables of endpoints is another one than boto3's.
SDK_NAMES = {"stepfunctions": "sfn"}

# What AWS makes up: identifiers, addresses, times and revisions.
MADE_UP = [
    (re.compile(r"\b(vpc|subnet|igw|rtb|rtbassoc|sg|sgr|eipalloc|eipassoc|nat|vpce|eni|acl|dopt|pl|ami)-[0-9a-f]{8,}"), r"\1-*"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(-\d+)?"), "*"),
    (re.compile(r"\b[0-9a-f]{8,}\b"), "*"),
    (re.compile(r"(task-definition/[^:]+):\d+"), r"\1:*"),
    (re.compile(r"(hostedzone/|loadbalancer/app/[^/]+/)\w+"), r"\1*"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), ""),
    (re.compile(r"\d+\.us-east-1\.elb"), "*.us-east-1.elb"),
    (re.compile(r"\blife\d+"), "life*"),
    (re.compile(r"(:secret:[^\"]+)-\w{6}\b"), r"\1-*"),
]
LEFT_OUT = re.compile(
    r"(RoleId|PolicyId|InstanceProfileId|PublicIp|PrivateIp|PrivateIpAddress|CallerReference|.*Date|.*Time|.*Timestamp|revision|VersionId"
    r"|SecretVersionsToStages|VersionIdsToStages|DefaultVersionId|StateReason|events|DbiResourceId|DbClusterResourceId|HostedZoneId"
    r"|Endpoint|ReaderEndpoint|CurrentVersion|LatestRevision|id|deploymentId|ClusterCreateTime|StateUpdatedTimestamp|ResponseMetadata|PolicyRevisionId"
    r"|NetworkInterfaceIds|DNSName|DnsEntries|ZookeeperConnectString.*|AlarmConfigurationUpdatedTimestamp|AssociationId|Alarms|Arn|ARN|deployments|ResourceRecordSetCount|Version"
    r"|pendingCount|runningCount|storedBytes|.*TasksCount|activeServicesCount|statistics|AllocationId|PubliclyAccessible|Revision|AvailableIpAddressCount|HealthCheckVersion|QueueArn|Approximate.*"
    r"|TaskDefinition|taskDefinition|creationTime|LastModified|LatestStreamArn|LatestStreamLabel|logGroupArn|SubscriptionArn|MemberClusters|NodeGroups|CreatedTimestamp|LastModifiedTimestamp|CACertificateIdentifier|lastModified|AttachmentCount)$"
)


def plain(value):
    """A value without what is made up; lists are in one order."""
    if isinstance(value, dict):
        kept = {key: plain(item) for key, item in value.items() if key != "gpb:token" and not LEFT_OUT.match(key)}
        return {key: kept[key] for key in sorted(kept)}
    if isinstance(value, (list, tuple, set)):
        # The mark of a creation: what is found by another one after a kill does not get it any more.
        value = [item for item in value if not (isinstance(item, dict) and "gpb:token" in item.values())]
        return sorted((plain(item) for item in value), key=written)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        if value.startswith("{"):
            try:
                return plain(json.loads(value))
            except ValueError:
                pass
        for pattern, with_what in MADE_UP:
            value = pattern.sub(with_what, value)
    return value


def written(value):
    return json.dumps(value, sort_keys=True, default=str)


class Account:
    def __init__(self, variables):
        config = Config(retries={"max_attempts": 3}, connect_timeout=5, read_timeout=60, max_pool_connections=4)
        session = boto3.session.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1")
        self.clients = {}
        for service in SERVICES:
            own = f"AWS_ENDPOINT_URL_{SDK_NAMES.get(service, service).upper()}"
            endpoint = variables.get(own, variables["AWS_ENDPOINT_URL"])
            self.clients[service] = session.client(service, endpoint_url=endpoint, config=config)

    def pages(self, service, operation, key, **arguments):
        api = self.clients[service]
        if api.can_paginate(operation):
            return [item for page in api.get_paginator(operation).paginate(**arguments) for item in page.get(key, [])]
        return getattr(api, operation)(**arguments).get(key, [])

    def inventory(self):
        """A multiset of (kind, name, details)."""
        parts = [
            getattr(self, name) for name in dir(self) if name.startswith("list_")
        ]
        with ThreadPoolExecutor(4) as pool:
            found = [item for part in pool.map(lambda part: list(part()), parts) for item in part]
        return collections.Counter((kind, str(plain(name)), written(plain(details))) for kind, name, details in found)

    def tried(self, service, operation, **arguments):
        """One call; nothing where there is none of it."""
        try:
            answer = getattr(self.clients[service], operation)(**arguments)
            answer.pop("ResponseMetadata", None)
            return answer
        except ClientError as error:
            return error.response["Error"]["Code"]

    def list_network(self):
        def named(item):
            return next((tag["Value"] for tag in item.get("Tags", []) if tag["Key"] == "Name"), "")

        for kind, operation, key in (
            ("vpc", "describe_vpcs", "Vpcs"), ("subnet", "describe_subnets", "Subnets"), ("eip", "describe_addresses", "Addresses"),
            ("internet_gateway", "describe_internet_gateways", "InternetGateways"),
        ):
            for item in self.pages("ec2", operation, key):
                yield kind, named(item) or item.get("CidrBlock"), item
                for attachment in item.get("Attachments", []):
                    yield "vpc_gateway_attachment", named(item), attachment
        for item in self.pages("ec2", "describe_route_tables", "RouteTables"):
            yield "route_table", named(item), item.get("Tags")
            for route in item["Routes"]:
                yield "route", [named(item), route.get("DestinationCidrBlock")], route
            for association in item["Associations"]:
                yield "subnet_route_table_association", named(item), association
        for item in self.pages("ec2", "describe_security_groups", "SecurityGroups"):
            yield "security_group", named(item) or item["GroupName"], item
        for item in self.pages("ec2", "describe_security_group_rules", "SecurityGroupRules"):
            yield "security_group_rule", [item["IsEgress"], item.get("FromPort"), item.get("CidrIpv4")], item
        for item in self.pages("ec2", "describe_nat_gateways", "NatGateways"):
            if item["State"] not in ("deleted", "deleting"):
                yield "nat_gateway", named(item), item
        for item in self.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints"):
            if item["State"] not in ("deleted", "deleting"):
                yield "vpc_endpoint", named(item), item

    def list_identities(self):
        iam = self.clients["iam"]
        for item in self.pages("iam", "list_roles", "Roles"):
            name = item["RoleName"]
            yield "role", name, [item, iam.list_role_tags(RoleName=name)["Tags"]]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                yield "role_policy", [name, policy], iam.get_role_policy(RoleName=name, PolicyName=policy)
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                yield "attached_policy", [name, policy["PolicyName"]], None
        for item in self.pages("iam", "list_policies", "Policies", Scope="Local"):
            version = iam.get_policy_version(PolicyArn=item["Arn"], VersionId=item["DefaultVersionId"])["PolicyVersion"]
            yield "managed_policy", item["PolicyName"], [item, version["Document"]]
            for other in iam.list_policy_versions(PolicyArn=item["Arn"])["Versions"]:
                yield "policy_version", item["PolicyName"], other["IsDefaultVersion"]
        for item in self.pages("iam", "list_instance_profiles", "InstanceProfiles"):
            yield "instance_profile", item["InstanceProfileName"], [role["RoleName"] for role in item["Roles"]]

    def list_keys(self):
        kms = self.clients["kms"]
        for item in self.pages("kms", "list_keys", "Keys"):
            key = kms.describe_key(KeyId=item["KeyId"])["KeyMetadata"]
            # moto makes keys by itself, as AWS does for its services.
            if key["KeyState"] != "PendingDeletion" and key["KeyManager"] == "CUSTOMER" and key["Description"] != "Default key":
                policy = kms.get_key_policy(KeyId=item["KeyId"], PolicyName="default")["Policy"]
                rotation = kms.get_key_rotation_status(KeyId=item["KeyId"])["KeyRotationEnabled"]
                tags = kms.list_resource_tags(KeyId=item["KeyId"])["Tags"]
                yield "key", key["Description"], [key["KeyState"], policy, rotation, tags]
        for item in self.pages("kms", "list_aliases", "Aliases"):
            if not item["AliasName"].startswith("alias/aws/"):
                yield "alias", item["AliasName"], "TargetKeyId" in item
        for item in self.pages("secretsmanager", "list_secrets", "SecretList"):
            # RDS makes secrets of its own.
            if "DeletedDate" not in item and not item["Name"].startswith("rds!"):
                yield "secret", item["Name"], item

    def list_messages(self):
        sqs, sns = self.clients["sqs"], self.clients["sns"]
        for url in sqs.list_queues().get("QueueUrls", []):
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            yield "queue", url.rsplit("/", 1)[1], [attributes, sqs.list_queue_tags(QueueUrl=url).get("Tags")]
        for item in self.pages("sns", "list_topics", "Topics"):
            attributes = sns.get_topic_attributes(TopicArn=item["TopicArn"])["Attributes"]
            tags = sns.list_tags_for_resource(ResourceArn=item["TopicArn"])["Tags"]
            # What was subscribed is counted below; moto keeps count of what has ever been deleted.
            kept = {key: value for key, value in attributes.items() if not key.startswith("Subscriptions")}
            yield "topic", item["TopicArn"].rsplit(":", 1)[1], [kept, tags]
        for item in self.pages("sns", "list_subscriptions", "Subscriptions"):
            attributes = sns.get_subscription_attributes(SubscriptionArn=item["SubscriptionArn"])["Attributes"]
            yield "subscription", [item["TopicArn"], item["Endpoint"]], attributes
        for item in self.pages("logs", "describe_log_groups", "logGroups"):
            tags = self.clients["logs"].list_tags_log_group(logGroupName=item["logGroupName"])["tags"]
            yield "log_group", item["logGroupName"], [item.get("retentionInDays"), tags]
        for item in self.pages("cloudwatch", "describe_alarms", "MetricAlarms"):
            yield "alarm", item["AlarmName"], item

    def list_buckets(self):
        s3 = self.clients["s3"]
        for item in s3.list_buckets()["Buckets"]:
            name = item["Name"]
            asked = (
                "versioning", "encryption", "lifecycle_configuration", "tagging", "policy",
            )
            parts = [self.tried("s3", f"get_bucket_{part}", Bucket=name) for part in asked]
            yield "bucket", name, [*parts, self.tried("s3", "get_public_access_block", Bucket=name)]

    def list_stores(self):
        for kind, service, operation, key, name in (
            ("db_subnet_group", "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
            ("db_cluster", "rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
            ("db_instance", "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
            ("cache_subnet_group", "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupName"),
            ("replication_group", "elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
            ("kafka_configuration", "kafka", "list_configurations", "Configurations", "Name"),
            ("kafka_cluster", "kafka", "list_clusters", "ClusterInfoList", "ClusterName"),
        ):
            for item in self.pages(service, operation, key):
                yield kind, item[name], item

    def list_edge(self):
        elb, route53 = self.clients["elbv2"], self.clients["route53"]

        def tags(arn):
            return elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]

        for item in self.pages("elbv2", "describe_load_balancers", "LoadBalancers"):
            arn = item["LoadBalancerArn"]
            attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
            yield "load_balancer", item["LoadBalancerName"], [item["Scheme"], item["SecurityGroups"], attributes, tags(arn)]
            for listener in self.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn):
                yield "listener", [item["LoadBalancerName"], listener["Port"]], listener
                for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
                    yield "listener_rule", [listener["Port"], rule["Priority"]], rule
        for item in self.pages("elbv2", "describe_target_groups", "TargetGroups"):
            arn = item["TargetGroupArn"]
            attributes = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
            yield "target_group", [item["Port"], item["TargetGroupName"]], [item, attributes, tags(arn)]
        for item in self.pages("route53", "list_hosted_zones", "HostedZones"):
            zone = item["Id"].rsplit("/", 1)[1]
            found = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)
            yield "hosted_zone", item["Name"], [item["Config"], found["ResourceTagSet"]["Tags"]]
            for record in self.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone):
                yield "record_set", [record["Name"], record["Type"]], record
        for item in self.pages("route53", "list_health_checks", "HealthChecks"):
            found = route53.list_tags_for_resource(ResourceType="healthcheck", ResourceId=item["Id"])
            yield "health_check", item["HealthCheckConfig"]["FullyQualifiedDomainName"], [item, found["ResourceTagSet"]["Tags"]]

    def list_compute(self):
        ecs = self.clients["ecs"]
        for arn in ecs.list_clusters()["clusterArns"]:
            [item] = ecs.describe_clusters(clusters=[arn], include=["TAGS", "SETTINGS"])["clusters"]
            if item["status"] != "ACTIVE":
                continue
            yield "cluster", item["clusterName"], [item.get("settings"), item.get("tags")]
            services = ecs.list_services(cluster=arn)["serviceArns"]
            for service in ecs.describe_services(cluster=arn, services=services, include=["TAGS"])["services"] if services else []:
                if service["status"] == "ACTIVE":
                    yield "service", service["serviceName"], service
        for arn in self.pages("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
            answer = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            yield "task_definition", answer["taskDefinition"]["family"], answer
        for space in ("ecs", "rds"):
            for item in self.pages("application-autoscaling", "describe_scalable_targets", "ScalableTargets", ServiceNamespace=space):
                yield "scalable_target", item["ResourceId"], [item["MinCapacity"], item["MaxCapacity"]]
            for item in self.pages("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", ServiceNamespace=space):
                yield "scaling_policy", item["PolicyName"], item

    def list_functions(self):
        tables, functions, machines = self.clients["dynamodb"], self.clients["lambda"], self.clients["stepfunctions"]
        for name in self.pages("dynamodb", "list_tables", "TableNames"):
            table = tables.describe_table(TableName=name)["Table"]
            asked = ("time_to_live", "continuous_backups", "contributor_insights", "kinesis_streaming_destination")
            parts = [self.tried("dynamodb", f"describe_{part}", TableName=name) for part in asked]
            policy = self.tried("dynamodb", "get_resource_policy", ResourceArn=table["TableArn"])
            yield "table", name, [table, tables.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"], *parts, policy]
        for item in self.pages("lambda", "list_functions", "Functions"):
            name = item["FunctionName"]
            asked = ("concurrency", "code_signing_config", "recursion_config")
            parts = [self.tried("lambda", f"get_function_{part}", FunctionName=name) for part in asked]
            manner = self.tried("lambda", "get_runtime_management_config", FunctionName=name)
            yield "function", name, [item, functions.list_tags(Resource=item["FunctionArn"])["Tags"], *parts, manner]
        for item in self.pages("lambda", "list_event_source_mappings", "EventSourceMappings"):
            tags = functions.list_tags(Resource=item["EventSourceMappingArn"])["Tags"]
            yield "event_source_mapping", [item["FunctionArn"], item["EventSourceArn"]], [item, tags]
        for item in self.pages("stepfunctions", "list_state_machines", "stateMachines"):
            machine = machines.describe_state_machine(stateMachineArn=item["stateMachineArn"])
            tags = machines.list_tags_for_resource(resourceArn=item["stateMachineArn"])["tags"]
            yield "state_machine", item["name"], [machine["definition"], machine["roleArn"], tags]


def compare(expected, found):
    """What is too much, what is there twice, what is missing and what is otherwise, as lines."""
    extra, lacking = found - expected, expected - found
    counted = collections.Counter((kind, name) for kind, name, _ in expected.elements())
    present = collections.Counter((kind, name) for kind, name, _ in found.elements())
    orphans, duplicates, phantoms, others = [], [], [], []
    for kind, name in sorted(present.keys() | counted.keys()):
        more = present[kind, name] - counted[kind, name]
        if more > 0:
            (duplicates if counted[kind, name] else orphans).append(f"{kind} {name}")
        elif more < 0:
            phantoms.append(f"{kind} {name}")
        else:
            others += [f"{kind} {name}: {details}" for k, n, details in extra if (k, n) == (kind, name)]
            others += [f"{kind} {name} expected: {details}" for k, n, details in lacking if (k, n) == (kind, name)]
    return {"orphans": orphans, "duplicates": duplicates, "phantoms": phantoms, "differences": others}
