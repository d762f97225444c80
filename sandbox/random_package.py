"""pulumi-random: values that are drawn once and then kept in the state.

https://www.pulumi.com/registry/packages/random/api-docs/
"""

import base64
import random
import secrets
import string
import uuid
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any

from .provider import Failure, Properties, RefusedError, Resource
from .sdk import UnknownTypeError, problems, schema

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
ADJECTIVES = "able bold brave calm clear eager fair fine glad keen kind neat quick sound warm wise"
ANIMALS = "ant bear cat crow deer dove duck elk fox hare hawk lark lynx mole newt otter owl wren"
SYSTEM = secrets.SystemRandom()


def _text(inputs: Properties) -> str:
    """`length` characters that hold the asked minimum of each class."""
    classes = (
        (string.ascii_lowercase, "lower", "minLower"),
        (string.ascii_uppercase, "upper", "minUpper"),
        (string.digits, "numeric", "minNumeric"),
        (inputs.get("overrideSpecial") or SPECIAL, "special", "minSpecial"),
    )
    allowed = [
        (chars, inputs.get(least, 0)) for chars, on, least in classes if inputs.get(on, True)
    ]
    picked = [secrets.choice(chars) for chars, least in allowed for _ in range(least)]
    if len(picked) > inputs["length"] or not allowed:
        raise RefusedError(
            f"length={inputs['length']}; the minimum of each class adds up to {len(picked)}"
        )
    every = "".join(chars for chars, _ in allowed)
    picked += [secrets.choice(every) for _ in range(inputs["length"] - len(picked))]
    SYSTEM.shuffle(picked)
    return "".join(picked)


def _string(inputs: Properties) -> tuple[str, Properties]:
    result = _text(inputs)
    return result, {"result": result}


def _password(inputs: Properties) -> tuple[str, Properties]:
    return "none", {"result": _text(inputs)}


def _id(inputs: Properties) -> tuple[str, Properties]:
    drawn, prefix = secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    return url, {
        "b64Std": prefix + base64.b64encode(drawn).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(drawn)),
        "hex": prefix + drawn.hex(),
    }


def _bytes(inputs: Properties) -> tuple[str, Properties]:
    drawn = secrets.token_bytes(inputs["length"])
    return "none", {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _integer(inputs: Properties) -> tuple[str, Properties]:
    source = random.Random(inputs["seed"]) if inputs.get("seed") else SYSTEM  # noqa: S311
    result = source.randint(inputs["min"], inputs["max"])
    return str(result), {"result": result}


def _shuffle(inputs: Properties) -> tuple[str, Properties]:
    source = random.Random(inputs["seed"]) if inputs.get("seed") else SYSTEM  # noqa: S311
    items = list(inputs["inputs"])
    source.shuffle(items)
    count = inputs.get("resultCount", len(items))
    return "-", {"results": (items * (count // max(len(items), 1) + 1))[:count]}


def _pet(inputs: Properties) -> tuple[str, Properties]:
    length, separator = inputs.get("length", 2), inputs.get("separator", "-")
    words = [secrets.choice(ADJECTIVES.split()) for _ in range(length - 1)]
    words.append(secrets.choice(ANIMALS.split()))
    name = separator.join([inputs["prefix"], *words] if inputs.get("prefix") else words)
    return name, {"length": length, "separator": separator}


def _uuid(inputs: Properties) -> tuple[str, Properties]:
    result = str(uuid.uuid4())
    return result, {"result": result}


DRAW: Mapping[str, Callable[[Properties], tuple[str, Properties]]] = {
    "random:index/randomString:RandomString": _string,
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomId:RandomId": _id,
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomShuffle:RandomShuffle": _shuffle,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomUuid:RandomUuid": _uuid,
    "random:index/randomUuid4:RandomUuid4": _uuid,
}


class RandomPackage:
    """What the engine asks of `random`; the values live in the engine's state alone."""

    name = "random"

    def __init__(self) -> None:
        self.version = version("pulumi-random")

    def configure(self, config: Mapping[str, Any]) -> None:
        """The package has no configuration."""

    def seen(self, urn: str, id: str) -> None:
        """Nothing exists outside the state."""

    def orphans(self, urn: str) -> list[Resource]:
        """Nothing exists outside the state."""
        return []

    def summary(self) -> Properties:
        """Nothing exists outside the state."""
        return {}

    def check(
        self, resource: Resource, old: Properties, seed: bytes
    ) -> tuple[Properties, Iterable[Failure]]:
        """Property names and types by the schema."""
        if resource.type not in DRAW:
            known = ", ".join(sorted(name.split(":")[-1] for name in DRAW))
            reason = f"the sandbox does not know {resource.type}; it knows {known}"
            return resource.inputs, [Failure("", reason)]
        try:
            wanted = schema(resource.type)
        except UnknownTypeError:
            return resource.inputs, [Failure("", f"pulumi-random has no type {resource.type}")]
        return resource.inputs, list(problems(wanted.inputs, resource.inputs))

    def outputs(self, type_: str) -> Iterable[str]:
        """The properties that one of the type has once it is made."""
        return schema(type_).outputs

    def given_inside(self, type_: str) -> Mapping[str, Iterable[str]]:
        """No property has fields."""
        return {}

    def replaces(self, resource: Resource, changed: str) -> bool:
        """A value is never changed, only drawn again."""
        return True

    def deletes_first(self, resource: Resource) -> bool:
        """Old and new values live side by side."""
        return False

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Draw it."""
        id_, drawn = DRAW[resource.type](resource.inputs)
        return id_, {**resource.inputs, **drawn}

    def read(self, resource: Resource) -> tuple[Properties, Properties]:
        """The state is all there is."""
        return resource.inputs, resource.state

    def update(self, resource: Resource, old: Properties) -> Properties:
        """Every change replaces."""
        raise RefusedError(f"{resource.type} cannot be changed in place")

    def delete(self, resource: Resource) -> None:
        """Forgetting the state forgets the value."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """The package has no look-ups."""
        raise RefusedError(f"the sandbox has no answer to {token}")
