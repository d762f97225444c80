from ipaddress import IPv4Network, IPv6Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.addresses import Tier, problems_of_network, subnet_cidr, subnet_ipv6_cidr

ZONES = [f"eu-west-1{letter}" for letter in "abcdefgh"]
VPC_IPV6 = "2a05:d018:abc:1200::/56"

vpc_cidrs = st.one_of(
    st.builds(
        lambda prefix, block: str(IPv4Network(((10 << 24) | (block << (32 - prefix)), prefix))),
        st.integers(16, 16),
        st.integers(0, 255),
    ),
    st.sampled_from(["10.0.0.0/17", "172.16.128.0/18", "192.168.32.0/19", "100.64.240.0/20"]),
)
zone_lists = st.lists(st.sampled_from(ZONES), min_size=2, unique=True)
tier_lists = st.lists(st.sampled_from(Tier), min_size=1, unique=True)


def plan(vpc: str, tiers: list[Tier], zones: list[str]) -> dict[tuple[Tier, str], str]:
    return {(tier, zone): subnet_cidr(vpc, tier, zone) for tier in tiers for zone in zones}


@given(vpc_cidrs, tier_lists, zone_lists, tier_lists, zone_lists)
def test_adding_a_zone_a_tier_or_both_moves_no_block(
    vpc: str, tiers: list[Tier], zones: list[str], more_tiers: list[Tier], more_zones: list[str]
) -> None:
    before = plan(vpc, tiers, zones)
    # The newcomers stand first, so that a plan by position would move every block.
    after = plan(
        vpc, list(dict.fromkeys(more_tiers + tiers)), list(dict.fromkeys(more_zones + zones))
    )
    assert before.items() <= after.items(), "a subnet keeps its addresses for life"


@given(vpc_cidrs)
def test_no_two_blocks_overlap_and_all_are_inside_the_vpc(vpc: str) -> None:
    blocks = [IPv4Network(block) for block in plan(vpc, list(Tier), ZONES).values()]
    assert len(blocks) == 24
    assert all(block.subnet_of(IPv4Network(vpc)) for block in blocks), "inside the VPC"
    assert not any(a.overlaps(b) for a, b in combinations(blocks, 2)), "every address has one owner"


@given(vpc_cidrs)
def test_the_last_quarter_stays_free_for_a_tier_to_come(vpc: str) -> None:
    spare = list(IPv4Network(vpc).subnets(prefixlen_diff=2))[3]
    blocks = [IPv4Network(block) for block in plan(vpc, list(Tier), ZONES).values()]
    assert not any(block.overlaps(spare) for block in blocks), "a fourth tier must fit"


@pytest.mark.parametrize(
    ("tier", "zone", "block"),
    [
        (Tier.PUBLIC, "eu-west-1a", "10.0.0.0/21"),
        (Tier.PUBLIC, "eu-west-1b", "10.0.8.0/21"),
        (Tier.PRIVATE, "eu-west-1a", "10.0.64.0/21"),
        (Tier.DATA, "eu-west-1c", "10.0.144.0/21"),
        (Tier.DATA, "eu-west-1h", "10.0.184.0/21"),
    ],
)
def test_the_plan_is_the_one_that_deployed_networks_have(tier: Tier, zone: str, block: str) -> None:
    assert subnet_cidr("10.0.0.0/16", tier, zone) == block, "another plan replaces every subnet"


def test_ipv6_blocks_follow_the_same_slots() -> None:
    blocks = [
        IPv6Network(subnet_ipv6_cidr(VPC_IPV6, tier, zone)) for tier in Tier for zone in ZONES
    ]
    assert blocks[0] == IPv6Network("2a05:d018:abc:1200::/64")
    assert blocks[1] == IPv6Network("2a05:d018:abc:1208::/64")
    assert blocks[-1] == IPv6Network("2a05:d018:abc:12b8::/64")
    assert all(block.subnet_of(IPv6Network(VPC_IPV6)) for block in blocks), "inside the VPC"
    assert len(set(blocks)) == 24, "every address has one owner"


