"""The classes RDS PostgreSQL and ElastiCache offer, with what alarms derive from them.

Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class InstanceClass:
    """What one class has."""

    vcpus: int
    memory_gib: float


VCPUS = {
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "4xlarge": 16,
    "8xlarge": 32,
    "12xlarge": 48,
    "16xlarge": 64,
    "24xlarge": 96,
    "32xlarge": 128,
    "48xlarge": 192,
}
BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}

UP_TO_16 = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
UP_TO_24 = (*UP_TO_16, "24xlarge")
UP_TO_32 = (*UP_TO_24, "32xlarge")
UP_TO_48 = (*UP_TO_24, "48xlarge")

BURSTABLE_FAMILIES = ("t3", "t4g")
# Family → GiB for each vCPU, and its sizes.
FAMILIES = {
    "m5": (4, UP_TO_24),
    "m6g": (4, UP_TO_16),
    "m6gd": (4, UP_TO_16),
    "m6i": (4, UP_TO_32),
    "m6id": (4, UP_TO_32),
    "m7g": (4, UP_TO_16),
    "m7i": (4, UP_TO_48),
    "m8g": (4, UP_TO_48),
    "r5": (8, UP_TO_24),
    "r6g": (8, UP_TO_16),
    "r6gd": (8, UP_TO_16),
    "r6i": (8, UP_TO_32),
    "r6id": (8, UP_TO_32),
    "r7g": (8, UP_TO_16),
    "r7i": (8, UP_TO_48),
    "r8g": (8, UP_TO_48),
    "x2g": (16, UP_TO_16),
}

DATABASE_CLASSES: dict[str, InstanceClass] = {
    f"db.{family}.{size}": InstanceClass(VCPUS.get(size, 2), memory_gib)
    for family in BURSTABLE_FAMILIES
    for size, memory_gib in BURSTABLE_GIB.items()
} | {
    f"db.{family}.{size}": InstanceClass(VCPUS[size], VCPUS[size] * gib_per_vcpu)
    for family, (gib_per_vcpu, sizes) in FAMILIES.items()
    for size in sizes
}

# ElastiCache publishes what is left for data (maxmemory), which no ratio gives.
_BURSTABLE_NODES = {
    "micro": InstanceClass(2, 0.5),
    "small": InstanceClass(2, 1.37),
    "medium": InstanceClass(2, 3.09),
}
_M_NODES = {
    "large": InstanceClass(2, 6.38),
    "xlarge": InstanceClass(4, 12.93),
    "2xlarge": InstanceClass(8, 26.04),
    "4xlarge": InstanceClass(16, 52.26),
    "8xlarge": InstanceClass(32, 103.68),
    "12xlarge": InstanceClass(48, 157.12),
    "16xlarge": InstanceClass(64, 209.55),
    "24xlarge": InstanceClass(96, 314.32),
}
_R_NODES = {
    "large": InstanceClass(2, 13.07),
    "xlarge": InstanceClass(4, 26.32),
    "2xlarge": InstanceClass(8, 52.82),
    "4xlarge": InstanceClass(16, 105.81),
    "8xlarge": InstanceClass(32, 209.55),
    "12xlarge": InstanceClass(48, 317.77),
    "16xlarge": InstanceClass(64, 419.09),
    "24xlarge": InstanceClass(96, 635.61),
}
INTEL_NODE_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")
NODE_FAMILIES = {
    "t3": (_BURSTABLE_NODES, tuple(_BURSTABLE_NODES)),
    "t4g": (_BURSTABLE_NODES, tuple(_BURSTABLE_NODES)),
    "m5": (_M_NODES, INTEL_NODE_SIZES),
    "m6g": (_M_NODES, UP_TO_16),
    "m7g": (_M_NODES, UP_TO_16),
    "r5": (_R_NODES, INTEL_NODE_SIZES),
    "r6g": (_R_NODES, UP_TO_16),
    "r7g": (_R_NODES, UP_TO_16),
}

CACHE_NODE_TYPES: dict[str, InstanceClass] = {
    f"cache.{family}.{size}": nodes[size]
    for family, (nodes, sizes) in NODE_FAMILIES.items()
    for size in sizes
}
