"""Look-ups of pulumi-aws that programs use most, answered as AWS would."""

import json
from collections.abc import Callable
from typing import Any

from ..provider import Properties, RefusedError
from .session import Session

MEMBERS = {
    "effect": "Effect",
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
    "sid": "Sid",
}


def answer(session: Session, token: str, arguments: Properties) -> Properties:
    """The answer to one look-up.

    Raises:
        RefusedError: no answer is known for the token.
    """
    if token not in ANSWERS:
        known = ", ".join(sorted(ANSWERS))
        raise RefusedError(f"the sandbox has no answer to {token}; it knows {known}")
    return ANSWERS[token](session, arguments)


def _caller(session: Session, arguments: Properties) -> Properties:
    account = session.account
    arn = f"arn:aws:iam::{account}:user/sandbox"
    return {"id": account, "accountId": account, "arn": arn, "userId": "AIDASANDBOX"}


def _region(session: Session, arguments: Properties) -> Properties:
    region = arguments.get("region") or arguments.get("name") or session.region
    endpoint = f"ec2.{region}.amazonaws.com"
    return {
        "id": region,
        "name": region,
        "region": region,
        "endpoint": endpoint,
        "description": region,
    }


def _partition(session: Session, arguments: Properties) -> Properties:
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _zones(session: Session, arguments: Properties) -> Properties:
    found = session.call("ec2", "DescribeAvailabilityZones", {})["AvailabilityZones"]
    return {
        "id": session.region,
        "names": [zone["ZoneName"] for zone in found],
        "zoneIds": [zone["ZoneId"] for zone in found],
        "groupNames": [session.region],
    }


def _document(session: Session, arguments: Properties) -> Properties:
    statements = [_statement(each) for each in arguments.get("statements") or []]
    document = json.dumps(
        {"Version": arguments.get("version") or "2012-10-17", "Statement": statements}, indent=2
    )
    minified = json.dumps(json.loads(document), separators=(",", ":"))
    return {"id": str(hash(minified)), "json": document, "minifiedJson": minified}


def _statement(given: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow"}
    for key, member in MEMBERS.items():
        if value := given.get(key):
            single = isinstance(value, list) and len(value) == 1
            statement[member] = value[0] if single else value
    for key, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        for principal in given.get(key) or []:
            names = principal["identifiers"]
            kind = statement.setdefault(member, {})
            if principal["type"] == "*":
                statement[member] = "*"
            else:
                kind[principal["type"]] = names[0] if len(names) == 1 else names
    for condition in given.get("conditions") or []:
        tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        values = condition["values"]
        tests[condition["variable"]] = values[0] if len(values) == 1 else values
    return statement


ANSWERS: dict[str, Callable[[Session, Properties], Properties]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:iam/getPolicyDocument:getPolicyDocument": _document,
}
