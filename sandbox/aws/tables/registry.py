"""ECR."""

from ..kinds import Call, Kind, Read

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
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Kind(
        create="PutLifecyclePolicy",
        id="{repository}",
        rename={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
        read=Read("GetLifecyclePolicy", {"repositoryName": "{id}"}),
        update=("PutLifecyclePolicy",),
        fixed=frozenset({"repository"}),
        delete=(Call("DeleteLifecyclePolicy", {"repositoryName": "{id}"}),),
        outputs={"registryId": "{account}"},
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Kind(
        create="SetRepositoryPolicy",
        id="{repository}",
        rename={"repository": "repositoryName", "policy": "policyText"},
        read=Read("GetRepositoryPolicy", {"repositoryName": "{id}"}),
        update=("SetRepositoryPolicy",),
        update_with={"policyText": "{policy}", "repositoryName": "{repository}"},
        fixed=frozenset({"repository"}),
        delete=(Call("DeleteRepositoryPolicy", {"repositoryName": "{id}"}),),
        outputs={"registryId": "{account}"},
    ),
}
