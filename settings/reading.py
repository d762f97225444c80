"""Reading a stack file: typed, and every mistake named at once, before anything is registered.

`parse` is the whole of it; `load` hands it what the engine read from Pulumi.<stack>.yaml.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings import alerts, backup, budget, cache, cluster, database, network, registry
from settings.section import PROJECT
from settings.stack import REQUIRED_TAGS, Settings

NAMESPACES = ("aws:", f"{PROJECT}:")
SECTIONS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]] = {
    "network": network.problems,
    "database": database.problems,
    "cache": cache.problems,
    "cluster": cluster.problems,
    "alerts": alerts.problems,
    "backup": backup.problems,
    "budget": budget.problems,
    "registry": registry.problems,
}


class SettingsError(pulumi.RunError):
    """Everything that is wrong with a stack file, a line each."""


def load() -> Settings:
    """The settings of the stack that the engine is running.

    Raises:
        SettingsError: the stack file has mistakes; all of them, a line each.
    """
    given = runtime_config.CONFIG.get() or runtime_config.get_config_env()
    ours = {key: text for key, text in given.items() if key.startswith(NAMESPACES)}
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    secrets = [key for key in sorted(ours) if runtime_config.is_config_secret(key)]
    problems = [
        f"{file}: {key}: is encrypted; AWS keeps this platform's secrets, a stack file has none"
        for key in secrets
    ]
    return parse({key: _decoded(text) for key, text in ours.items()}, file, problems)


def parse(raw: Mapping[str, Any], file: str, found: list[str] | None = None) -> Settings:
    """The settings in the content of a stack file's `config`.

    Raises:
        SettingsError: with each problem on a line: file, key, what is wrong and what to use.
    """
    settings, problems = None, list(found or [])
    try:
        settings = Settings.model_validate(dict(raw))
    except ValidationError as error:
        problems += [f"{file}: {_told(each)}" for each in error.errors()]
    problems += [f"{file}: {problem}" for problem in dict.fromkeys(_across(raw))]
    if problems or settings is None:
        raise SettingsError("\n".join(problems))
    return settings


def _decoded(text: Any) -> Any:
    """Pulumi hands objects and numbers over as JSON, and a plain text as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _told(error: ErrorDetails) -> str:
    path = _path(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = _keys_beside(error["loc"])
            near = get_close_matches(str(error["loc"][-1]), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}"
            return f"{path}: unknown key; {hint}"
        case "missing":
            return f"{path}: is missing"
        case "value_error":
            return f"{path}: {error['ctx']['error']}"
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{path}: {error['input']!r}; {message}"


def _path(location: tuple[int | str, ...]) -> str:
    first, *rest = location
    return str(first) + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the section knows in which a key was found."""
    model: Any = Settings
    for step in location[:-1]:
        field = next(f for n, f in model.model_fields.items() if step in (n, f.alias))
        model = next(
            kind
            for kind in (field.annotation, *getattr(field.annotation, "__args__", ()))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return [field.alias or name for name, field in model.model_fields.items()]


def _across(raw: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells: each check runs where the keys it reads are of their type."""
    tags = raw.get("aws:defaultTags")
    if isinstance(tags, dict) and isinstance(tags.get("tags"), dict):
        for tag in REQUIRED_TAGS:
            if not tags["tags"].get(tag):
                yield f"aws:defaultTags.tags.{tag}: is missing"
    for name, problems in SECTIONS.items():
        section = raw.get(f"{PROJECT}:{name}")
        if isinstance(section, dict):
            for problem in problems(section, raw):
                yield f"{PROJECT}:{name}.{problem}"
