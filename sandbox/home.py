"""Where the sandbox keeps what it needs between two commands."""

import os
from dataclasses import dataclass
from pathlib import Path

PASSPHRASE = "sandbox"  # noqa: S105  the state holds nothing but what an emulator made up


@dataclass(frozen=True)
class Home:
    """One folder, `.sandbox` in the current directory or what SANDBOX_HOME names."""

    root: Path

    @classmethod
    def find(cls) -> "Home":
        """The home of this invocation, made when it is missing; only its owner can read it."""
        root = Path(os.environ.get("SANDBOX_HOME") or ".sandbox").resolve()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(root)

    @property
    def cloud_file(self) -> Path:
        """Where the running cloud listens."""
        return self.root / "cloud.json"

    @property
    def cloud_log(self) -> Path:
        """What the cloud's process writes."""
        return self.root / "cloud.log"

    @property
    def lock_file(self) -> Path:
        """Held by the command that drives the engine."""
        return self.root / "run.lock"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.root / "state"


def cache() -> Path:
    """The user's cache folder for this tool, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pulumi-sandbox"
