"""The cloud's process as the commands see it: started, asked, stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from .home import Home
from .provider import SUMMARY
from .wire import from_struct

SECONDS_TO_START = 60


class CloudError(Exception):
    """The cloud did not start; the text says why."""


@dataclass(frozen=True)
class Cloud:
    """Where a running cloud listens."""

    id: str
    pid: int
    endpoint: str
    packages: Mapping[str, int]

    @property
    def dashboard(self) -> str:
        """moto's own page, which lists everything that it holds."""
        return f"{self.endpoint}/moto-api/"

    def resources(self) -> dict[str, dict[str, Any]]:
        """What exists: type → {"count", "recorded"}.

        Raises:
            grpc.RpcError: nobody answers.
        """
        found: dict[str, dict[str, Any]] = {}
        for port in self.packages.values():
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                request = provider_pb2.InvokeRequest(tok=SUMMARY)
                answer = stub.Invoke(request, timeout=10)
            found |= from_struct(getattr(answer, "return"))
        return found


def running(home: Home) -> Cloud | None:
    """The cloud of this folder, when it answers."""
    try:
        cloud = Cloud(**json.loads(home.cloud_file.read_text()))
        cloud.resources()
    except (OSError, ValueError, TypeError, grpc.RpcError):
        return None
    return cloud


def start(home: Home) -> Cloud:
    """The running cloud, or a new one.

    Raises:
        CloudError: its process ended, or says nothing.
    """
    if cloud := running(home):
        return cloud
    home.cloud_file.unlink(missing_ok=True)
    root = str(Path(__file__).parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with home.cloud_log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "sandbox.cloud", str(home.cloud_file)],
            cwd=home.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if home.cloud_file.exists() and (cloud := running(home)):
            return cloud
        time.sleep(0.05)
    process.kill()
    tail = home.cloud_log.read_text(errors="replace").strip()[-800:]
    raise CloudError(f"the embedded cloud did not start; {home.cloud_log} ends with:\n{tail}")


def stop(home: Home) -> bool:
    """End the cloud; whether one ran."""
    cloud = running(home)
    if not cloud:
        return False
    os.kill(cloud.pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while home.cloud_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return True
