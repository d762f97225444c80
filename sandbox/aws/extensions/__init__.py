"""Calls that moto lacks, one file a service."""

from . import (
    account,
    backup,
    budgets,
    chatbot,
    cloudwatch,
    eks,
    elasticache,
    logs,
    rds,
    records,
    secretsmanager,
    wafv2,
)

RECORDED = (
    *account.RECORDED,
    *backup.RECORDED,
    *chatbot.RECORDED,
    *cloudwatch.RECORDED,
    *eks.RECORDED,
    *elasticache.RECORDED,
    *wafv2.RECORDED,
)


def install() -> None:
    """Give moto's response classes the calls they lack."""
    records.install(RECORDED)
    for service in (
        account,
        backup,
        budgets,
        chatbot,
        cloudwatch,
        eks,
        elasticache,
        logs,
        rds,
        secretsmanager,
        wafv2,
    ):
        service.install()
