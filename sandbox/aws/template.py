"""Parameters written down with holes: {"VpcId": "{id}", "Value": "{enableDnsSupport}"}."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath

HOLE = re.compile(r"\{(!?[A-Za-z_][^{}]*)\}")
QUOTED = re.compile(r"'[^']*'|`[^`]*`")
FIRST_NAMES = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w*\()")
MISSING = object()
CONTEXT = frozenset(
    {"id", "result", "account", "region", "live", "tags", "tagList", "gone", "goneList"}
)


def fill(template: Any, context: Mapping[str, Any]) -> Any:
    """The template with its holes filled; an entry with an empty hole is MISSING and goes."""
    if isinstance(template, str):
        return _fill_text(template, context)
    if isinstance(template, Mapping):
        filled = {key: fill(value, context) for key, value in template.items()}
        if template and all(value is MISSING for value in filled.values()):
            return MISSING
        return {key: value for key, value in filled.items() if value is not MISSING}
    if isinstance(template, list):
        items = [fill(item, context) for item in template]
        return MISSING if MISSING in items else items
    return template


def _fill_text(template: str, context: Mapping[str, Any]) -> Any:
    whole = HOLE.fullmatch(template)
    if whole:
        value = jmespath.search(whole[1], context)
        return MISSING if value is None else value
    values = [jmespath.search(hole, context) for hole in HOLE.findall(template)]
    if None in values:
        return MISSING
    texts = iter(values)
    return HOLE.sub(lambda _: str(next(texts)), template)


def properties(template: Any) -> Iterator[str]:
    """The properties of the resource that a template takes in."""
    if isinstance(template, str):
        for hole in HOLE.findall(template):
            yield from set(FIRST_NAMES.findall(QUOTED.sub("", hole))) - CONTEXT
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from properties(value)
    elif isinstance(template, list):
        for value in template:
            yield from properties(value)
