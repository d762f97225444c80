"""Security groups and network ACLs with their rules."""

from collections import defaultdict
from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session
from .ec2_common import TAGGED, arn

OWN_RULES = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
DIRECTIONS = {"ingress": "Ingress", "egress": "Egress"}
PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
RULE_PROPERTIES = frozenset(
    {
        "securityGroupId",
        "ipProtocol",
        "fromPort",
        "toPort",
        "cidrIpv4",
        "cidrIpv6",
        "prefixListId",
        "referencedSecurityGroupId",
        "description",
    }
)


def _drop_empty(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item not in (None, [], {}, "")}


def _permission(rule: dict[str, Any], own_id: str) -> dict[str, Any]:
    """An inline rule, or one of the older rule resource, as AWS's IpPermission."""
    text = {"Description": rule["description"]} if rule.get("description") else {}
    groups = list(rule.get("securityGroups") or [])
    groups += [own_id] if rule.get("self") else []
    groups += [rule["sourceSecurityGroupId"]] if rule.get("sourceSecurityGroupId") else []
    ports = {"FromPort": rule.get("fromPort"), "ToPort": rule.get("toPort")}
    protocol = str(rule["protocol"]).lower()
    return _drop_empty(
        {
            "IpProtocol": "-1" if protocol == "all" else protocol,
            **(ports if protocol not in ("-1", "all") else {}),
            "IpRanges": [{"CidrIp": c, **text} for c in rule.get("cidrBlocks") or []],
            "Ipv6Ranges": [{"CidrIpv6": c, **text} for c in rule.get("ipv6CidrBlocks") or []],
            "PrefixListIds": [{"PrefixListId": p, **text} for p in rule.get("prefixListIds") or []],
            "UserIdGroupPairs": [{"GroupId": g, **text} for g in groups],
        }
    )


