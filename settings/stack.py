"""One stack file, whole."""

from typing import Annotated

from pydantic import Field

from settings.alerts import AlertsSettings
from settings.backup import BackupSettings
from settings.budget import BudgetSettings
from settings.cache import CacheSettings
from settings.cluster import ClusterSettings
from settings.database import DatabaseSettings
from settings.network import NetworkSettings
from settings.registry import RegistrySettings
from settings.section import PROJECT, Section

REQUIRED_TAGS = ("Project", "Environment", "Owner", "CostCenter")
# "-database-replica-15" and the like have to fit behind it, within what AWS takes.
NAME_LENGTH = 24


class Tags(Section):
    """The tags that every resource of the stack carries."""

    tags: Annotated[dict[str, str], Field(json_schema_extra={"required": list(REQUIRED_TAGS)})]
    """Project, Environment, Owner and CostCenter, and any other."""


class Settings(Section):
    """One stack file."""

    region: Annotated[str, Field(alias="aws:region", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    """Where everything is."""
    account_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^\d{12}$")]],
        Field(alias="aws:allowedAccountIds", min_length=1, max_length=1),
    ]
    """The one account that this stack may be deployed to."""
    default_tags: Annotated[Tags, Field(alias="aws:defaultTags")]
    name: Annotated[
        str,
        Field(alias=f"{PROJECT}:name", pattern=r"^[a-z](-?[a-z0-9])*$", max_length=NAME_LENGTH),
    ]
    """What every name of this stack in AWS begins with."""
    protect: Annotated[bool, Field(alias=f"{PROJECT}:protect")]
    """Refuse to delete or replace what holds data."""
    network: Annotated[NetworkSettings, Field(alias=f"{PROJECT}:network")]
    database: Annotated[DatabaseSettings, Field(alias=f"{PROJECT}:database")]
    cache: Annotated[CacheSettings, Field(alias=f"{PROJECT}:cache")]
    cluster: Annotated[ClusterSettings, Field(alias=f"{PROJECT}:cluster")]
    alerts: Annotated[AlertsSettings, Field(alias=f"{PROJECT}:alerts")]
    backup: Annotated[BackupSettings, Field(alias=f"{PROJECT}:backup")]
    budget: Annotated[BudgetSettings, Field(alias=f"{PROJECT}:budget")]
    registry: Annotated[RegistrySettings | None, Field(alias=f"{PROJECT}:registry")] = None

    @property
    def account_id(self) -> str:
        """The account of the stack."""
        return self.account_ids[0]
