"""One command at a time drives the engine; what a killed one left is cleared away."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .home import Home


class BusyError(Exception):
    """Another command drives the engine; the text says which."""


@contextmanager
def held(home: Home, command: str) -> Iterator[None]:
    """Hold the sandbox's lock for a command.

    Raises:
        BusyError: another living process holds it.
    """
    with home.lock_file.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another command"
            raise BusyError(
                f"`{holder}` is at work on this sandbox; wait for its end, or end it, and try again"
            ) from error
        file.truncate(0)
        file.write(f"{command} (process {os.getpid()})")
        file.flush()
        yield


def clear_dead_engine_locks(home: Home) -> None:
    """The file backend's lock of an engine that was killed would refuse every later one."""
    for file in (home.state / ".pulumi" / "locks").rglob("*.json"):
        try:
            pid = json.loads(file.read_text())["pid"]
        except (ValueError, KeyError, OSError):
            pid = None
        if pid is None or not _lives(pid):
            file.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() if Path("/proc/self").exists() else _answers(pid)


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
