"""How each resource type of pulumi-aws is made of AWS calls, one file a service."""

from ..kinds import Kind
from . import (
    elasticache,
    iam,
    monitoring,
    network,
    protection,
    queues,
    rds,
    registry,
    routes,
    s3,
    security,
)

KINDS: dict[str, Kind] = {
    **network.KINDS,
    **routes.KINDS,
    **security.KINDS,
    **protection.KINDS,
    **iam.KINDS,
    **monitoring.KINDS,
    **rds.KINDS,
    **elasticache.KINDS,
    **s3.KINDS,
    **queues.KINDS,
    **registry.KINDS,
}
