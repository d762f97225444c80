import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.lock import BusyError, clear_dead_engine_locks, held


def test_a_second_command_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        held(Home(tmp_path), "up"),
        pytest.raises(BusyError, match=rf"up \(process {os.getpid()}\)"),
        held(Home(tmp_path), "destroy"),
    ):
        pass


def test_the_lock_is_free_again_after_the_command(tmp_path: Path) -> None:
    for _ in range(2):
        with held(Home(tmp_path), "up"):
            pass


def test_only_the_locks_of_dead_engines_are_cleared(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    locks = Home(tmp_path).state / ".pulumi" / "locks" / "organization" / "a"
    locks.mkdir(parents=True)
    for name, pid in (("dead", ended.pid), ("living", os.getpid())):
        (locks / f"{name}.json").write_text(json.dumps({"pid": pid}))
    clear_dead_engine_locks(Home(tmp_path))
    assert [each.stem for each in locks.iterdir()] == ["living"]