def test_only_the_block_that_aws_assigns_is_cut() -> None:
    with pytest.raises(ValueError, match="AWS assigns a VPC a /56"):
        subnet_ipv6_cidr("2a05:d018:abc::/48", Tier.PUBLIC, ZONES[0])


@pytest.mark.parametrize("zone", ["", "eu-west-1", "eu-west-1i", "eu-west-1A"])
def test_a_zone_without_a_slot_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="use an Availability Zone, a to h"):
        subnet_cidr("10.0.0.0/16", Tier.PUBLIC, zone)


@pytest.mark.parametrize(
    ("cidr", "zones", "problems"),
    [
        ("10.0.0.0/16", ZONES[:2], []),
        ("172.31.0.0/20", ZONES[:3], []),
        ("100.127.0.0/16", ZONES, []),
        (
            "192.168.0.0/15",
            ZONES[:2],
            [
                "cidr=192.168.0.0/15; use a prefix length of /16 to /20",
                "cidr=192.168.0.0/15 is no private range; use one inside 10.0.0.0/8",
            ],
        ),
        ("ten", ZONES[:2], ["cidr='ten'; use an IPv4 block such as 10.0.0.0/16"]),
        ("2a05::/56", ZONES[:2], ["cidr='2a05::/56'; use an IPv4 block such as 10.0.0.0/16"]),
        ("10.0.0.0/21", ZONES[:2], ["cidr=10.0.0.0/21; use a prefix length of /16 to /20"]),
        ("10.0.0.0/15", ZONES[:2], ["cidr=10.0.0.0/15; use a prefix length of /16 to /20"]),
        ("10.0.0.0", ZONES[:2], ["cidr=10.0.0.0; use a prefix length of /16 to /20"]),
        (
            "10.0.1.0/16",
            ZONES[:2],
            ["cidr=10.0.1.0/16 is an address inside the block; use 10.0.0.0/16"],
        ),
        (
            "8.8.0.0/16",
            ZONES[:2],
            ["cidr=8.8.0.0/16 is no private range; use one inside 10.0.0.0/8"],
        ),
        (
            "172.32.0.0/16",
            ZONES[:2],
            ["cidr=172.32.0.0/16 is no private range; use one inside 10.0.0.0/8"],
        ),
        (
            "10.0.0.0/16",
            ["eu-west-1a", "eu-west-2a", "eu-west-1b"],
            ["zones has 'eu-west-2a'; use a zone of eu-west-1, eu-west-1a to eu-west-1h"],
        ),
        (
            "10.0.0.0/16",
            ["eu-west-1a", "eu-west-1b", "eu-west-1z"],
            ["zones has 'eu-west-1z'; use a zone of eu-west-1, eu-west-1a to eu-west-1h"],
        ),
        (
            "10.0.0.0/16",
            ["eu-west-1a", "eu-west-1b", "eu-west-1a"],
            ["zones has 'eu-west-1a' 2 times; name each zone once"],
        ),
        (
            "10.0.0.0/16",
            ["eu-west-1a"],
            ["zones has 1; use 2 or more, to survive the loss of one"],
        ),
        ("10.0.0.0/16", [], ["zones has 0; use 2 or more, to survive the loss of one"]),
    ],
)
def test_what_aws_or_the_plan_would_refuse_is_named(
    cidr: str, zones: list[str], problems: list[str]
) -> None:
    assert problems_of_network(cidr, "eu-west-1", zones) == problems


def test_every_problem_is_named_at_once() -> None:
    problems = problems_of_network("8.8.8.0/24", "eu-west-1", ["us-east-1a", "us-east-1a"])
    assert len(problems) == 5, "one run of a preview shows all there is to mend"


@given(vpc_cidrs, zone_lists)
def test_whatever_passes_the_checks_has_a_plan(vpc: str, zones: list[str]) -> None:
    assert problems_of_network(vpc, "eu-west-1", zones) == []
    assert len(set(plan(vpc, list(Tier), zones).values())) == 3 * len(zones)
