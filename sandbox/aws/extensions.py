"""Calls that moto lacks, kept as records behind the same boto3 call.

A record holds what the call was given, in the form that botocore's model says the service shows
it. `status` lists the types made this way as recorded, never as applied.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.elasticache import responses as elasticache
from moto.logs import responses as logs
from moto.rds import responses as rds

from .derive import model


@dataclass(frozen=True)
class Recorded:
    """A noun of a service that moto does not know."""

    service: str
    noun: str
    id_member: str
    arn: str
    """The last part of its ARN, e.g. "usergroup:{id}"."""
    gone: str
    """AWS's error code for one that does not exist."""


RECORDED = (
    Recorded(
        "elasticache",
        "CacheParameterGroup",
        "CacheParameterGroupName",
        "parametergroup:{id}",
        "CacheParameterGroupNotFound",
    ),
    Recorded("elasticache", "UserGroup", "UserGroupId", "usergroup:{id}", "UserGroupNotFound"),
)
OPERATIONS = frozenset((noun.service, f"Create{noun.noun}") for noun in RECORDED)
_RECORDS: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = defaultdict(dict)


def is_recorded(service: str, operation: str) -> bool:
    """Whether the creating call is one of ours and not moto's."""
    return (service, operation) in OPERATIONS


def install() -> None:
    """Give moto's response classes the calls they lack."""
    for noun in RECORDED:
        for verb, answer in (
            ("create", _create),
            ("modify", _modify),
            ("delete", _delete),
        ):
            _add(elasticache.ElastiCacheResponse, f"{verb}_{_snake(noun.noun)}", noun, answer)
        plural = f"describe_{_snake(noun.noun)}s"
        _add(elasticache.ElastiCacheResponse, plural, noun, _describe)
    for response, call in (
        (elasticache.ElastiCacheResponse, delete_cache_subnet_group),
        (elasticache.ElastiCacheResponse, modify_cache_subnet_group),
        (elasticache.ElastiCacheResponse, modify_user),
        (logs.LogsResponse, associate_kms_key),
        (rds.RDSResponse, modify_event_subscription),
    ):
        setattr(response, call.__name__, call)
    for name, member, collection in (
        ("delete_replication_group", "ReplicationGroupId", "replication_groups"),
        ("delete_user", "UserId", "users"),
    ):
        _end_deletion(name, member, collection)


def _end_deletion(name: str, member: str, collection: str) -> None:
    """moto leaves these in deletion for ever; AWS takes minutes, the sandbox none."""
    begin = getattr(elasticache.ElastiCacheResponse, name)
    if hasattr(begin, "ends"):
        return

    def delete(self: Any) -> ActionResult:
        result: ActionResult = begin(self)
        getattr(self.elasticache_backend, collection).pop(self._get_param(member), None)
        return result

    delete.__name__ = name
    delete.ends = True  # type: ignore[attr-defined]
    setattr(elasticache.ElastiCacheResponse, name, delete)


def _add(
    response: type, name: str, noun: Recorded, answer: Callable[[Any, Recorded], ActionResult]
) -> None:
    def call(self: Any) -> ActionResult:
        return answer(self, noun)

    call.__name__ = name
    setattr(response, name, call)


def _snake(noun: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in noun).lstrip("_")


def _store(response: Any, noun: Recorded) -> dict[str, dict[str, Any]]:
    return _RECORDS[response.current_account, response.region, noun.noun]


def _find(response: Any, noun: Recorded) -> dict[str, Any]:
    id_ = response._get_params()[noun.id_member]
    record = _store(response, noun).get(id_)
    if record is None:
        raise ServiceException(noun.gone, f"{noun.noun} {id_} not found.")
    return record


def _result(noun: Recorded, operation: str, record: dict[str, Any]) -> ActionResult:
    """The record under the member that the operation's output has, or as the output itself."""
    shape = model(noun.service).operation_model(operation).output_shape
    if shape is None or not shape.members:
        return ActionResult({})
    return ActionResult({noun.noun: record} if noun.noun in shape.members else record)


def _create(response: Any, noun: Recorded) -> ActionResult:
    given, store = response._get_params(), _store(response, noun)
    id_ = given[noun.id_member]
    if id_ in store:
        raise ServiceException(f"{noun.noun}AlreadyExists", f"{noun.noun} {id_} already exists.")
    arn = f"arn:aws:{noun.service}:{response.region}:{response.current_account}:{noun.arn}"
    store[id_] = {"Status": "active", "ARN": arn.format(id=id_), **given}
    if tags := given.get("Tags"):
        response.elasticache_backend.add_tags_to_resource(store[id_]["ARN"], tags)
    return _result(noun, f"Create{noun.noun}", store[id_])


def _modify(response: Any, noun: Recorded) -> ActionResult:
    record, given = _find(response, noun), response._get_params()
    for key, value in given.items():
        for verb, change in (("ToAdd", set.union), ("ToRemove", set.difference)):
            if key.endswith(verb):
                member = f"{key.removesuffix(verb)}s"
                record[member] = sorted(change(set(record.get(member, [])), set(value)))
                break
        else:
            record[key] = value
    return _result(noun, f"Modify{noun.noun}", record)


def _delete(response: Any, noun: Recorded) -> ActionResult:
    record = _find(response, noun)
    del _store(response, noun)[record[noun.id_member]]
    return _result(noun, f"Delete{noun.noun}", record)


def _describe(response: Any, noun: Recorded) -> ActionResult:
    wanted = response._get_params().get(noun.id_member)
    found = [_find(response, noun)] if wanted else list(_store(response, noun).values())
    return ActionResult({f"{noun.noun}s": found})


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


def associate_kms_key(self: Any) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html."""
    group = self.logs_backend.groups[self._get_param("logGroupName")]
    group.kms_key_id = self._get_param("kmsKeyId")
    return ""


def modify_event_subscription(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyEventSubscription.html."""
    given = dict(self.params)
    subscription = self.backend.describe_event_subscriptions(given["SubscriptionName"])[0]
    for name in ("sns_topic_arn", "source_type", "event_categories", "enabled"):
        if name in given:
            setattr(subscription, name, given[name])
    return ActionResult({"EventSubscription": subscription})


def forget() -> None:
    """Drop every record."""
    _RECORDS.clear()
