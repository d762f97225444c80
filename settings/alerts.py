"""The `alerts` section."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from components.alert_routes import SlackChannel, problems_of_emails, problems_of_slack
from settings.section import Section, named_texts, texts


class SlackSettings(Section):
    """A Slack channel. AWS Chatbot is authorised in the workspace once, by hand."""

    workspace_id: str
    """e.g. "T0123ABCD"."""
    channel_id: str
    """e.g. "C0123ABCD"."""


class AlertsSettings(Section):
    """Who is told of what."""

    critical_emails: dict[str, str]
    """What wakes people, by label: a mailbox, or the address of a PagerDuty e-mail integration."""
    warning_emails: dict[str, str] = Field(default={})
    """What is read in the morning, by label."""
    slack: SlackSettings | None = None
    """Where warnings go too."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    for name in ("critical_emails", "warning_emails"):
        if named_texts(emails := section.get(name, {})):
            yield from problems_of_emails(name, emails)
    if section.get("critical_emails") == {}:
        yield "critical_emails is empty; name whom a critical alarm wakes"
    slack = section.get("slack")
    if isinstance(slack, dict):
        ids = [slack.get("workspace_id"), slack.get("channel_id")]
        if texts(ids):
            yield from problems_of_slack(SlackChannel(workspace_id=ids[0], channel_id=ids[1]))
