"""eks."""

from ..kinds import Kind

KINDS: dict[str, Kind] = {}
