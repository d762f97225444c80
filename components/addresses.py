"""The address plan of a VPC: every tier has a slot for every zone, so no block ever moves.

A VPC is cut into quarters: one for each tier, the last for a tier to come. A quarter is cut
into eight slots, and a zone takes the slot of its letter.

Sources:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network

ZONE_LETTERS = "abcdefgh"
# A /20 leaves a subnet 123 addresses; AWS takes nothing larger than a /16.
VPC_PREFIX_LENGTHS = range(16, 21)
PRIVATE_RANGES = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


class Tier(IntEnum):
    """The quarter of the VPC that a tier owns."""

    PUBLIC = 0
    PRIVATE = 1
    DATA = 2

    @property
    def label(self) -> str:
        """How names and tags spell the tier."""
        return self.name.lower()


def subnet_cidr(vpc_cidr: str, tier: Tier, zone: str) -> str:
    """The IPv4 block of one tier in one zone, whatever the other zones are."""
    network = IPv4Network(vpc_cidr)
    size = 1 << (32 - network.prefixlen - 5)
    start = network.network_address + _slot(tier, zone) * size
    return f"{start}/{network.prefixlen + 5}"


def subnet_ipv6_cidr(vpc_ipv6_cidr: str, tier: Tier, zone: str) -> str:
    """The /64 of one tier in one zone: the first of the eight in its slot of the VPC's /56."""
    network = IPv6Network(vpc_ipv6_cidr)
    if network.prefixlen != 56:
        raise ValueError(f"vpc_ipv6_cidr={vpc_ipv6_cidr}; AWS assigns a VPC a /56")
    return f"{network.network_address + (_slot(tier, zone) << 67)}/64"


def problems_of_network(cidr: str, region: str, zones: Sequence[str]) -> list[str]:
    """What AWS or the address plan would refuse, one `field=value; what to use` each."""
    return [*_problems_of_cidr(cidr), *_problems_of_zones(region, zones)]


def _slot(tier: Tier, zone: str) -> int:
    letter = zone[-1:]
    if not letter or letter not in ZONE_LETTERS:
        raise ValueError(f"zone={zone!r}; use an Availability Zone, a to h, e.g. 'eu-west-1a'")
    return tier * len(ZONE_LETTERS) + ZONE_LETTERS.index(letter)


def _problems_of_cidr(cidr: str) -> list[str]:
    try:
        network = IPv4Network(cidr, strict=False)
    except ValueError:
        return [f"cidr={cidr!r}; use an IPv4 block such as 10.0.0.0/16"]
    problems = []
    if "/" not in cidr or network.prefixlen not in VPC_PREFIX_LENGTHS:
        problems.append(f"cidr={cidr}; use a prefix length of /16 to /20")
    elif str(network) != cidr:
        problems.append(f"cidr={cidr} is an address inside the block; use {network}")
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        problems.append(f"cidr={cidr} is no private range; use one inside 10.0.0.0/8")
    return problems


def _problems_of_zones(region: str, zones: Sequence[str]) -> list[str]:
    problems = [
        f"zones has {zone!r}; use a zone of {region}, {region}a to {region}{ZONE_LETTERS[-1]}"
        for zone in dict.fromkeys(zones)
        if not re.fullmatch(f"{re.escape(region)}[{ZONE_LETTERS}]", zone)
    ]
    problems += [
        f"zones has {zone!r} {zones.count(zone)} times; name each zone once"
        for zone in dict.fromkeys(zones)
        if zones.count(zone) > 1
    ]
    if len(set(zones)) < 2:
        problems.append(f"zones has {len(set(zones))}; use 2 or more, to survive the loss of one")
    return problems
