"""Image repositories: what is pushed never changes, is scanned, and goes when it is old.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-best-practices.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 40
REPOSITORY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*")
PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Which repositories there are, who pulls from them and how long images stay.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    repositories: Sequence[str]
    """Names, e.g. "platform/api"; pipelines and pods refer to them, so they never change."""
    readers: Sequence[str] = ()
    """Ids of other accounts whose IAM lets roles pull. Absent: this account only."""
    keep_tagged: int = 100
    """Newest tagged images that stay, of each repository: what a rollback can go back to."""
    untagged_days: int = 14
    """Days an image stays that no tag names."""
    protect: bool = True
    """Refuse to delete or replace the repositories, and keep them when they leave the stack."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "RegistryArgs",
            problem_of_account(self.account_id),
            *problems_of_repositories(self.repositories),
            *(
                f"readers has {each!r}; use the 12 digits of an AWS account"
                for each in self.readers
                if problem_of_account(each)
            ),
            f"readers has {self.account_id!r}, where the registry is; leave it out"
            if self.account_id in self.readers
            else None,
            f"keep_tagged={self.keep_tagged}; use 1 or more" if self.keep_tagged < 1 else None,
            f"untagged_days={self.untagged_days}; use 1 or more"
            if self.untagged_days < 1
            else None,
        )


def problems_of_repositories(repositories: Sequence[str]) -> Iterator[str]:
    """What is wrong with the names of repositories."""
    if not repositories:
        yield "repositories is empty; name one, e.g. 'platform/api'"
    for each in repositories:
        if not (2 <= len(each) <= 256 and REPOSITORY.fullmatch(each)):
            yield (
                f"repositories has {each!r}; use 2 to 256 lower-case letters, digits and single "
                "separators, e.g. 'platform/api'"
            )
    for label, times in Counter(map(_label, repositories)).items():
        if times > 1:
            yield f"repositories has {times} names that become {label!r}; make them differ more"


def _label(repository: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", repository)


class Registry(pulumi.ComponentResource):
    """Repositories under one key, each closed to all but this account and its readers.

    A repository that still holds images is never deleted: AWS refuses, and so does `destroy`.
    """

    urls: dict[str, pulumi.Output[str]]
    """Where images are pushed to and pulled from, by repository."""
    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Registry", name, MAX_NAME_LENGTH, "app-images")
        super().__init__("platform:registry:Registry", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Images of {name}",
                protect=args.protect,
                tags=args.tags,
            ),
            child,
        )
        self.urls, self.arns = {}, {}
        for repository in args.repositories:
            label = f"{name}-{_label(repository)}"
            made = aws.ecr.Repository(
                label,
                name=repository,
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                    scan_on_push=True
                ),
                encryption_configurations=[
                    aws.ecr.RepositoryEncryptionConfigurationArgs(
                        encryption_type="KMS", kms_key=key.arn
                    )
                ],
                tags={**args.tags, "Name": label},
                opts=pulumi.ResourceOptions(
                    parent=self, protect=args.protect, retain_on_delete=args.protect
                ),
            )
            aws.ecr.LifecyclePolicy(
                label,
                repository=made.name,
                policy=json.dumps(lifecycle_policy(args.keep_tagged, args.untagged_days)),
                opts=child,
            )
            aws.ecr.RepositoryPolicy(
                label,
                repository=made.name,
                policy=json.dumps(repository_policy(args.account_id, args.readers)),
                opts=child,
            )
            self.urls[repository] = made.repository_url
            self.arns[repository] = made.arn
        self.register_outputs({"urls": self.urls, "arns": self.arns})


def lifecycle_policy(keep_tagged: int, untagged_days: int) -> dict[str, Any]:
    """Untagged images go by age, tagged ones by number."""
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Untagged images go after {untagged_days} days",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": untagged_days,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": f"The newest {keep_tagged} tagged images stay",
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["*"],
                    "countType": "imageCountMoreThan",
                    "countNumber": keep_tagged,
                },
                "action": {"type": "expire"},
            },
        ]
    }


def repository_policy(account_id: str, readers: Sequence[str]) -> dict[str, Any]:
    """TLS for everybody, no other account but readers, and readers only pull."""

    def deny(sid: str, condition: dict[str, Any]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "ecr:*",
            "Condition": condition,
        }

    statements = [
        deny("TlsOnly", {"Bool": {"aws:SecureTransport": "false"}}),
        deny(
            "KnownAccountsOnly",
            {
                "StringNotEquals": {"aws:PrincipalAccount": [account_id, *readers]},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
    ]
    if readers:
        statements.append(
            {
                "Sid": "ReadersPull",
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam::{each}:root" for each in readers]},
                "Action": list(PULL),
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
