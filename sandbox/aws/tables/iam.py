"""IAM."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session

POLICY_DOCUMENT = {"policy": "PolicyDocument", "name": "PolicyName", "role": "RoleName"}


def _apply_role(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    role = {"RoleName": resource.id}
    before = set(old.get("managedPolicyArns") or [])
    now = set(resource.inputs.get("managedPolicyArns") or [])
    for arn in sorted(before - now):
        session.call("iam", "DetachRolePolicy", {**role, "PolicyArn": arn})
    for arn in sorted(now - before):
        session.call("iam", "AttachRolePolicy", {**role, "PolicyArn": arn})
    inline = {p["name"]: p["policy"] for p in resource.inputs.get("inlinePolicies") or []}
    for policy in old.get("inlinePolicies") or []:
        if policy["name"] not in inline:
            session.call("iam", "DeleteRolePolicy", {**role, "PolicyName": policy["name"]})
    for name, document in inline.items():
        parameters = {**role, "PolicyName": name, "PolicyDocument": document}
        session.call("iam", "PutRolePolicy", parameters)


def _alter_role(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    role, inputs = {"RoleName": resource.id}, resource.inputs
    if inputs["assumeRolePolicy"] != old.get("assumeRolePolicy"):
        document = {"PolicyDocument": inputs["assumeRolePolicy"]}
        session.call("iam", "UpdateAssumeRolePolicy", {**role, **document})
    boundary = inputs.get("permissionsBoundary")
    if boundary and boundary != old.get("permissionsBoundary"):
        wanted = {**role, "PermissionsBoundary": boundary}
        session.call("iam", "PutRolePermissionsBoundary", wanted)
    elif not boundary and old.get("permissionsBoundary"):
        session.call("iam", "DeleteRolePermissionsBoundary", role)


def _empty_role(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """What the role's own properties gave it goes with the role."""
    bare = {k: v for k, v in resource.inputs.items() if k not in ("managedPolicyArns",)}
    bare.pop("inlinePolicies", None)
    without = Resource(resource.urn, resource.type, resource.name, bare, resource.id)
    _apply_role(session, without, resource.inputs)


def _attached(kind: str, owner: str) -> Any:
    def look(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
        operation = f"ListAttached{kind}Policies"
        answer = session.call("iam", operation, {f"{kind}Name": resource.inputs[owner]})
        arns = [policy["PolicyArn"] for policy in answer["AttachedPolicies"]]
        arn = resource.inputs["policyArn"]
        return {"PolicyArn": arn, f"{kind}Name": resource.inputs[owner]} if arn in arns else None

    return look


def _attachment(kind: str, owner: str) -> Kind:
    both = {f"{kind}Name": f"{{{owner}}}", "PolicyArn": "{policyArn}"}
    return Kind(
        create=f"Attach{kind}Policy",
        id=f"{{{owner}}}/{{policyArn}}",
        rename={owner: f"{kind}Name"},
        look=_attached(kind, owner),
        delete=(Call(f"Detach{kind}Policy", both),),
    )


def _inline(kind: str, owner: str) -> Kind:
    both = {f"{kind}Name": f"{{{owner}}}", "PolicyName": "{name}"}
    return Kind(
        create=f"Put{kind}Policy",
        id=f"{{{owner}}}:{{name}}",
        autoname="name",
        rename={"policy": "PolicyDocument", "name": "PolicyName", owner: f"{kind}Name"},
        local=frozenset({"namePrefix"}),
        read=Read(f"Get{kind}Policy", both),
        update=(f"Put{kind}Policy",),
        fixed=frozenset({owner, "name"}),
        delete=(Call(f"Delete{kind}Policy", both),),
    )


def _new_version(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    policy = {"PolicyArn": resource.id}
    versions = session.call("iam", "ListPolicyVersions", policy)["Versions"]
    for version in versions:
        if not version["IsDefaultVersion"]:
            gone = {**policy, "VersionId": version["VersionId"]}
            session.call("iam", "DeletePolicyVersion", gone)
    session.call(
        "iam",
        "CreatePolicyVersion",
        {**policy, "PolicyDocument": resource.inputs["policy"], "SetAsDefault": True},
    )


def _drop_versions(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    policy = {"PolicyArn": resource.id}
    for version in session.call("iam", "ListPolicyVersions", policy)["Versions"]:
        if not version["IsDefaultVersion"]:
            gone = {**policy, "VersionId": version["VersionId"]}
            session.call("iam", "DeletePolicyVersion", gone)


def _apply_profile(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    profile = {"InstanceProfileName": resource.id}
    if role := old.get("role"):
        session.call("iam", "RemoveRoleFromInstanceProfile", {**profile, "RoleName": role})
    if role := resource.inputs.get("role"):
        session.call("iam", "AddRoleToInstanceProfile", {**profile, "RoleName": role})


def _empty_profile(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    if role := resource.inputs.get("role"):
        profile = {"InstanceProfileName": resource.id, "RoleName": role}
        session.call("iam", "RemoveRoleFromInstanceProfile", profile)


KINDS = {
    "aws:iam/role:Role": Kind(
        rename={"assumeRolePolicy": "AssumeRolePolicyDocument"},
        local=frozenset({"forceDetachPolicies", "namePrefix"}),
        fixed=frozenset({"name", "path"}),
        apply=_apply_role,
        applies=frozenset({"managedPolicyArns", "inlinePolicies"}),
        alter=_alter_role,
        alters=frozenset({"assumeRolePolicy", "permissionsBoundary"}),
        before_delete=_empty_role,
        outputs={"uniqueId": "{result.Role.RoleId}"},
        tag=Call("TagRole", {"RoleName": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagRole", {"RoleName": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": _inline("Role", "role"),
    "aws:iam/userPolicy:UserPolicy": _inline("User", "user"),
    "aws:iam/groupPolicy:GroupPolicy": _inline("Group", "group"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachment("Role", "role"),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": _attachment("User", "user"),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": _attachment("Group", "group"),
    "aws:iam/policy:Policy": Kind(
        create="CreatePolicy",
        id="{result.Policy.Arn}",
        rename={"policy": "PolicyDocument", "name": "PolicyName"},
        local=frozenset({"namePrefix"}),
        alter=_new_version,
        alters=frozenset({"policy"}),
        before_delete=_drop_versions,
        # Counts what other resources attach.
        settled=frozenset({"attachmentCount"}),
        tag=Call("TagPolicy", {"PolicyArn": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagPolicy", {"PolicyArn": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:iam/instanceProfile:InstanceProfile": Kind(
        local=frozenset({"namePrefix"}),
        apply=_apply_profile,
        applies=frozenset({"role"}),
        before_delete=_empty_profile,
        tag=Call("TagInstanceProfile", {"InstanceProfileName": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagInstanceProfile", {"InstanceProfileName": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:iam/user:User": Kind(
        tag=Call("TagUser", {"UserName": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagUser", {"UserName": "{id}", "TagKeys": "{gone}"}),
        fixed=frozenset({"name"}),
    ),
}
