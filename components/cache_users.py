"""Who may do what in a cache: users that prove themselves by IAM, so there is no password.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
"""

import re
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

MAX_USER_LENGTH = 40
# Redis wants a user named "default" in each group; this one can do nothing.
NOBODY = "off ~* -@all"
RESERVED = ("default", "nobody")
PASSWORDS = re.compile(r"[><#!].*|nopass|resetpass|reset")


def problems_of_users(users: Mapping[str, str]) -> list[str]:
    """What ElastiCache would refuse of the users, as `users.name=…; what to use`."""
    problems = [] if users else ["users is empty; name who connects, e.g. {'app': 'on ~* +@all'}"]
    for name, access in users.items():
        if len(name) > MAX_USER_LENGTH or not re.fullmatch(r"[a-z](-?[a-z0-9])*", name):
            problems.append(
                f"users has {name!r}; use up to {MAX_USER_LENGTH} lower-case letters, digits and "
                "single hyphens, starting with a letter"
            )
        if name in RESERVED:
            problems.append(f"users has {name!r}, which is switched off; give it another name")
        if not re.match(r"on\s", access):
            problems.append(f"users.{name}={access!r}; begin with 'on', e.g. 'on ~app:* +@all'")
        problems += [
            f"users.{name} has {word!r}; users prove themselves by IAM, leave passwords out"
            for word in access.split()
            if PASSWORDS.fullmatch(word)
        ]
    return problems


def problems_of_user_names(identifier: str, users: Mapping[str, str]) -> list[str]:
    """Names in AWS that are too long: they begin with the cache's."""
    return [
        f"users has {user!r}; {identifier}-{user} is longer than {MAX_USER_LENGTH} characters"
        for user in users
        if len(user) <= MAX_USER_LENGTH < len(f"{identifier}-{user}")
    ]


def make_users(
    name: str,
    identifier: str,
    *,
    engine: str,
    users: Mapping[str, str],
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> tuple[aws.elasticache.UserGroup, dict[str, pulumi.Output[str]]]:
    """The users of a cache and the group that holds them; the users' ARNs by name."""
    made = {}
    for user, access in users.items():
        # IAM authentication wants the id and the name to be the same.
        full_name = f"{identifier}-{user}"
        made[user] = aws.elasticache.User(
            f"{name}-{user}",
            user_id=full_name,
            user_name=full_name,
            engine=engine,
            access_string=access,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="iam"),
            tags={**tags, "Name": full_name},
            opts=child,
        )
    ids = [user.user_id for user in made.values()]
    if engine == "redis":
        nobody = aws.elasticache.User(
            f"{name}-nobody",
            user_id=f"{identifier}-nobody",
            user_name="default",
            engine=engine,
            access_string=NOBODY,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(
                type="no-password-required"
            ),
            tags={**tags, "Name": f"{identifier}-nobody"},
            opts=child,
        )
        ids.append(nobody.user_id)
    group = aws.elasticache.UserGroup(
        name,
        user_group_id=identifier,
        engine=engine,
        user_ids=ids,
        tags={**tags, "Name": name},
        opts=child,
    )
    return group, {user: each.arn for user, each in made.items()}
