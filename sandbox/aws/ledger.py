"""What the sandbox made, by URN: how a killed run is mended and drift is told from noise."""

import threading
from collections import defaultdict
from dataclasses import dataclass

from ..provider import Properties, Resource


@dataclass(frozen=True)
class Entry:
    """One thing that exists: as it was asked for, and as moto showed it right after."""

    resource: Resource
    live: Properties


class Ledger:
    """Entries by URN and id; safe to use from all of the server's threads."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._seen: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def seen(self, urn: str, id: str) -> None:
        """The engine's state holds this id."""
        with self._lock:
            self._seen.add((urn, id))

    def orphans(self, urn: str) -> list[Resource]:
        """What was made for a URN and never mentioned by an engine again.

        An engine compares or reads what its state holds before it makes another one.
        """
        with self._lock:
            return [
                entry.resource
                for id_, entry in self._entries[urn].items()
                if (urn, id_) not in self._seen
            ]

    def put(self, entry: Entry) -> None:
        """Note what was made or changed."""
        with self._lock:
            self._entries[entry.resource.urn][entry.resource.id] = entry

    def get(self, urn: str, id: str) -> Entry | None:
        """The entry of one thing."""
        with self._lock:
            return self._entries[urn].get(id)

    def drop(self, urn: str, id: str) -> None:
        """It is gone."""
        with self._lock:
            self._entries[urn].pop(id, None)
            self._seen.discard((urn, id))

    def entries(self) -> list[Entry]:
        """Everything that exists."""
        with self._lock:
            return [entry for found in self._entries.values() for entry in found.values()]

    def ids(self, *types: str) -> set[str]:
        """The ids of all things of some types."""
        return {entry.resource.id for entry in self.entries() if entry.resource.type in types}
