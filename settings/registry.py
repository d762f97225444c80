"""The `registry` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from components.registry import problems_of_repositories
from settings.section import Section, texts


class RegistrySettings(Section):
    """Repositories of images, in the one account that owns them."""

    repositories: list[str]
    """e.g. "platform/api". A name never changes."""
    readers: list[Annotated[str, Field(pattern=r"^\d{12}$")]] = Field(default=[])
    """Other accounts whose roles may pull."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    if texts(repositories := section.get("repositories")):
        yield from problems_of_repositories(repositories)
    accounts = stack.get("aws:allowedAccountIds")
    readers = section.get("readers")
    if texts(accounts) and texts(readers) and set(accounts) & set(readers):
        yield f"readers has {accounts[0]!r}, where the registry is; leave it out"
