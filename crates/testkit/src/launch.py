"""Runs an emulator's script on a leash: it ends with the process that started it, in whatever way that one ends."""

import os
import runpy
import sys
import threading


def leash():
    sys.stdin.read()
    os._exit(0)


def mend():
    """What moto writes otherwise than AWS, and the official SDKs do not forgive."""
    from moto.core.serialize import S3Serializer
    from moto.kafka.models import FakeKafkaCluster
    from moto.s3.responses import S3Response

    made = FakeKafkaCluster.__init__

    def with_offset(self, *arguments, **named):
        made(self, *arguments, **named)
        # A time without an offset is no RFC 3339.
        self.creation_time += "Z"

    FakeKafkaCluster.__init__ = with_offset
    written = S3Serializer._serialize_body

    def with_root(self, body):
        return written(self, {ROOTS.get(name, name): content for name, content in body.items()})

    S3Serializer._serialize_body = with_root
    listed = S3Response._bucket_response_get

    def with_parts(self, bucket_name, query):
        for name, document in PARTS.items():
            if name in query and "id" not in query:
                self.backend.get_bucket(bucket_name)
                return 200, {}, document
        return listed(self, bucket_name, query)

    S3Response._bucket_response_get = with_parts
    tag_scalable_targets()
    keep_managed_tags()
    delete_changed_endpoints()
    keep_policy_arns()
    keep_modified_subnet_groups()
    tag_created_buckets()
    # In a file of its own: what changes of a whole environment need.
    import mends.moto

    mends.moto.install()


def delete_changed_endpoints():
    """moto does not delete an endpoint whose route tables were changed: it looks for routes that it never made."""
    from moto.ec2.exceptions import InvalidRouteError
    from moto.ec2.models import EC2Backend as Backend

    deleted = Backend.delete_vpc_endpoints

    def delete(self, vpce_ids=None):
        for identifier in vpce_ids or []:
            try:
                deleted(self, [identifier])
            except InvalidRouteError:
                self.vpc_end_points[identifier].state = "deleted"

    Backend.delete_vpc_endpoints = delete


def keep_policy_arns():
    """moto gives a scaling policy another ARN each time it is put; AWS keeps it."""
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend as Backend
    from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy as Policy

    put = Backend.put_scaling_policy

    def put_again(self, policy_name, service_namespace, resource_id, scalable_dimension, *rest, **named):
        key = Policy.formulate_key(service_namespace, resource_id, scalable_dimension, policy_name)
        known = self.policies.get(key)
        policy = put(self, policy_name, service_namespace, resource_id, scalable_dimension, *rest, **named)
        if known:
            policy.policy_arn = known.policy_arn
        return policy

    Backend.put_scaling_policy = put_again


def keep_modified_subnet_groups():
    """moto loses a database's subnet group once it is modified."""
    from moto.rds.models import RDSBackend as Backend

    modified = Backend.modify_db_subnet_group

    def modify(self, subnet_name, *rest, **named):
        group = modified(self, subnet_name, *rest, **named)
        self.subnet_groups[subnet_name] = group
        return group

    Backend.modify_db_subnet_group = modify


def tag_created_buckets():
    """moto ignores the tags of a bucket's creation, and gives a new bucket those of a deleted one of the same name:
    docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html, Tags.
    """
    import xmltodict
    from moto.s3.models import S3Backend as Backend
    from moto.s3.responses import S3Response as Response

    deleted, put = Backend.delete_bucket, Response._bucket_response_put

    def delete(self, bucket_name):
        bucket = deleted(self, bucket_name)
        if bucket:
            self.tagger.delete_all_tags_for_resource(bucket.arn)
        return bucket

    def put_bucket(self, request, bucket_name, querystring):
        is_new = not querystring and bucket_name not in self.backend.buckets
        answer = put(self, request, bucket_name, querystring)
        if is_new and self.body and bucket_name in self.backend.buckets:
            configuration = xmltodict.parse(self.body, force_list=("Tag",)).get("CreateBucketConfiguration") or {}
            tags = (configuration.get("Tags") or {}).get("Tag", [])
            self.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] or "" for tag in tags})
        return answer

    Backend.delete_bucket, Response._bucket_response_put = delete, put_bucket


def keep_managed_tags():
    """moto forgets whether a service's tasks are tagged by ECS."""
    from moto.ecs.models import ecs_backends
    from moto.ecs.responses import EC2ContainerServiceResponse as Response

    created = Response.create_service

    def create(self):
        answer = created(self)
        services = ecs_backends[self.current_account][self.region].services.values()
        for service in services:
            if service.name == self._get_param("serviceName"):
                service.enableECSManagedTags = self._get_param("enableECSManagedTags", False)
        return answer

    Response.create_service = create


