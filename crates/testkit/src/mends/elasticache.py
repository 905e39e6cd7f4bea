"""What ministack's ElastiCache keeps of a change of a replication group, and the change of its shards, which it lacks.

docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html
docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroupShardConfiguration.html
"""

import copy
from urllib.parse import parse_qs

from ministack.services import elasticache

# What a group's nodes have of it.
OF_THE_GROUP = (
    "AutoMinorVersionUpgrade", "CacheNodeType", "EngineVersion", "PreferredMaintenanceWindow", "SecurityGroups", "SnapshotRetentionLimit",
    "SnapshotWindow",
)


def settle(group):
    """Gives each node of a group a description of its own, with what the nodes have in common."""
    names = [node["CacheClusterId"] for shard in group["NodeGroups"] for node in shard["NodeGroupMembers"]]
    first = elasticache._clusters[group["MemberClusters"][0]]
    for gone in set(group["MemberClusters"]) - set(names):
        elasticache._clusters.pop(gone, None)
    for name in names:
        node = elasticache._clusters.setdefault(name, copy.deepcopy(first) | {
            "CacheClusterId": name, "CacheClusterArn": elasticache._arn_cluster(name),
        })
        node.update({key: group[key] for key in OF_THE_GROUP if key in group})
        node["CacheParameterGroup"]["CacheParameterGroupName"] = group["CacheParameterGroupName"]
    group["MemberClusters"] = names


def modify(group, parameters):
    """ministack forgets these: the mode, the groups, the window, and automatic upgrades."""
    given = lambda name: elasticache._p(parameters, name)
    if given("ClusterMode"):
        group["ClusterMode"] = given("ClusterMode")
        group["ClusterEnabled"] = given("ClusterMode") == "enabled"
    if group["ClusterEnabled"]:
        group["ConfigurationEndpoint"] = group["NodeGroups"][0]["PrimaryEndpoint"]
    groups = elasticache._extract_configs(parameters, "SecurityGroupIds", ("SecurityGroupId", "member"))
    if groups:
        group["SecurityGroups"] = [{"SecurityGroupId": name, "Status": "active"} for name in groups]
    if given("PreferredMaintenanceWindow"):
        group["PreferredMaintenanceWindow"] = given("PreferredMaintenanceWindow")
    if given("AutoMinorVersionUpgrade"):
        group["AutoMinorVersionUpgrade"] = given("AutoMinorVersionUpgrade") == "true"


def grow(group, wanted):
    """Adds shards as the first one is."""
    while len(group["NodeGroups"]) < wanted:
        number = f"{int(group['NodeGroups'][-1]['NodeGroupId']) + 1:04d}"
        shard = copy.deepcopy(group["NodeGroups"][0]) | {"NodeGroupId": number}
        for index, node in enumerate(shard["NodeGroupMembers"], 1):
            node["CacheClusterId"] = f"{group['ReplicationGroupId']}-{number}-{index:03d}"
        group["NodeGroups"].append(shard)
    settle(group)


def create(handled):
    """ministack refuses two shards; AWS takes any number from one: docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html"""

    def handle(parameters):
        if elasticache._p(parameters, "NumNodeGroups") != "2":
            return handled(parameters)
        answer = handled(parameters | {"NumNodeGroups": "1"})
        group = elasticache._replication_groups.get(elasticache._p(parameters, "ReplicationGroupId"))
        if not group or answer[0] != 200:
            return answer
        modify(group, {"ClusterMode": "enabled"})
        grow(group, 2)
        return answered("CreateReplicationGroup", group)

    return handle


def reshard(parameters):
    """More shards are as the first one is; fewer are those that the call names to stay or to go."""
    group = elasticache._replication_groups.get(elasticache._p(parameters, "ReplicationGroupId"))
    if not group:
        return elasticache._error("ReplicationGroupNotFoundFault", "Replication group not found", 404)
    if not group["ClusterEnabled"]:
        return elasticache._error("InvalidParameterValue", "The replication group is not in cluster mode", 400)
    wanted, shards = int(elasticache._p(parameters, "NodeGroupCount")), group["NodeGroups"]
    retained = elasticache._extract_configs(parameters, "NodeGroupsToRetain", ("NodeGroupToRetain", "member"))
    removed = elasticache._extract_configs(parameters, "NodeGroupsToRemove", ("NodeGroupToRemove", "member"))
    if wanted < len(shards):
        left = [shard for shard in shards if shard["NodeGroupId"] in (retained or [shard["NodeGroupId"]])]
        left = [shard for shard in left if shard["NodeGroupId"] not in removed]
        if len(left) != wanted:
            return elasticache._error("InvalidParameterValue", "It must be said which shards stay", 400)
        group["NodeGroups"] = left
    grow(group, wanted)
    return answered("ModifyReplicationGroupShardConfiguration", group)


def answered(action, group):
    inner = f"<{action}Result><ReplicationGroup>{elasticache._rg_xml(group)}</ReplicationGroup></{action}Result>"
    return elasticache._xml(200, f"{action}Response", inner)


def keep(action, handled, change=None):
    """Changes a group as ministack does, and then its nodes."""

    def handle(parameters):
        answer = handled(parameters)
        group = elasticache._replication_groups.get(elasticache._p(parameters, "ReplicationGroupId"))
        if not group or answer[0] != 200:
            return answer
        if change:
            change(group, parameters)
        settle(group)
        return answered(action, group)

    return handle


def install():
    elasticache._create_replication_group = create(elasticache._create_replication_group)
    elasticache._modify_replication_group = keep("ModifyReplicationGroup", elasticache._modify_replication_group, modify)
    elasticache._increase_replica_count = keep("IncreaseReplicaCount", elasticache._increase_replica_count)
    elasticache._decrease_replica_count = keep("DecreaseReplicaCount", elasticache._decrease_replica_count)
    handled = elasticache.handle_request

    async def handle(method, path, headers, body, query_params):
        asked = parse_qs(body.decode()) if method == "POST" and body else {}
        if asked.get("Action") == ["ModifyReplicationGroupShardConfiguration"]:
            return reshard(asked)
        return await handled(method, path, headers, body, query_params)

    elasticache.handle_request = handle
