"""Calls that moto lacks, one file a service."""

from . import elasticache, logs, rds, records

RECORDED = (*elasticache.RECORDED,)


def install() -> None:
    """Give moto's response classes the calls they lack."""
    records.install(RECORDED)
    for service in (elasticache, logs, rds):
        service.install()
