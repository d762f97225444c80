"""A secret whose value neither the program nor its state ever holds.

An operator puts the first value (`aws secretsmanager put-secret-value`); after that a function
rotates it, or whoever `rotated_by` names. A failed rotation is an event of AccountEvents.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 60
RECOVERY_DAYS = range(7, 31)
ROTATION_DAYS = range(1, 91)
READ = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A function that replaces the value, and how often."""

    lambda_arn: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    """The function's role: it reads the value that it replaces."""
    days: int = 30
    """1 to 90; Security Hub's SecretsManager.4 takes no more."""


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """Who reads a secret and who replaces it.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    description: str
    readers: Mapping[str, pulumi.Input[str]]
    """ARNs of the roles that may read the value, by label. Nobody else can, the administrator
    included; putting a value is left to IAM."""
    rotation: Rotation | None = None
    rotated_by: str | None = None
    """Who replaces the value where no function does, e.g. "the payment provider's console,
    every 90 days"; it becomes the tag RotatedBy."""
    vpc_endpoint_id: pulumi.Input[str] | None = None
    """Readers come through this VPC endpoint. Absent: from anywhere, by TLS."""
    replica_region: str | None = None
    """Where a second copy is kept, under a key of its own."""
    recovery_window_days: int = 30
    """Days in which a deleted secret can be restored, 7 to 30."""
    protect: bool = True
    """Refuse to delete or replace the secret, and keep it when it leaves the stack."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days = self.rotation.days if self.rotation else 30
        replacers = [each for each in (self.rotation, self.rotated_by) if each]
        unlike = [label for label in self.readers if not re.fullmatch(r"[a-z](-?[a-z0-9])*", label)]
        refusals = (
            (not self.description, "description is empty; say what the secret opens"),
            (not self.readers, "readers is empty; name a role, e.g. {'api': role.arn}"),
            (bool(unlike), f"readers has {unlike}; use lower-case letters, digits and hyphens"),
            (len(replacers) != 1, "give rotation or rotated_by, one of the two"),
            (days not in ROTATION_DAYS, f"rotation.days={days}; use 1 to 90"),
            (
                bool(self.rotated_by)
                and not re.fullmatch(r"[\w\s.:/=+@-]{1,256}", self.rotated_by or ""),
                f"rotated_by={self.rotated_by!r}; a tag takes letters, digits, spaces and .:/=+-@",
            ),
            (
                self.recovery_window_days not in RECOVERY_DAYS,
                f"recovery_window_days={self.recovery_window_days}; use 7 to 30",
            ),
            (
                self.replica_region == self.region,
                f"replica_region={self.replica_region!r} is where the secret is; use another",
            ),
        )
        refuse(
            "SecretArgs",
            problem_of_account(self.account_id),
            *(message for refused, message in refusals if refused),
        )


class Secret(pulumi.ComponentResource):
    """A secret of its own key that named roles read, and nobody else."""

    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    """What a reader's policy lets it decrypt with, beside reading the secret."""

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Secret", name, MAX_NAME_LENGTH - 8, "app-payments")
        super().__init__("platform:secrets:Secret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(
            parent=self, protect=args.protect, retain_on_delete=args.protect
        )
        key = self._key(name, args, args.region)
        replicas = []
        if args.replica_region:
            copy = self._key(f"{name}-replica", args, args.replica_region, other_region=True)
            replicas.append(
                aws.secretsmanager.SecretReplicaArgs(
                    region=args.replica_region, kms_key_id=copy.arn
                )
            )
        by = {"RotatedBy": args.rotated_by} if args.rotated_by else {}
        secret = aws.secretsmanager.Secret(
            name,
            description=args.description,
            kms_key_id=key.arn,
            recovery_window_in_days=args.recovery_window_days,
            replicas=replicas or None,
            tags={**args.tags, **by, "Name": name},
            opts=kept,
        )
        aws.secretsmanager.SecretPolicy(
            name,
            secret_arn=secret.arn,
            policy=secret_policy(args),
            block_public_policy=True,
            opts=child,
        )
        if args.rotation:
            aws.secretsmanager.SecretRotation(
                name,
                secret_id=secret.id,
                rotation_lambda_arn=args.rotation.lambda_arn,
                # The first value comes from an operator, after this.
                rotate_immediately=False,
                rotation_rules=aws.secretsmanager.SecretRotationRotationRulesArgs(
                    automatically_after_days=args.rotation.days
                ),
                opts=child,
            )

        self.arn = secret.arn
        self.key_arn = key.arn
        self.register_outputs({"arn": self.arn, "key_arn": self.key_arn})

    def _key(
        self, name: str, args: SecretArgs, region: str, *, other_region: bool = False
    ) -> EncryptionKey:
        return EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=region,
                other_region=other_region,
                description=f"Secret: {args.description}",
                protect=args.protect,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def secret_policy(args: SecretArgs) -> pulumi.Output[str]:
    """Denials only: what is let through is what IAM allows a reader to do."""

    def deny(sid: str, action: object, condition: object) -> dict[str, object]:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": "*",
            "Condition": condition,
        }

    roles = [*args.readers.values(), *([args.rotation.role_arn] if args.rotation else [])]
    statements = [
        deny("TlsOnly", "secretsmanager:*", {"Bool": {"aws:SecureTransport": "false"}}),
        deny(
            "ThisAccountOnly",
            "secretsmanager:*",
            {
                "StringNotEquals": {"aws:PrincipalAccount": args.account_id},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
        deny("ReadersOnly", list(READ), {"ArnNotEquals": {"aws:PrincipalArn": roles}}),
    ]
    if args.vpc_endpoint_id is not None:
        statements.append(
            deny(
                "ThroughTheEndpoint",
                list(READ),
                {"StringNotEquals": {"aws:SourceVpce": args.vpc_endpoint_id}},
            )
        )
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})
