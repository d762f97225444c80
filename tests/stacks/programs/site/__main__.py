import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
index_document = config.get("indexDocument") or "index.html"

site_bucket = aws.s3.Bucket("site-bucket", force_destroy=True)

website = aws.s3.BucketWebsiteConfiguration(
    "website",
    bucket=site_bucket.bucket,
    index_document={"suffix": index_document},
    error_document={"key": "error.html"},
)

ownership_controls = aws.s3.BucketOwnershipControls(
    "ownership-controls",
    bucket=site_bucket.bucket,
    rule={"object_ownership": "ObjectWriter"},
)

public_access_block = aws.s3.BucketPublicAccessBlock(
    "public-access-block", bucket=site_bucket.bucket, block_public_acls=False
)

for name, body in {"index.html": "<h1>Hello</h1>", "error.html": "<h1>Not here</h1>"}.items():
    aws.s3.BucketObject(
        name,
        bucket=site_bucket.bucket,
        key=name,
        source=pulumi.StringAsset(body),
        content_type="text/html",
        opts=pulumi.ResourceOptions(depends_on=[public_access_block, ownership_controls]),
    )


def public_read(name: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject"],
                    "Resource": [f"arn:aws:s3:::{name}/*"],
                }
            ],
        }
    )


aws.s3.BucketPolicy(
    "bucket-policy",
    bucket=site_bucket.id,
    policy=site_bucket.id.apply(public_read),
    opts=pulumi.ResourceOptions(depends_on=[public_access_block]),
)

pulumi.export("bucket_name", site_bucket.id)
pulumi.export("url", pulumi.Output.concat("http://", website.website_endpoint))
