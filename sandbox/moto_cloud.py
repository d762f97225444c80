"""moto as the sandbox runs it: its settings, the calls it lacks, and a clean start."""

from typing import Any

from moto.core.base_backend import BackendDict, backend_lock

from .aws import extensions

MOTO_CONFIG: Any = {"iam": {"load_aws_managed_policies": True}}


def reset() -> None:
    """Complete moto, and forget everything in every account and region."""
    extensions.install()
    extensions.forget()
    # moto's own reset builds each backend anew before it drops it.
    with backend_lock:
        for backend in BackendDict._instances:
            backend.clear()
        BackendDict._instances.clear()
