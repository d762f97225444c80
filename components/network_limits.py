"""What a network can take, and the alarms that follow from it.

https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html
https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
"""

from collections.abc import Sequence
from ipaddress import IPv4Network

from components.addresses import Tier, subnet_cidr
from components.alarms import Alarm

# AWS keeps the first four addresses and the last of each subnet.
KEPT_BY_AWS = 5
# A VPC's default quota; more is granted on request.
USAGE_QUOTA = 64_000
FULL = 0.8


def address_capacity(cidr: str, zones: Sequence[str]) -> int:
    """The units of network address usage at which pods or nodes no longer get an address."""
    private = (IPv4Network(subnet_cidr(cidr, Tier.PRIVATE, zone)) for zone in zones)
    return min(sum(block.num_addresses - KEPT_BY_AWS for block in private), USAGE_QUOTA)


def address_alarm(cidr: str, zones: Sequence[str]) -> Alarm:
    """A VPC that runs out of addresses."""
    capacity = address_capacity(cidr, zones)
    return Alarm(
        role="addresses",
        metrics=("NetworkAddressUsage",),
        threshold=int(FULL * capacity),
        statistic="Maximum",
        # AWS measures once a day.
        period_seconds=86_400,
        evaluation_periods=1,
        description=(
            f"The VPC uses over {FULL:.0%} of the {capacity} addresses of its private subnets. "
            "Add a zone, or take pods off that are not needed."
        ),
    )


NAT_ALARM = Alarm(
    role="ports",
    metrics=("ErrorPortAllocation",),
    threshold=0,
    statistic="Sum",
    critical=True,
    missing_data="notBreaching",
    description=(
        "The NAT gateway has no port left for new connections to a destination: they fail. Find "
        "the client that opens them, or reach the destination through an endpoint."
    ),
)
