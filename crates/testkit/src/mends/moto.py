"""What moto does otherwise than AWS once what it has made is changed."""


def install():
    scale_caches()
    free_addresses()
    hide_deleted_services()
    encrypt_log_groups()
    hold_deleted_secrets()


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
