"""What moto does otherwise than AWS once what it has made is changed."""


def install():
    scale_caches()
    free_addresses()
    hide_deleted_services()
    encrypt_log_groups()
    hold_deleted_secrets()
    keep_replica_keys()
    keep_replication_rules()


def scale_caches():
    """moto knows no ElastiCache to be scaled: docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"""
    from enum import Enum

    from moto.applicationautoscaling import models, responses

    for name, more in (
        ("ServiceNamespaceValueSet", {"ELASTICACHE": "elasticache"}),
        ("ScalableDimensionValueSet", {
            "ELASTICACHE_NODE_GROUPS": "elasticache:replication-group:NodeGroups",
            "ELASTICACHE_REPLICAS": "elasticache:replication-group:Replicas",
        }),
    ):
        known = {member.name: member.value for member in getattr(models, name)}
        whole = Enum(name, known | more)
        models.__dict__[name] = responses.__dict__[name] = whole


def free_addresses():
    """moto keeps the address of a NAT gateway that is deleted associated.

    AWS gives it free: docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
    """
    from moto.ec2.models import EC2Backend as Backend

    deleted = Backend.delete_nat_gateway

    def delete(self, nat_gateway_id):
        gateway = deleted(self, nat_gateway_id)
        associations = [address.get("associationId") for address in gateway.address_set]
        for address in list(self.addresses):
            if address.association_id and address.association_id in associations:
                self.disassociate_address(association_id=address.association_id)
        return gateway

    Backend.delete_nat_gateway = delete


def hide_deleted_services():
    """moto lists the services of a cluster that are deleted.

    AWS no longer does: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    listed = Backend.list_services

    def active(self, *arguments, **named):
        gone = {service.arn for service in self.services.values() if service.status == "INACTIVE"}
        return [arn for arn in listed(self, *arguments, **named) if arn not in gone]

    Backend.list_services = active


def encrypt_log_groups():
    """moto takes the key of a log group with its creation alone.

    docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html and API_DisassociateKmsKey.html
    """
    from moto.logs.responses import LogsResponse as Response

    def keep(self):
        name = self._get_param("logGroupName")
        self.logs_backend.groups[name].kms_key_id = self._get_param("kmsKeyId")
        return ""

    Response.associate_kms_key = Response.disassociate_kms_key = keep


def hold_deleted_secrets():
    """moto answers as if a secret that waits for its deletion were there.

    AWS says that it is scheduled for deletion: repost.aws/knowledge-center/delete-secrets-manager-secret
    """
    from moto.secretsmanager.exceptions import InvalidRequestException
    from moto.secretsmanager.models import SecretsManagerBackend as Backend

    created = Backend.create_secret

    def create(self, name, **named):
        if name in self.secrets.keys() and self.secrets[name].is_deleted():
            raise InvalidRequestException(
                "You can't create this secret because a secret with this name is already scheduled for deletion."
            )
        return created(self, name, **named)

    Backend.create_secret = create


def keep_replica_keys():
    """moto encrypts every replica of a secret by AWS's own key.

    docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html
    """
    from moto.secretsmanager.models import FakeSecret

    created = FakeSecret.create_replicas

    def create(self, replica_regions, force_overwrite):
        replicas = created(self, replica_regions, force_overwrite)
        for replica, wanted in zip(replicas, replica_regions or []):
            replica.config["KmsKeyId"] = wanted.get("KmsKeyId") or replica.config["KmsKeyId"]
        return replicas

    FakeSecret.create_replicas = create


def keep_replication_rules():
    """moto answers with the same filter and the same treatment of delete markers whatever a rule says.

    docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html
    """
    from moto.core.responses import ActionResult
    from moto.s3.exceptions import ReplicationConfigurationNotFoundError
    from moto.s3.responses import S3Response as Response

    def plain(value, name=None):
        """A part of the document, with numbers as numbers and lists by the names of the API."""
        if isinstance(value, dict):
            inner = {key: plain(part, key) for key, part in value.items() if not key.startswith("@")}
            if name == "And" and "Tag" in inner:
                tags = inner.pop("Tag")
                inner["Tags"] = tags if isinstance(tags, list) else [tags]
            return inner
        if name in ("Priority", "Minutes"):
            return int(value)
        return "" if value is None and name == "Prefix" else {} if value is None else value

    def get(self):
        self.data["Action"] = "GetBucketReplication"
        kept = self.backend.get_bucket_replication(self.bucket_name)
        if not kept:
            raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
        rules = [plain(rule) for rule in kept["Rule"]]
        return self.serialized(ActionResult({"ReplicationConfiguration": {"Role": kept["Role"], "Rules": rules}}))

    Response.get_bucket_replication = get
