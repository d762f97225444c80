"""load_balancing."""

from ..kinds import Kind

KINDS: dict[str, Kind] = {}
