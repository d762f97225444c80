"""One tier of a VPC: a subnet in each zone, at an address that never moves.

https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.addresses import Tier, subnet_cidr, subnet_ipv6_cidr
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class SubnetsArgs:
    """Which tier, and the zones it spans.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    tier: Tier
    zones: Sequence[str]
    cluster_name: str | None = None
    """EKS cluster whose Karpenter finds private subnets by tag. Absent: no such tag."""
    vpc_ipv6_cidr: pulumi.Output[str] | None = None
    """The /56 that AWS assigned to the VPC. Absent: the subnets have no IPv6."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse("SubnetsArgs", None if self.zones else "zones is empty; name one or more")


class Subnets(pulumi.ComponentResource):
    """Subnets that give out no public address."""

    subnet_ids: dict[str, pulumi.Output[str]]
    """By zone."""

    def __init__(
        self, name: str, args: SubnetsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Subnets", name, MAX_NAME_LENGTH, "app-private")
        super().__init__("platform:network:Subnets", name, None, opts)
        discovery = discovery_tags(args.tier, args.cluster_name)
        self.subnet_ids = {
            zone: aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=args.vpc_id,
                availability_zone=zone,
                cidr_block=subnet_cidr(args.vpc_cidr, args.tier, zone),
                ipv6_cidr_block=_ipv6_block(args, zone),
                assign_ipv6_address_on_creation=args.vpc_ipv6_cidr is not None,
                map_public_ip_on_launch=False,
                tags={**args.tags, "Name": f"{name}-{zone}", **discovery},
                opts=pulumi.ResourceOptions(parent=self),
            ).id
            for zone in args.zones
        }
        self.register_outputs({"subnet_ids": self.subnet_ids})


def discovery_tags(tier: Tier, cluster_name: str | None) -> dict[str, str]:
    """How the load balancer controller and Karpenter find a tier's subnets.

    https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html
    https://karpenter.sh/docs/concepts/nodeclasses/#specsubnetselectorterms
    """
    if tier is Tier.PUBLIC:
        return {"kubernetes.io/role/elb": "1"}
    if tier is Tier.PRIVATE:
        karpenter = {"karpenter.sh/discovery": cluster_name} if cluster_name else {}
        return {"kubernetes.io/role/internal-elb": "1", **karpenter}
    return {}


def _ipv6_block(args: SubnetsArgs, zone: str) -> pulumi.Output[str] | None:
    if args.vpc_ipv6_cidr is None:
        return None
    return args.vpc_ipv6_cidr.apply(lambda block: subnet_ipv6_cidr(block, args.tier, zone))