def tag_scalable_targets():
    """moto forgets the tags of scalable targets, and knows none of the operations about them."""
    import json

    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Response

    kept = {}
    registered = Response.register_scalable_target

    def register(self):
        answer = registered(self)
        document = json.loads(answer if isinstance(answer, str) else answer[-1])
        kept.setdefault(document.get("ScalableTargetARN"), {}).update(self._get_param("Tags") or {})
        return answer

    def listed(self):
        return json.dumps({"Tags": kept.get(self._get_param("ResourceARN"), {})})

    def tag(self):
        kept.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
        return "{}"

    def untag(self):
        for key in self._get_param("TagKeys"):
            kept.get(self._get_param("ResourceARN"), {}).pop(key, None)
        return "{}"

    Response.register_scalable_target = register
    Response.list_tags_for_resource = listed
    Response.tag_resource = tag
    Response.untag_resource = untag


def loosen():
    """ministack looks for subnets in its own EC2; the tests have EC2 in moto."""
    from ministack.services import elasticache

    def anywhere(parameters):
        names = elasticache._extract_configs(parameters, "SubnetIds", ("SubnetIdentifier", "member"))
        zone = {"Name": f"{elasticache.get_region()}a"}
        return [{"SubnetIdentifier": name, "SubnetAvailabilityZone": zone} for name in names], "vpc-elsewhere"

    elasticache._resolve_subnets = anywhere
    change_kafka_configurations()
    complete_functions()
    complete_tables()
    # In files of their own: what ministack lacks of three services.
    import mends.cloudcontrol
    import mends.elasticache
    import mends.msk

    mends.cloudcontrol.install()
    mends.elasticache.install()
    mends.msk.install()


def complete_tables():
    """ministack forgets the policy that a table's creation carries:
    docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html, ResourcePolicy.
    """
    from ministack.services import dynamodb

    created = dynamodb._create_table

    def create(data):
        answer = created(data)
        if answer[0] == 200 and data.get("ResourcePolicy"):
            table = dynamodb._tables[dynamodb._normalize_table_name(data["TableName"])]
            dynamodb._put_resource_policy({"ResourceArn": table["TableArn"], "Policy": data["ResourcePolicy"]})
        return answer

    dynamodb._create_table = create


def complete_functions():
    """ministack's Lambda knows no runtime management, and forgets the code signing that a creation asks for:
    docs.aws.amazon.com/lambda/latest/api, PutRuntimeManagementConfig and CreateFunction.
    """
    import json
    import re

    from ministack.services import lambda_svc

    handled = lambda_svc.handle_request

    async def handle(method, path, headers, body, query_params):
        found = re.search(r"/functions/([^/]+)/runtime-management-config", path)
        function = found and lambda_svc._functions.get(lambda_svc._resolve_request_scoped_name(found.group(1)))
        if not function:
            return await handled(method, path, headers, body, query_params)
        if method == "PUT":
            function["runtime_management"] = json.loads(body)
        kept = function.get("runtime_management", {"UpdateRuntimeOn": "Auto"})
        return lambda_svc.json_response(kept | {"FunctionArn": function["config"]["FunctionArn"]})

    created = lambda_svc._create_function

    def create(data):
        answer = created(data)
        function = lambda_svc._functions.get(data.get("FunctionName"))
        if answer[0] == 201 and "CodeSigningConfigArn" in data:
            function["code_signing_config_arn"] = data["CodeSigningConfigArn"]
        return answer

    lambda_svc._create_function = create
    lambda_svc.handle_request = handle


def change_kafka_configurations():
    """ministack's MSK has neither UpdateConfiguration nor DeleteConfiguration."""
    import json
    from urllib.parse import unquote

    from ministack.services import msk

    handled = msk.handle_request

    async def handle(method, path, headers, body, query_params):
        arn = unquote(path).removeprefix("/v1/configurations/")
        if method == "DELETE" and arn in msk._configurations:
            del msk._configurations[arn]
            return msk._json({"arn": arn, "state": "DELETING"})
        if method == "PUT" and arn in msk._configurations:
            request, revisions = json.loads(body), msk._config_revisions[arn]
            latest = {"Revision": len(revisions) + 1, "CreationTime": revisions[-1]["CreationTime"], "Description": ""}
            revisions.append(latest | {"ServerProperties": request["serverProperties"]})
            msk._configurations[arn]["LatestRevision"] = latest
            return msk._json({"Arn": arn, "LatestRevision": latest})
        return await handled(method, path, headers, body, query_params)

    msk.handle_request = handle


# The roots of documents, by the names that moto makes up.
ROOTS = {
    "GetBucketAccelerateConfigurationResponse": "AccelerateConfiguration",
    "GetBucketNotificationResponse": "NotificationConfiguration",
    "GetBucketVersioningResponse": "VersioningConfiguration",
    "ListBucketInventoryConfigurationsResponse": "ListInventoryConfigurationsResult",
}

# What a bucket has none of, since moto does not know it; it would answer with a list of objects.
PARTS = {
    "analytics": "<ListBucketAnalyticsConfigurationResult/>",
    "intelligent-tiering": "<ListBucketIntelligentTieringConfigurationsOutput/>",
    "metrics": "<ListMetricsConfigurationsResult/>",
    "requestPayment": "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
}

# Nothing is written next to the sources.
sys.dont_write_bytecode = True
threading.Thread(target=leash, daemon=True).start()
sys.argv = sys.argv[1:]
if os.path.basename(sys.argv[0]) == "moto_server":
    mend()
else:
    loosen()
runpy.run_path(sys.argv[0], run_name="__main__")
