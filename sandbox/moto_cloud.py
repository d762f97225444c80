"""moto as the sandbox runs it: its settings, the calls it lacks, and a clean start."""

import functools
import threading
from typing import Any

from moto.core.base_backend import BackendDict, backend_lock
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from .aws import extensions
from .aws.extensions import records

MOTO_CONFIG: Any = {"iam": {"load_aws_managed_policies": True}}


# moto's stores are plain dictionaries: a list of one fails while another thread adds to it.
_ONE_CALL = threading.RLock()


def reset() -> None:
    """Complete moto, and forget everything in every account and region."""
    extensions.install()
    _one_call_at_a_time(BotocoreStubber, "process_request")
    _one_call_at_a_time(DomainDispatcherApplication, "__call__")
    records.forget()
    # moto's own reset builds each backend anew before it drops it.
    with backend_lock:
        for backend in BackendDict._instances:
            backend.clear()
        BackendDict._instances.clear()


def _one_call_at_a_time(way_in: type, name: str) -> None:
    """Let one thread at a time into moto, by whichever way."""
    enter = getattr(way_in, name)
    if hasattr(enter, "__wrapped__"):
        return

    @functools.wraps(enter)
    def call(*arguments: Any, **named: Any) -> Any:
        with _ONE_CALL:
            return enter(*arguments, **named)

    setattr(way_in, name, call)
