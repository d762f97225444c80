"""ElastiCache: parameter groups, user groups, and deletions that end."""

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from .records import Recorded


def _tag(response: Any, arn: str, tags: Any) -> None:
    response.elasticache_backend.add_tags_to_resource(arn, tags)


RECORDED = (
    Recorded(
        response=ElastiCacheResponse,
        service="elasticache",
        noun="CacheParameterGroup",
        ids=("CacheParameterGroupName",),
        arn="parametergroup:{CacheParameterGroupName}",
        gone="CacheParameterGroupNotFound",
        shown={"ARN": "{arn}"},
        tag=_tag,
    ),
    Recorded(
        response=ElastiCacheResponse,
        service="elasticache",
        noun="UserGroup",
        ids=("UserGroupId",),
        arn="usergroup:{UserGroupId}",
        gone="UserGroupNotFound",
        shown={"ARN": "{arn}", "Status": "active"},
        tag=_tag,
    ),
)


def install() -> None:
    """Give moto's class the calls it lacks, and end to the deletions that it begins."""
    for call in (delete_cache_subnet_group, modify_cache_subnet_group, modify_user):
        setattr(ElastiCacheResponse, call.__name__, call)
    for name, member, collection in (
        ("delete_replication_group", "ReplicationGroupId", "replication_groups"),
        ("delete_user", "UserId", "users"),
    ):
        _end_deletion(name, member, collection)


def _end_deletion(name: str, member: str, collection: str) -> None:
    """moto leaves these in deletion for ever; AWS takes minutes, the sandbox none."""
    begin = getattr(ElastiCacheResponse, name)
    if hasattr(begin, "ends"):
        return

    def delete(self: Any) -> ActionResult:
        result: ActionResult = begin(self)
        getattr(self.elasticache_backend, collection).pop(self._get_param(member), None)
        return result

    delete.__name__ = name
    delete.ends = True  # type: ignore[attr-defined]
    setattr(ElastiCacheResponse, name, delete)


def _subnet_group(response: Any) -> Any:
    name = response._get_param("CacheSubnetGroupName")
    return response.elasticache_backend.describe_cache_subnet_groups(name)[0]


def delete_cache_subnet_group(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html."""
    del self.elasticache_backend.cache_subnet_groups[_subnet_group(self).cache_subnet_group_name]
    return ActionResult({})


def modify_cache_subnet_group(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheSubnetGroup.html."""
    group, given = _subnet_group(self), self._get_params()
    remade = type(group)(
        self.current_account,
        self.region,
        group.cache_subnet_group_name,
        given.get("CacheSubnetGroupDescription", group.cache_subnet_group_description),
        given.get("SubnetIds", group.subnet_ids),
        group.tags,
    )
    self.elasticache_backend.cache_subnet_groups[group.cache_subnet_group_name] = remade
    return ActionResult({"CacheSubnetGroup": remade})


def modify_user(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyUser.html."""
    given = self._get_params()
    user = self.elasticache_backend.describe_users(given["UserId"])[0]
    user.access_string = given.get("AccessString", user.access_string)
    return ActionResult(user)
