"""pulumi-kubernetes: providers are accepted; there is no Kubernetes API to apply objects to yet."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from .provider import Failure, GoneError, Properties, RefusedError, Resource


class KubernetesPackage:
    """What the engine asks of `kubernetes`."""

    name = "kubernetes"

    def __init__(self) -> None:
        self.version = version("pulumi-kubernetes")

    def configure(self, config: Mapping[str, Any]) -> None:
        """Any cluster's provider is taken."""

    def seen(self, urn: str, id: str) -> None:
        """Nothing exists."""

    def orphans(self, urn: str) -> list[Resource]:
        """Nothing exists."""
        return []

    def summary(self) -> Properties:
        """Nothing exists."""
        return {}

    def check(
        self, resource: Resource, old: Properties, seed: bytes
    ) -> tuple[Properties, Iterable[Failure]]:
        """Refuse every object by name."""
        return resource.inputs, [
            Failure("", f"the sandbox has no Kubernetes API for {resource.type}")
        ]

    def outputs(self, type_: str) -> Iterable[str]:
        """Nothing can be made."""
        return ()

    def given_inside(self, type_: str) -> Mapping[str, Iterable[str]]:
        """No property has fields."""
        return {}

    def replaces(self, resource: Resource, changed: str) -> bool:
        """Nothing can be changed."""
        return False

    def deletes_first(self, resource: Resource) -> bool:
        """Nothing can be replaced."""
        return False

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Nothing can be made."""
        raise RefusedError(f"the sandbox has no Kubernetes API for {resource.type}")

    def read(self, resource: Resource) -> tuple[Properties, Properties]:
        """Nothing exists."""
        raise GoneError(resource.id)

    def update(self, resource: Resource, old: Properties) -> Properties:
        """Nothing exists."""
        raise GoneError(resource.id)

    def delete(self, resource: Resource) -> None:
        """Nothing exists."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Nothing can be looked up."""
        raise RefusedError(f"the sandbox has no Kubernetes API for {token}")
