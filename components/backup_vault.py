"""A backup vault in one region: its key, its lock, and who may never delete from it.

https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.backup_plan import VaultLock
from components.encryption_key import EncryptionKey, EncryptionKeyArgs

# The service's own expiry at the end of the retention is not held by the vault's policy.
RECOVERY_POINTS = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
)
VAULT = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultLockConfiguration",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a vault is, and what holds for it."""

    account_id: str
    region: str
    other_region: bool = False
    lock: VaultLock | None
    break_glass_role_arns: Sequence[str]
    protect: bool
    tags: Mapping[str, str]


def make_vault(
    label: str, vault_name: str, place: Place, parent: pulumi.Resource
) -> tuple[aws.backup.Vault, EncryptionKey]:
    """A vault under a key of its own."""
    region = place.region if place.other_region else None
    tags = {**place.tags, "Name": label}

    def kept(*after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=parent,
            protect=place.protect,
            retain_on_delete=place.protect,
            depends_on=list(after),
        )

    key = EncryptionKey(
        label,
        EncryptionKeyArgs(
            account_id=place.account_id,
            region=place.region,
            other_region=place.other_region,
            description=f"Backups in {vault_name}",
            protect=place.protect,
            tags=place.tags,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    vault = aws.backup.Vault(
        label,
        name=vault_name,
        region=region,
        kms_key_arn=key.arn,
        force_destroy=not place.protect,
        tags=tags,
        opts=kept(),
    )
    locks = []
    if place.lock:
        locks.append(
            aws.backup.VaultLockConfiguration(
                label,
                region=region,
                backup_vault_name=vault.name,
                min_retention_days=place.lock.minimum_days,
                max_retention_days=place.lock.maximum_days,
                opts=kept(),
            )
        )
    # After the lock, because the policy lets nobody else set it.
    aws.backup.VaultPolicy(
        label,
        region=region,
        backup_vault_name=vault.name,
        policy=json.dumps(vault_policy(place)),
        opts=kept(*locks),
    )
    return vault, key


def vault_policy(place: Place) -> dict[str, Any]:
    """Nobody deletes or shortens a backup; of a protected vault, nobody the vault or its lock."""
    actions = [*RECOVERY_POINTS, *(VAULT if place.protect else ())]
    denied: dict[str, Any] = {
        "Sid": "KeepBackups",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": "*",
    }
    if place.break_glass_role_arns:
        arns = list(place.break_glass_role_arns)
        denied["Condition"] = {"ArnNotEquals": {"aws:PrincipalArn": arns}}
    return {"Version": "2012-10-17", "Statement": [denied]}
