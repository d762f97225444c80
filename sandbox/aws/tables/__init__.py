"""How each resource type of pulumi-aws is made of AWS calls, one file a service."""

from ..kinds import Kind
from . import (
    account,
    backup,
    dns,
    eks,
    elasticache,
    firewall,
    iam,
    load_balancing,
    monitoring,
    network,
    operations,
    protection,
    queues,
    rds,
    registry,
    routes,
    s3,
    security,
)

KINDS: dict[str, Kind] = {
    **account.KINDS,
    **backup.KINDS,
    **dns.KINDS,
    **eks.KINDS,
    **elasticache.KINDS,
    **firewall.KINDS,
    **iam.KINDS,
    **load_balancing.KINDS,
    **monitoring.KINDS,
    **network.KINDS,
    **operations.KINDS,
    **protection.KINDS,
    **queues.KINDS,
    **rds.KINDS,
    **registry.KINDS,
    **routes.KINDS,
    **s3.KINDS,
    **security.KINDS,
}
