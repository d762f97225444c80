"""The stack files' keys as a page: what each is, what it takes, and what is taken without it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import stack_schema

FILE = Path(__file__).parent.parent / "docs" / "settings.md"
LISTED = 6
HEAD = """# Settings

What `Pulumi.<stack>.yaml` holds under `config`. `make schema` writes this page from `settings`.
Keys without a default have to be given; a key that is not here is an error.
"""


def text() -> str:
    """The page, in Markdown."""
    schema = stack_schema()
    return HEAD + "".join(_section("", schema["properties"]["config"], schema["$defs"]))


def _section(path: str, section: Mapping[str, Any], defined: Mapping[str, Any]) -> Iterator[str]:
    rows, inner = [], []
    for key, field in section["properties"].items():
        target = _target(field, defined)
        if "properties" in target:
            inner.append((f"{path}{key}", target))
        rows.append(f"| `{key}` | {_words(field, target)} | {_takes(target)} | {_default(field)} |")
    if path:
        yield f"\n## `{path.rstrip('.')}`\n\n{section.get('description', '')}\n"
    yield "\n| key | what | takes | default |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    for name, target in inner:
        yield from _section(f"{name}.", target, defined)


def _target(field: Mapping[str, Any], defined: Mapping[str, Any]) -> Mapping[str, Any]:
    """The field's own schema, behind its reference and its "or null"."""
    for option in field.get("anyOf", ()):
        if option.get("type") != "null":
            return _target(option, defined)
    if reference := field.get("$ref"):
        return dict(defined[reference.rsplit("/", 1)[-1]])
    return field


def _words(field: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    return str(field.get("description") or target.get("description", "")).replace("\n", " ")


def _takes(target: Mapping[str, Any]) -> str:
    if values := target.get("enum"):
        shown = ", ".join(f"`{value}`" for value in values[:LISTED])
        return shown + (f" and {len(values) - LISTED} more" if len(values) > LISTED else "")
    match target.get("type"):
        case "integer" if "maximum" in target:
            return f"{target['minimum']} to {target['maximum']}"
        case "array":
            return f"a list of {target['items'].get('type', 'value')}s"
        case "object" if "properties" in target:
            return "the keys below"
        case "object":
            return "texts by name"
    return str(target.get("type", ""))


def _default(field: Mapping[str, Any]) -> str:
    if "default" not in field:
        return ""
    return "absent" if field["default"] is None else f"`{json.dumps(field['default'])}`"
