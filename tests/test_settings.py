"""The stack files and the settings read from them."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pulumi.runtime import config as runtime_config

import schema
import settings
from schema import reference
from settings import SettingsError, parse, reading

ROOT = Path(__file__).parents[1]
STACKS = ("staging", "production")
FILE = "Pulumi.staging.yaml"


def config(stack: str = "staging") -> dict[str, Any]:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    return dict(yaml.safe_load(text)["config"])


def changed(path: str, value: Any) -> dict[str, Any]:
    """The staging stack's file with one value set; None takes it out."""
    raw = copy.deepcopy(config())
    section, *rest = path.split("/")
    target: Any = raw
    steps = [section, *rest]
    for step in steps[:-1]:
        target = target[step]
    if value is None:
        del target[steps[-1]]
    else:
        target[steps[-1]] = value
    return raw


def problems(raw: Mapping[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as error:
        parse(raw, FILE)
    return str(error.value).splitlines()


NETWORK, DATABASE, CACHE = "platform:network", "platform:database", "platform:cache"
DAILY = {"daily": {"schedule": "cron(0 6 * * ? *)", "keep_days": 7}}
COPIED = {"daily": {**DAILY["daily"], "copy_keep_days": 7}}
ALERTS, BACKUP, BUDGET = "platform:alerts", "platform:backup", "platform:budget"
REGISTRY, CLUSTER = "platform:registry", "platform:cluster"
GENERAL = f"{CLUSTER}/node_groups/general"
VIEWER = {"principal_arn": "arn:aws:iam::111122223333:role/developer", "access": "view"}
OPERATIONS = [
    (f"{CLUSTER}/version", "1.3", f"{CLUSTER}.version: '1.3' is not a Kubernetes version of"),
    (f"{CLUSTER}/version", "1.34", f"{CLUSTER}.node_version='1.35' is newer than version='1.34'"),
    (
        f"{CLUSTER}/public_access_cidrs",
        ["0.0.0.0/0"],
        f"{CLUSTER}.public_access_cidrs has '0.0.0.0/0'; use /20 or narrower",
    ),
    (f"{CLUSTER}/access", {"all": VIEWER}, f"{CLUSTER}.access names no admin"),
    (f"{CLUSTER}/node_groups", {}, f"{CLUSTER}.node_groups is empty"),
    (f"{GENERAL}/minimum", 3, f"{CLUSTER}.node_groups.general.minimum=3, desired=2"),
    (
        f"{GENERAL}/instance_types",
        ["m7g.large", "m7i.large"],
        f"{CLUSTER}.node_groups.general.instance_types mixes arm64 and x86_64",
    ),
    (f"{GENERAL}/generation", "A", f"{CLUSTER}.node_groups.general.generation='A'"),
    (f"{ALERTS}/critical_emails", {}, f"{ALERTS}.critical_emails is empty"),
    (
        f"{ALERTS}/critical_emails",
        {"team": "nobody"},
        f"{ALERTS}.critical_emails.team has 'nobody'",
    ),
    (
        f"{ALERTS}/slack",
        {"workspace_id": "x", "channel_id": "C0123ABCD"},
        f"{ALERTS}.slack.workspace_id='x'",
    ),
    (f"{BACKUP}/rules", {}, f"{BACKUP}.rules is empty"),
    (f"{BACKUP}/rules", {"daily": {"schedule": "daily", "keep_days": 7}}, f"{BACKUP}.rules.daily"),
    (f"{BACKUP}/rules", COPIED, f"{BACKUP}.rules.daily.copy_keep_days"),
    (f"{BACKUP}/copy_region", "eu-west-1", f"{BACKUP}.copy_region='eu-west-1' is where"),
    (f"{BACKUP}/lock", {"minimum_days": 30, "maximum_days": 7}, f"{BACKUP}.lock"),
    (f"{BACKUP}/break_glass_role_arns", ["somebody"], f"{BACKUP}.break_glass_role_arns has"),
    (f"{BACKUP}/restore_test_schedule", "monthly", f"{BACKUP}.restore_test_schedule: 'monthly'"),
    (f"{BUDGET}/monthly_usd", 0, f"{BUDGET}.monthly_usd: 0; input should be greater"),
    (f"{BUDGET}/emails", ["nobody"], f"{BUDGET}.emails has 'nobody'"),
    (REGISTRY, {"repositories": []}, f"{REGISTRY}.repositories is empty"),
    (
        REGISTRY,
        {"repositories": ["a/b"], "readers": ["111122223333"]},
        f"{REGISTRY}.readers has '111122223333', where the registry is",
    ),
]
REFUSALS = [
    ("aws:region", "mars", "aws:region: 'mars'; string should match"),
    ("aws:region", None, "aws:region: is missing"),
    ("aws:allowedAccountIds", ["12"], "aws:allowedAccountIds[0]: '12'; string should match"),
    ("aws:allowedAccountIds", [], "aws:allowedAccountIds: []; list should have at least 1"),
    ("aws:defaultTags/tags/Owner", None, "aws:defaultTags.tags.Owner: is missing"),
    ("aws:skipMetadata", "x", "aws:skipMetadata: unknown key; it takes aws:region"),
    ("platform:databse", {}, "platform:databse: unknown key; did you mean 'platform:database'?"),
    ("platform:name", "Staging", "platform:name: 'Staging'; string should match"),
    (
        "platform:name",
        "a" * 25,
        "platform:name: 'aaaaaaaaaaaaaaaaaaaaaaaaa'; string should have at",
    ),
    ("platform:protect", "yes", "platform:protect: 'yes'; input should be a valid boolean"),
    (f"{NETWORK}/cidr", "10.0.0.0/25", "platform:network.cidr=10.0.0.0/25; use a prefix length"),
    (f"{NETWORK}/cidr", "8.8.0.0/16", "platform:network.cidr=8.8.0.0/16 is no private range"),
    (f"{NETWORK}/zones", ["eu-west-1a", "us-east-1b"], "platform:network.zones has 'us-east-1b'"),
    (f"{NETWORK}/zones", ["eu-west-1a"], "platform:network.zones has 1; use 2 or more"),
    (f"{NETWORK}/nat", "two", "platform:network.nat: 'two'; input should be 'none', 'single'"),
    (f"{NETWORK}/natt", "none", "platform:network.natt: unknown key; did you mean 'nat'?"),
    (
        f"{NETWORK}/elastic_ip_allocation_ids",
        {"eu-west-1b": "eipalloc-12345678"},
        "platform:network.elastic_ip_allocation_ids has 'eu-west-1b', where no NAT gateway",
    ),
    (f"{NETWORK}/interface_endpoints", ["s3"], "platform:network.interface_endpoints has 's3'"),
    (
        f"{NETWORK}/flow_log_retention_days",
        31,
        "platform:network.flow_log_retention_days: 31 is not a period that CloudWatch Logs keeps; "
        "use 60",
    ),
    (f"{DATABASE}/engine_version", "14", "platform:database.engine_version='14'; name a major"),
    (f"{DATABASE}/engine_version", 17, "platform:database.engine_version: 17; input should be a"),
    (
        f"{DATABASE}/instance_class",
        "db.m7g.larg",
        "platform:database.instance_class: 'db.m7g.larg' is not a class that RDS for PostgreSQL "
        "has; did you mean 'db.m7g.large'?",
    ),
    (f"{DATABASE}/allocated_gib", 10, "platform:database.allocated_gib: 10; input should be gr"),
    (f"{DATABASE}/maximum_gib", 50, "platform:database.maximum_gib=50; use 55 or more"),
    (f"{DATABASE}/backup_retention_days", 0, "platform:database.backup_retention_days: 0; input"),
    (f"{DATABASE}/backup_window", "2-3", "platform:database.backup_window: '2-3'; string should"),
    (
        f"{DATABASE}/maintenance_window",
        "mon:02:30-mon:03:30",
        "platform:database.backup_window='02:00-03:00' overlaps maintenance_window",
    ),
    (
        f"{DATABASE}/restore_to",
        {"source_identifer": "db"},
        "platform:database.restore_to.source_identifer: unknown key; did you mean "
        "'source_identifier'?",
    ),
    (f"{CACHE}/replcas", 1, "platform:cache.replcas: unknown key; did you mean 'replicas'?"),
    (f"{CACHE}/replicas", 6, "platform:cache.replicas: 6; input should be less than or equal to 5"),
    (f"{CACHE}/engine", "memcached", "platform:cache.engine: 'memcached'; input should be"),
    (f"{CACHE}/engine_version", "9.9", "platform:cache.engine_version='9.9'; valkey has 7.2, 8.0"),
    (f"{CACHE}/node_type", "cache.huge", "platform:cache.node_type: 'cache.huge' is not a node"),
    (f"{CACHE}/users", {}, "platform:cache.users is empty"),
    (f"{CACHE}/users", {"app": ">secret on"}, "platform:cache.users.app="),
]


@pytest.mark.parametrize(("path", "value", "told"), [*REFUSALS, *OPERATIONS])
def test_a_mistake_is_told_with_file_key_and_remedy(path: str, value: Any, told: str) -> None:
    lines = problems(changed(path, value))
    assert any(line.startswith(f"{FILE}: {told}") for line in lines), lines


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_files_are_accepted(stack: str) -> None:
    accepted = parse(config(stack), f"Pulumi.{stack}.yaml")
    assert accepted.name == f"platform-{stack}"
    assert accepted.protect is (stack == "production")


def test_production_says_every_key_of_staging_in_the_same_order() -> None:
    def keys(value: Any, path: str = "") -> Iterator[str]:
        for key, inner in value.items() if isinstance(value, dict) else ():
            yield f"{path}.{key}"
            yield from keys(inner, f"{path}.{key}")

    production, staging = list(keys(config("production"))), list(keys(config()))
    assert [key for key in production if key in staging] == staging


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    raw = changed(f"{NETWORK}/cidr", "10.0.0.0/25")
    raw[NETWORK]["zones"] = ["eu-west-1a", "us-east-1b"]
    raw[DATABASE]["instance_class"] = "db.t4g.gigantic"
    raw[CACHE]["replcas"] = 0
    raw[DATABASE]["maintenance_window"] = "mon:02:30-mon:03:30"
    assert len(problems(raw)) == 5


LEAVES = [
    (section, key)
    for section in (NETWORK, DATABASE, CACHE)
    for key in config()[section]
    if key != "users"
]


@given(
    where=st.sampled_from(LEAVES),
    letters=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12),
)
def test_an_unknown_key_is_refused_by_its_path(where: tuple[str, str], letters: str) -> None:
    section, key = where
    raw = copy.deepcopy(config())
    unknown = f"{key}{letters}"
    if unknown in reading._keys_beside((section, unknown)):
        return
    raw[section][unknown] = 1
    assert any(f"{section}.{unknown}: unknown key" in line for line in problems(raw))


@given(
    zones=st.sets(st.sampled_from("abcdefgh"), min_size=2),
    third=st.integers(0, 255),
    days=st.integers(1, 35),
    allocated=st.integers(20, 1000),
    more=st.integers(100, 2000),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_is_in_range_is_accepted_and_reads_the_same_again(
    zones: set[str], third: int, days: int, allocated: int, more: int
) -> None:
    raw = copy.deepcopy(config())
    raw[NETWORK] |= {
        "cidr": f"10.{third}.0.0/16",
        "zones": [f"eu-west-1{z}" for z in sorted(zones)],
    }
    raw[DATABASE] |= {
        "backup_retention_days": days,
        "allocated_gib": allocated,
        "maximum_gib": allocated + more,
    }
    accepted = parse(raw, FILE)
    assert parse(accepted.model_dump(by_alias=True), FILE) == accepted


def test_an_encrypted_value_has_no_place_in_a_stack_file() -> None:
    texts = {
        key: json.dumps(value) if isinstance(value, dict | list | bool) else value
        for key, value in config().items()
    }
    runtime_config.set_all_config(texts, ["platform:name"])
    try:
        with pytest.raises(pulumi.RunError, match="platform:name: is encrypted"):
            settings.load()
        runtime_config.set_all_config(texts, [])
        assert settings.load().name == "platform-staging"
    finally:
        runtime_config.set_all_config({}, [])


def test_the_schema_and_its_page_are_fresh() -> None:
    assert schema.FILE.read_text() == schema.text(), "write it anew with: make schema"
    assert reference.FILE.read_text() == reference.text(), "write it anew with: make schema"


@pytest.mark.parametrize("stack", STACKS)
def test_the_schema_accepts_the_stack_files_which_name_it(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=schema/stack.schema.json")
    jsonschema.Draft202012Validator(schema.stack_schema()).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{CACHE}/replcas", 0),
        (f"{DATABASE}/instance_class", "db.huge"),
        (f"{DATABASE}/backup_retention_days", 36),
        (f"{NETWORK}/flow_log_retention_days", 31),
        ("aws:defaultTags/tags/Owner", None),
    ],
)
def test_the_schema_refuses_what_the_settings_refuse(path: str, value: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema.stack_schema())
    assert not validator.is_valid({"config": changed(path, value)})
