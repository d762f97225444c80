"""ECR."""

from ..kinds import Call, Kind

KINDS = {
    "aws:ecr/repository:Repository": Kind(
        autoname="name",
        autoname_lower=True,
        local=frozenset({"forceDelete"}),
        fixed=frozenset({"name", "encryptionConfigurations"}),
        after=(
            Call(
                "PutImageTagMutability",
                {"repositoryName": "{id}", "imageTagMutability": "{imageTagMutability}"},
            ),
            Call(
                "PutImageScanningConfiguration",
                {
                    "repositoryName": "{id}",
                    "imageScanningConfiguration": "{imageScanningConfiguration}",
                },
            ),
        ),
        delete=(Call("DeleteRepository", {"repositoryName": "{id}", "force": "{forceDelete}"}),),
        outputs={"repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{id}"},
        tag=Call("TagResource", {"resourceArn": "{arn}", "tags": "{tagList}"}),
        untag=Call("UntagResource", {"resourceArn": "{arn}", "tagKeys": "{gone}"}),
    ),
}
