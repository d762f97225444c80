"""Where people are reached: what e-mail, Slack and PagerDuty take as an address."""

import re

EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9](-?[A-Za-z0-9])*(\.[A-Za-z0-9](-?[A-Za-z0-9])*)+")


def problem_of_email(field: str, address: str) -> str | None:
    """What is wrong with an e-mail address."""
    if EMAIL.fullmatch(address):
        return None
    return f"{field} has {address!r}; use an e-mail address, e.g. 'platform@example.com'"


def problem_of_slack_id(field: str, value: str, kind: str) -> str | None:
    """What is wrong with the id of a Slack workspace (T…) or channel (C…, G…)."""
    first = {"workspace": "T", "channel": "CG"}[kind]
    if re.fullmatch(rf"[{first}][A-Z0-9]{{8,11}}", value):
        return None
    return f"{field}={value!r}; use the {kind}'s id from Slack, e.g. '{first[0]}0123456789'"


def problem_of_https_url(field: str, url: str) -> str | None:
    """What is wrong with an HTTPS address; it is a secret, so the error leaves it out."""
    if re.fullmatch(r"https://[A-Za-z0-9.-]+(:443)?/\S+", url):
        return None
    return f"{field}: use an address that begins with https:// and has a path"
