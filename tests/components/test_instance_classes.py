import pytest

from components.instance_classes import CACHE_NODE_TYPES, DATABASE_CLASSES, InstanceClass

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
DATABASE_SAMPLES = {
    "db.t4g.micro": InstanceClass(2, 1),
    "db.t4g.medium": InstanceClass(2, 4),
    "db.t3.2xlarge": InstanceClass(8, 32),
    "db.m6i.32xlarge": InstanceClass(128, 512),
    "db.m7g.large": InstanceClass(2, 8),
    "db.r6g.16xlarge": InstanceClass(64, 512),
    "db.r8g.48xlarge": InstanceClass(192, 1536),
    "db.x2g.large": InstanceClass(2, 32),
}
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
CACHE_SAMPLES = {
    "cache.t4g.micro": InstanceClass(2, 0.5),
    "cache.t4g.small": InstanceClass(2, 1.37),
    "cache.m7g.large": InstanceClass(2, 6.38),
    "cache.r7g.16xlarge": InstanceClass(64, 419.09),
}


@pytest.mark.parametrize(("name", "has"), DATABASE_SAMPLES.items())
def test_a_database_class_has_what_aws_says(name: str, has: InstanceClass) -> None:
    assert DATABASE_CLASSES[name] == has


@pytest.mark.parametrize(("name", "has"), CACHE_SAMPLES.items())
def test_a_node_type_has_what_aws_says(name: str, has: InstanceClass) -> None:
    assert CACHE_NODE_TYPES[name] == has


@pytest.mark.parametrize(
    "name",
    ["db.m7g.24xlarge", "db.t4g.4xlarge", "db.r6g.metal", "db.m1.large", "cache.t4g.small"],
)
def test_a_class_that_rds_postgresql_lacks_is_not_listed(name: str) -> None:
    assert name not in DATABASE_CLASSES


@pytest.mark.parametrize("name", ["cache.t4g.large", "cache.m7g.24xlarge", "db.t4g.small"])
def test_a_node_type_that_elasticache_lacks_is_not_listed(name: str) -> None:
    assert name not in CACHE_NODE_TYPES


def test_a_larger_size_of_a_family_has_more_memory_and_no_fewer_vcpus() -> None:
    for table in (DATABASE_CLASSES, CACHE_NODE_TYPES):
        families: dict[str, list[InstanceClass]] = {}
        for name, each in table.items():
            families.setdefault(name.rpartition(".")[0], []).append(each)
        for sizes in families.values():
            assert sizes == sorted(sizes, key=lambda each: (each.memory_gib, each.vcpus))
            assert len({each.memory_gib for each in sizes}) == len(sizes)