def _apply_group(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    group = {"GroupId": resource.id}
    if not old:
        _revoke_everything(session, resource.id, ("Egress",))
    for key, direction in DIRECTIONS.items():
        before = [_permission(rule, resource.id) for rule in old.get(key) or []]
        now = [_permission(rule, resource.id) for rule in resource.inputs.get(key) or []]
        if gone := [rule for rule in before if rule not in now]:
            session.call("ec2", f"RevokeSecurityGroup{direction}", {**group, "IpPermissions": gone})
        if new := [rule for rule in now if rule not in before]:
            session.call(
                "ec2", f"AuthorizeSecurityGroup{direction}", {**group, "IpPermissions": new}
            )


def _revoke_everything(
    session: Session, group: str, directions: tuple[str, ...] = ("Ingress", "Egress")
) -> None:
    for rule in _rules(session, group):
        direction = "Egress" if rule["IsEgress"] else "Ingress"
        if direction in directions:
            session.call(
                "ec2",
                f"RevokeSecurityGroup{direction}",
                {"GroupId": group, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"]]},
            )


def _rules(session: Session, group: str) -> list[dict[str, Any]]:
    filters = [{"Name": "group-id", "Values": [group]}]
    answer = session.call("ec2", "DescribeSecurityGroupRules", {"Filters": filters})
    rules: list[dict[str, Any]] = answer["SecurityGroupRules"]
    return rules


def _look_group(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    """The group, with the rules that no rule resource of a program accounts for."""
    answer = session.call("ec2", "DescribeSecurityGroups", {"GroupIds": [resource.id]})
    group: dict[str, Any] = answer["SecurityGroups"][0]
    owned = ledger.ids(*OWN_RULES)
    for entry in ledger.entries():
        if entry.resource.type == OLD_RULE:
            owned |= set(str(entry.resource.state.get("securityGroupRuleId")).split(","))
    foreign: dict[str, dict[Any, dict[str, list[str]]]] = defaultdict(dict)
    for rule in _rules(session, resource.id):
        if rule["SecurityGroupRuleId"] in owned:
            continue
        key = "egress" if rule["IsEgress"] else "ingress"
        head = (
            rule["IpProtocol"],
            max(rule.get("FromPort", 0), 0),
            max(rule.get("ToPort", 0), 0),
            rule.get("Description", ""),
        )
        peers = foreign[key].setdefault(head, defaultdict(list))
        reference = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
        for name, peer in (
            ("cidrBlocks", rule.get("CidrIpv4")),
            ("ipv6CidrBlocks", rule.get("CidrIpv6")),
            ("prefixListIds", rule.get("PrefixListId")),
            ("securityGroups", reference),
        ):
            if peer:
                peers[name].append(peer)
    for key in DIRECTIONS:
        group[key] = [
            {
                "protocol": head[0],
                "fromPort": head[1],
                "toPort": head[2],
                "description": head[3],
                **{name: sorted(values) for name, values in peers.items()},
            }
            for head, peers in sorted(foreign[key].items())
        ]
    return group


def _adopt_group(session: Session, resource: Resource, tags: dict[str, str]) -> tuple[str, Any]:
    filters = [{"Name": "group-name", "Values": ["default"]}]
    if vpc := resource.inputs.get("vpcId"):
        filters.append({"Name": "vpc-id", "Values": [vpc]})
    groups = session.call("ec2", "DescribeSecurityGroups", {"Filters": filters})
    group = groups["SecurityGroups"][0]
    _revoke_everything(session, group["GroupId"])
    return group["GroupId"], group


def _keep(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """AWS deletes a VPC's own defaults with the VPC; pulumi-aws only lets go of them."""


def _rule_permission(inputs: dict[str, Any]) -> dict[str, Any]:
    text = {"Description": inputs["description"]} if inputs.get("description") else {}

    def peer(key: str, member: str) -> list[dict[str, Any]]:
        return [{member: inputs[key], **text}] if inputs.get(key) else []

    return _drop_empty(
        {
            "IpProtocol": str(inputs["ipProtocol"]),
            "FromPort": inputs.get("fromPort"),
            "ToPort": inputs.get("toPort"),
            "IpRanges": peer("cidrIpv4", "CidrIp"),
            "Ipv6Ranges": peer("cidrIpv6", "CidrIpv6"),
            "PrefixListIds": peer("prefixListId", "PrefixListId"),
            "UserIdGroupPairs": peer("referencedSecurityGroupId", "GroupId"),
        }
    )


def _make_rule(direction: str) -> Any:
    def make(session: Session, resource: Resource, tags: dict[str, str]) -> tuple[str, Any]:
        specification = {
            "ResourceType": "security-group-rule",
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        answer = session.call(
            "ec2",
            f"AuthorizeSecurityGroup{direction}",
            {
                "GroupId": resource.inputs["securityGroupId"],
                "IpPermissions": [_rule_permission(resource.inputs)],
                **({"TagSpecifications": [specification]} if tags else {}),
            },
        )
        return answer["SecurityGroupRules"][0]["SecurityGroupRuleId"], answer

    return make


def _alter_rule(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    inputs = resource.inputs
    rule = {
        "IpProtocol": str(inputs["ipProtocol"]),
        "FromPort": inputs.get("fromPort"),
        "ToPort": inputs.get("toPort"),
        "CidrIpv4": inputs.get("cidrIpv4"),
        "CidrIpv6": inputs.get("cidrIpv6"),
        "PrefixListId": inputs.get("prefixListId"),
        "ReferencedGroupId": inputs.get("referencedSecurityGroupId"),
        "Description": inputs.get("description"),
    }
    session.call(
        "ec2",
        "ModifySecurityGroupRules",
        {
            "GroupId": inputs["securityGroupId"],
            "SecurityGroupRules": [
                {"SecurityGroupRuleId": resource.id, "SecurityGroupRule": _drop_empty(rule)}
            ],
        },
    )


def _own_rule(direction: str) -> Kind:
    revoke = {"GroupId": "{securityGroupId}", "SecurityGroupRuleIds": ["{id}"]}
    return Kind(
        **TAGGED,
        make=_make_rule(direction),
        makes=RULE_PROPERTIES,
        alter=_alter_rule,
        alters=RULE_PROPERTIES - {"securityGroupId"},
        rename={"securityGroupId": "GroupId"},
        read=Read(
            "DescribeSecurityGroupRules",
            {"SecurityGroupRuleIds": ["{id}"]},
            "SecurityGroupRules[0]"
            " | merge(@, {ReferencedSecurityGroupId: ReferencedGroupInfo.GroupId})",
        ),
        delete=(Call(f"RevokeSecurityGroup{direction}", revoke),),
        outputs={"arn": arn("security-group-rule"), "securityGroupRuleId": "{id}"},
    )


def _make_old_rule(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    inputs = resource.inputs
    answer = session.call(
        "ec2",
        f"AuthorizeSecurityGroup{DIRECTIONS[inputs['type']]}",
        {
            "GroupId": inputs["securityGroupId"],
            "IpPermissions": [_permission(inputs, inputs["securityGroupId"])],
        },
    )
    ids = [rule["SecurityGroupRuleId"] for rule in answer["SecurityGroupRules"]]
    return ids[0].replace("sgr-", "sgrule-"), {"ids": ",".join(ids)}


def _look_old_rule(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    ids = {resource.id.replace("sgrule-", "sgr-")}
    rules = _rules(session, resource.inputs["securityGroupId"])
    found = [rule for rule in rules if rule["SecurityGroupRuleId"] in ids]
    return {"Protocol": found[0]["IpProtocol"]} if found else None


def _remove_old_rule(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    inputs = resource.inputs
    session.call(
        "ec2",
        f"RevokeSecurityGroup{DIRECTIONS[inputs['type']]}",
        {
            "GroupId": inputs["securityGroupId"],
            "IpPermissions": [_permission(inputs, inputs["securityGroupId"])],
        },
    )


def _entry(rule: dict[str, Any], egress: bool) -> dict[str, Any]:
    """An ACL rule as AWS's entry; `rule` in the spelling of an inline rule."""
    protocol = str(rule["protocol"]).lower()
    icmp = {"Type": rule.get("icmpType"), "Code": rule.get("icmpCode")}
    ports = {"From": rule.get("fromPort"), "To": rule.get("toPort")}
    number = PROTOCOLS.get(protocol, protocol)
    return _drop_empty(
        {
            "RuleNumber": rule["ruleNo"],
            "Egress": egress,
            "Protocol": number,
            "RuleAction": rule["action"].lower(),
            "CidrBlock": rule.get("cidrBlock"),
            "Ipv6CidrBlock": rule.get("ipv6CidrBlock"),
            "IcmpTypeCode": icmp if number in ("1", "58") else None,
            "PortRange": ports if number in ("6", "17") else None,
        }
    )


def _apply_acl(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    acl = {"NetworkAclId": resource.id}
    for key in DIRECTIONS:
        before = [_entry(rule, key == "egress") for rule in old.get(key) or []]
        now = [_entry(rule, key == "egress") for rule in resource.inputs.get(key) or []]
        for entry in before:
            if entry not in now:
                numbered = {"RuleNumber": entry["RuleNumber"], "Egress": entry["Egress"]}
                session.call("ec2", "DeleteNetworkAclEntry", {**acl, **numbered})
        for entry in now:
            if entry not in before:
                session.call("ec2", "CreateNetworkAclEntry", {**acl, **entry})
    for subnet in resource.inputs.get("subnetIds") or []:
        if subnet not in (old.get("subnetIds") or []):
            _associate(session, subnet, resource.id)


def _associate(session: Session, subnet: str, acl: str) -> str:
    """Move a subnet to an ACL; the id of the association."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    found = session.call("ec2", "DescribeNetworkAcls", {"Filters": filters})["NetworkAcls"]
    current = next(
        (association["NetworkAclAssociationId"], association["NetworkAclId"])
        for shown in found
        for association in shown["Associations"]
        if association["SubnetId"] == subnet
    )
    if current[1] == acl:
        return str(current[0])
    parameters = {"AssociationId": current[0], "NetworkAclId": acl}
    answer = session.call("ec2", "ReplaceNetworkAclAssociation", parameters)
    return str(answer["NewAssociationId"])


def _acl(session: Session, id_: str) -> dict[str, Any]:
    answer = session.call("ec2", "DescribeNetworkAcls", {"NetworkAclIds": [id_]})
    acl: dict[str, Any] = answer["NetworkAcls"][0]
    return acl


def _default_acl(session: Session, vpc: str) -> dict[str, Any]:
    filters = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "default", "Values": ["true"]},
    ]
    answer = session.call("ec2", "DescribeNetworkAcls", {"Filters": filters})
    acl: dict[str, Any] = answer["NetworkAcls"][0]
    return acl


def _look_acl(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    acl = _acl(session, resource.id)
    own = {
        (entry.resource.inputs["ruleNumber"], bool(entry.resource.inputs.get("egress")))
        for entry in ledger.entries()
        if entry.resource.type == "aws:ec2/networkAclRule:NetworkAclRule"
        and entry.resource.inputs["networkAclId"] == resource.id
    }
    for key in DIRECTIONS:
        acl[key] = [
            {
                "ruleNo": entry["RuleNumber"],
                "action": entry["RuleAction"],
                "protocol": entry["Protocol"],
                "cidrBlock": entry.get("CidrBlock"),
                "fromPort": (entry.get("PortRange") or {}).get("From", 0),
                "toPort": (entry.get("PortRange") or {}).get("To", 0),
            }
            for entry in acl["Entries"]
            if entry["Egress"] == (key == "egress")
            and entry["RuleNumber"] != 32767
            and (entry["RuleNumber"], entry["Egress"]) not in own
        ]
    return acl


def _return_subnets(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """Subnets of an ACL that goes fall back to the VPC's default one, as in AWS."""
    acl = _acl(session, resource.id)
    for association in acl["Associations"]:
        _associate(
            session, association["SubnetId"], _default_acl(session, acl["VpcId"])["NetworkAclId"]
        )


def _adopt_acl(session: Session, resource: Resource, tags: dict[str, str]) -> tuple[str, Any]:
    acl = _acl(session, resource.inputs["defaultNetworkAclId"])
    for entry in acl["Entries"]:
        if entry["RuleNumber"] != 32767:
            numbered = {"RuleNumber": entry["RuleNumber"], "Egress": entry["Egress"]}
            session.call(
                "ec2",
                "DeleteNetworkAclEntry",
                {"NetworkAclId": acl["NetworkAclId"], **numbered},
            )
    return acl["NetworkAclId"], acl


def _make_acl_rule(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    inputs, acl = resource.inputs, resource.inputs["networkAclId"]
    rule = {**inputs, "ruleNo": inputs["ruleNumber"], "action": inputs["ruleAction"]}
    entry = _entry(rule, bool(inputs.get("egress")))
    session.call("ec2", "CreateNetworkAclEntry", {"NetworkAclId": acl, **entry})
    direction = "egress" if inputs.get("egress") else "ingress"
    return f"nacl-{acl.removeprefix('acl-')}-{direction}-{inputs['ruleNumber']}", {}


def _look_acl_rule(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    inputs = resource.inputs
    for entry in _acl(session, inputs["networkAclId"])["Entries"]:
        if entry["RuleNumber"] == inputs["ruleNumber"] and entry["Egress"] == bool(
            inputs.get("egress")
        ):
            ports = entry.get("PortRange") or {}
            return {**entry, "FromPort": ports.get("From"), "ToPort": ports.get("To")}
    return None


def _make_association(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    inputs = resource.inputs
    return _associate(session, inputs["subnetId"], inputs["networkAclId"]), {}


def _look_association(
    session: Session, resource: Resource, ledger: Ledger
) -> dict[str, Any] | None:
    inputs = resource.inputs
    for association in _acl(session, inputs["networkAclId"])["Associations"]:
        if association["SubnetId"] == inputs["subnetId"]:
            return dict(association)
    return None


def _remove_association(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    acl = _acl(session, resource.inputs["networkAclId"])
    default = _default_acl(session, acl["VpcId"])
    _associate(session, resource.inputs["subnetId"], default["NetworkAclId"])


INLINE = frozenset({"ingress", "egress"})
KINDS = {
    "aws:ec2/securityGroup:SecurityGroup": Kind(
        **TAGGED,
        tag_type="security-group",
        defaults={"description": "Managed by Pulumi"},
        rename={"name": "GroupName", "description": "Description"},
        autoname="name",
        local=frozenset({"revokeRulesOnDelete", "namePrefix"}),
        apply=_apply_group,
        applies=INLINE,
        look=_look_group,
        outputs={"arn": arn("security-group")},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind(
        **TAGGED,
        make=_adopt_group,
        makes=frozenset({"vpcId"}),
        local=frozenset({"revokeRulesOnDelete"}),
        apply=lambda session, resource, old: _apply_group(session, resource, old or {"adopted": 1}),
        applies=INLINE,
        look=_look_group,
        remove=_keep,
        outputs={"arn": arn("security-group")},
    ),
    OWN_RULES[0]: _own_rule("Ingress"),
    OWN_RULES[1]: _own_rule("Egress"),
    OLD_RULE: Kind(
        make=_make_old_rule,
        makes=frozenset(
            {
                "type",
                "securityGroupId",
                "protocol",
                "fromPort",
                "toPort",
                "cidrBlocks",
                "ipv6CidrBlocks",
                "prefixListIds",
                "self",
                "sourceSecurityGroupId",
                "description",
            }
        ),
        look=_look_old_rule,
        remove=_remove_old_rule,
        outputs={"securityGroupRuleId": "{result.ids}"},
        deletes_first=True,
    ),
    "aws:ec2/networkAcl:NetworkAcl": Kind(
        **TAGGED,
        tag_type="network-acl",
        apply=_apply_acl,
        applies=INLINE | {"subnetIds"},
        look=_look_acl,
        before_delete=_return_subnets,
        outputs={"arn": arn("network-acl")},
    ),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": Kind(
        **TAGGED,
        make=_adopt_acl,
        makes=frozenset({"defaultNetworkAclId"}),
        apply=_apply_acl,
        applies=INLINE | {"subnetIds"},
        look=_look_acl,
        remove=_keep,
        outputs={"arn": arn("network-acl")},
    ),
    "aws:ec2/networkAclRule:NetworkAclRule": Kind(
        make=_make_acl_rule,
        makes=frozenset(
            {
                "networkAclId",
                "ruleNumber",
                "ruleAction",
                "protocol",
                "egress",
                "cidrBlock",
                "ipv6CidrBlock",
                "fromPort",
                "toPort",
                "icmpType",
                "icmpCode",
            }
        ),
        look=_look_acl_rule,
        delete=(
            Call(
                "DeleteNetworkAclEntry",
                {
                    "NetworkAclId": "{networkAclId}",
                    "RuleNumber": "{ruleNumber}",
                    "Egress": "{egress || `false`}",
                },
            ),
        ),
        # An ACL holds one rule of a number.
        deletes_first=True,
    ),
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": Kind(
        make=_make_association,
        makes=frozenset({"networkAclId", "subnetId"}),
        look=_look_association,
        remove=_remove_association,
        deletes_first=True,
    ),
}
