"""The Kubernetes versions that a cluster may run, with the add-ons that go with each.

https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
https://docs.aws.amazon.com/eks/latest/userguide/managing-add-ons.html: the versions that AWS offers
now are told by `aws eks describe-addon-versions --kubernetes-version 1.35`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

WARNED = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class KubernetesVersion:
    """One minor version on EKS."""

    standard_support_ends: date
    addons: Mapping[str, str]
    """Pinned, so that a change is a change of this file."""


VERSIONS: Mapping[str, KubernetesVersion] = {
    "1.34": KubernetesVersion(
        standard_support_ends=date(2026, 12, 2),
        addons={
            "vpc-cni": "v1.21.1-eksbuild.1",
            "kube-proxy": "v1.34.1-eksbuild.2",
            "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
            "coredns": "v1.12.4-eksbuild.1",
            "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
            "metrics-server": "v0.8.0-eksbuild.5",
            "amazon-cloudwatch-observability": "v5.3.0-eksbuild.1",
        },
    ),
    "1.35": KubernetesVersion(
        standard_support_ends=date(2027, 3, 27),
        addons={
            "vpc-cni": "v1.21.1-eksbuild.3",
            "kube-proxy": "v1.35.0-eksbuild.2",
            "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
            "coredns": "v1.13.2-eksbuild.1",
            "aws-ebs-csi-driver": "v1.57.1-eksbuild.1",
            "metrics-server": "v0.8.0-eksbuild.5",
            "amazon-cloudwatch-observability": "v5.3.0-eksbuild.1",
        },
    ),
}


def problem_of_version(version: str) -> str | None:
    """What is wrong with a version, if anything."""
    if version in VERSIONS:
        return None
    near = get_close_matches(version, VERSIONS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"version={version!r}; use {', '.join(map(repr, VERSIONS))}{hint}"


def warning(version: str, today: date) -> str | None:
    """What to do about a version whose standard support ends within sixty days.

    The program has no clock: `make test` asks this with the day of the run.
    """
    end = VERSIONS[version].standard_support_ends
    if today < end - WARNED:
        return None
    newer = [each for each in VERSIONS if each > version]
    advice = f"move to {newer[0]}" if newer else "add the next version to kubernetes_versions.py"
    return f"standard support of Kubernetes {version} ends on {end}; {advice}"
