"""What moto does otherwise than AWS once what it has made is changed."""


def install():
    scale_caches()
    free_addresses()
    hide_deleted_services()


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
