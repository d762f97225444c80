"""The `budget` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from components.contacts import problem_of_email
from settings.section import Section, found, texts


class BudgetSettings(Section):
    """What the account may cost."""

    monthly_usd: Annotated[int, Field(ge=1)]
    """US dollars a month; told at 80 % and 100 %, and when the forecast is above."""
    emails: Annotated[list[str], Field(max_length=10)] = Field(default=[])
    """Told beside the topic of warnings."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    if texts(emails := section.get("emails", [])):
        for email in emails:
            yield from found(problem_of_email("emails", email))
