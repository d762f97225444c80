"""Secret material that lies in the clear in a state file."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAMES = re.compile(
    r"(password|passwd|token|private_?key|secret_?(string|key|binary)|api_?key)$", re.IGNORECASE
)
MATERIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
    r"|\bxox[abprs]-[\w-]{10,}"
    r"|\bgh[pousr]_\w{30,}"
    r"|\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|://[^/\s:@]+:[^/\s:@]+@"
)


def in_clear(value: Any, path: str = "") -> Iterator[str]:
    """The paths of what must not be readable; what the engine encrypted is not."""
    if isinstance(value, Mapping):
        if "ciphertext" in value:
            return
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            if isinstance(item, str) and item and NAMES.search(str(key)):
                yield inner
            else:
                yield from in_clear(item, inner)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from in_clear(item, f"{path}[{number}]")
    elif isinstance(value, str) and MATERIAL.search(value):
        yield path
