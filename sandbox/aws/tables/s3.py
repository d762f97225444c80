"""S3."""

import base64
from pathlib import Path
from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session

BUCKET = {"Bucket": "{bucket}"}


def _make_bucket(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    name = resource.inputs["bucket"]
    region = resource.inputs.get("region") or session.region
    parameters: dict[str, Any] = {"Bucket": name}
    if region != "us-east-1":
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": region}
    if resource.inputs.get("objectLockEnabled"):
        parameters["ObjectLockEnabledForBucket"] = True
    if acl := resource.inputs.get("acl"):
        parameters["ACL"] = acl
    answer = session.call("s3", "CreateBucket", parameters, region)
    if tags:
        tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
        tagging = {"Bucket": name, "Tagging": {"TagSet": tag_set}}
        session.call("s3", "PutBucketTagging", tagging, region)
    return name, answer


def _look_bucket(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    session.call("s3", "HeadBucket", {"Bucket": resource.id})
    found: dict[str, Any] = {"Bucket": resource.id}
    try:
        tags = session.call("s3", "GetBucketTagging", {"Bucket": resource.id})
        found["Tags"] = tags["TagSet"]
    except Exception as error:
        # A bucket without tags is an error of its own in S3.
        if "TagSet" not in str(error):
            raise
    return found


def _remove_bucket(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    if resource.inputs.get("forceDestroy"):
        versions = session.call("s3", "ListObjectVersions", {"Bucket": resource.id})
        for item in [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]:
            wanted = {"Bucket": resource.id, "Key": item["Key"], "VersionId": item["VersionId"]}
            session.call("s3", "DeleteObject", wanted)
    session.call("s3", "DeleteBucket", {"Bucket": resource.id})


OBJECT_MEMBERS = {
    "acl": "ACL",
    "cacheControl": "CacheControl",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "kmsKeyId": "SSEKMSKeyId",
    "metadata": "Metadata",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}


def _body(inputs: dict[str, Any]) -> bytes:
    if "content" in inputs:
        return str(inputs["content"]).encode()
    if "contentBase64" in inputs:
        return base64.b64decode(inputs["contentBase64"])
    source = inputs.get("source")
    if isinstance(source, str):
        return Path(source).read_bytes()
    source = source or {}
    if "text" in source:
        return str(source["text"]).encode()
    return Path(source["path"]).read_bytes() if "path" in source else b""


def _put_object(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    inputs = resource.inputs
    members = {OBJECT_MEMBERS[key]: value for key, value in inputs.items() if key in OBJECT_MEMBERS}
    bucket = {"Bucket": inputs["bucket"], "Key": inputs.get("key") or resource.name}
    session.call("s3", "PutObject", {**bucket, **members, "Body": _body(inputs)})


def _make_object(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    _put_object(session, resource, {})
    return f"{resource.inputs['bucket']}/{resource.inputs.get('key') or resource.name}", {}


def _object(resource: Resource) -> dict[str, Any]:
    bucket, key = resource.id.split("/", 1)
    return {"Bucket": bucket, "Key": key}


def _look_object(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    head = session.call("s3", "HeadObject", _object(resource))
    return {**head, "ETag": head["ETag"].strip('"')}


def _remove_object(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    session.call("s3", "DeleteObject", _object(resource))


OBJECT_SOURCES = frozenset({"content", "contentBase64", "source", "sourceHash", "etag"})
S3_OBJECT = Kind(
    make=_make_object,
    makes=frozenset({"bucket", "key"}),
    alter=_put_object,
    alters=frozenset(OBJECT_MEMBERS) | OBJECT_SOURCES,
    applies=frozenset(OBJECT_MEMBERS) | OBJECT_SOURCES,
    defaults={"contentType": "application/octet-stream"},
    look=_look_object,
    remove=_remove_object,
    local=frozenset({"bucketKeyEnabled", "overrideProvider"}),
    kept=frozenset({"checksumAlgorithm", "tags"}),
    settled=frozenset({"lastModified"}),
    outputs={"key": "{live.key || key}", "arn": "arn:aws:s3:::{id}"},
)


def _part(
    put: str,
    get: str,
    wrapper: str,
    content: dict[str, Any] | str,
    delete: str = "",
    outputs: dict[str, Any] | None = None,
) -> Kind:
    """One configuration of a bucket: put, shown and taken away as a whole."""
    return Kind(
        create=put,
        create_with={**BUCKET, wrapper: content},
        id="{bucket}",
        local=frozenset({"expectedBucketOwner", "skipDestroy", "mfa"}),
        read=Read(get, BUCKET, wrapper if wrapper in SHOWN_WRAPPED else "@"),
        update=(put,),
        update_with={**BUCKET, wrapper: content},
        fixed=frozenset({"bucket"}),
        delete=(Call(delete, BUCKET),) if delete else (),
        remove=None if delete else _leave,
        outputs=outputs or {},
    )


def _leave(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """S3 cannot take this setting away; it goes with its bucket."""


# https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
DASHED = (
    '`["us-east-1","us-west-1","us-west-2","ap-southeast-1","ap-southeast-2","ap-northeast-1",'
    '"eu-west-1","sa-east-1"]`'
)
WEBSITE_DOMAIN = f"s3-website{{contains({DASHED}, region) && '-' || '.'}}{{region}}.amazonaws.com"
SHOWN_WRAPPED = frozenset({"PublicAccessBlockConfiguration", "OwnershipControls"})
VERSIONING = _part(
    "PutBucketVersioning",
    "GetBucketVersioning",
    "VersioningConfiguration",
    "{versioningConfiguration}",
)
ENCRYPTION = _part(
    "PutBucketEncryption",
    "GetBucketEncryption",
    "ServerSideEncryptionConfiguration",
    {"Rules": "{rules}"},
    "DeleteBucketEncryption",
)
LIFECYCLE = _part(
    "PutBucketLifecycleConfiguration",
    "GetBucketLifecycleConfiguration",
    "LifecycleConfiguration",
    {"Rules": "{rules}"},
    "DeleteBucketLifecycle",
)
WEBSITE = _part(
    "PutBucketWebsite",
    "GetBucketWebsite",
    "WebsiteConfiguration",
    {
        "IndexDocument": "{indexDocument}",
        "ErrorDocument": "{errorDocument}",
        "RedirectAllRequestsTo": "{redirectAllRequestsTo}",
        "RoutingRules": "{routingRules}",
    },
    "DeleteBucketWebsite",
    {"websiteDomain": WEBSITE_DOMAIN, "websiteEndpoint": f"{{bucket}}.{WEBSITE_DOMAIN}"},
)
CORS = _part(
    "PutBucketCors",
    "GetBucketCors",
    "CORSConfiguration",
    {"CORSRules": "{corsRules}"},
    "DeleteBucketCors",
)
LOGGING = _part(
    "PutBucketLogging",
    "GetBucketLogging",
    "BucketLoggingStatus",
    {"LoggingEnabled": {"TargetBucket": "{targetBucket}", "TargetPrefix": "{targetPrefix}"}},
)
ACL = Kind(
    create="PutBucketAcl",
    create_with={**BUCKET, "ACL": "{acl}"},
    id="{bucket},{acl}",
    read=Read("GetBucketAcl", BUCKET),
    update=("PutBucketAcl",),
    update_with={**BUCKET, "ACL": "{acl}"},
    fixed=frozenset({"bucket"}),
    remove=_leave,
)
S3_BUCKET = Kind(
    autoname="bucket",
    autoname_lower=True,
    make=_make_bucket,
    makes=frozenset({"bucket", "bucketPrefix", "objectLockEnabled", "acl"}),
    look=_look_bucket,
    remove=_remove_bucket,
    tag=Call("PutBucketTagging", {"Bucket": "{id}", "Tagging": {"TagSet": "{tagList}"}}),
    outputs={
        "arn": "arn:aws:s3:::{bucket}",
        "bucketDomainName": "{bucket}.s3.amazonaws.com",
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
    },
)

KINDS = {
    "aws:s3/bucket:Bucket": S3_BUCKET,
    "aws:s3/bucketV2:BucketV2": S3_BUCKET,
    "aws:s3/bucketObject:BucketObject": S3_OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": S3_OBJECT,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _part(
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        {
            "BlockPublicAcls": "{blockPublicAcls}",
            "BlockPublicPolicy": "{blockPublicPolicy}",
            "IgnorePublicAcls": "{ignorePublicAcls}",
            "RestrictPublicBuckets": "{restrictPublicBuckets}",
        },
        "DeletePublicAccessBlock",
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _part(
        "PutBucketPolicy", "GetBucketPolicy", "Policy", "{policy}", "DeleteBucketPolicy"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _part(
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        "OwnershipControls",
        {"Rules": ["{rule}"]},
        "DeleteBucketOwnershipControls",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": VERSIONING,
    "aws:s3/bucketVersioningV2:BucketVersioningV2": VERSIONING,
    "aws:s3/bucketServerSideEncryptionConfiguration:"
    "BucketServerSideEncryptionConfiguration": ENCRYPTION,
    "aws:s3/bucketServerSideEncryptionConfigurationV2:"
    "BucketServerSideEncryptionConfigurationV2": ENCRYPTION,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": LIFECYCLE,
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": LIFECYCLE,
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": WEBSITE,
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2": WEBSITE,
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": CORS,
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2": CORS,
    "aws:s3/bucketLogging:BucketLogging": LOGGING,
    "aws:s3/bucketLoggingV2:BucketLoggingV2": LOGGING,
    "aws:s3/bucketAcl:BucketAcl": ACL,
    "aws:s3/bucketAclV2:BucketAclV2": ACL,
}
