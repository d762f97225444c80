"""How one resource type of pulumi-aws is made of AWS calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .template import properties


@dataclass(frozen=True)
class Call:
    """One operation with its parameters as a template."""

    operation: str
    parameters: Mapping[str, Any]
    service: str = ""

    @property
    def takes(self) -> frozenset[str]:
        """The properties that this call accounts for."""
        return frozenset(properties(self.parameters))


@dataclass(frozen=True)
class Read:
    """A call that shows what is there; `path` finds it in the answer (JMESPath)."""

    operation: str
    parameters: Mapping[str, Any]
    path: str = "@"
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The calls behind one resource type. What is empty is derived from botocore's model.

    The functions take (session, resource, old inputs); `old` is empty at creation.
    """

    service: str = ""
    noun: str = ""
    """AWS's name of the thing: "DBInstance"."""
    create: str = ""
    create_with: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the creation that are no plain property."""
    variants: Mapping[str, str] = field(default_factory=dict)
    """Another creating operation where a property is given: {"snapshotIdentifier": "Restore…"}."""
    prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """The inputs in the nesting that AWS has, before any conversion."""
    id: str = ""
    """Template of the id; AWS's identifier where empty."""
    read: Read | None = None
    also_read: tuple[Read, ...] = ()
    update: tuple[str, ...] = ()
    update_with: Mapping[str, Any] = field(default_factory=dict)
    delete: tuple[Call, ...] = ()
    after: tuple[Call, ...] = ()
    """Calls that follow the creation, and a change of what they take."""
    rename: Mapping[str, str | None] = field(default_factory=dict)
    local: frozenset[str] = frozenset()
    """Inputs that only the provider uses; AWS never sees them."""
    kept: frozenset[str] = frozenset()
    """Inputs that AWS takes and moto does not: they stay in the state and change nothing."""
    fixed: frozenset[str] = frozenset()
    """Inputs that AWS cannot change in place although an update call would take them."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    given_inside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that AWS fills in, inside properties that the program gives."""
    autoname: str = ""
    """The property that Pulumi names when the program does not."""
    autoname_lower: bool = False
    tag: Call | None = None
    untag: Call | None = None
    tag_type: str = ""
    """EC2's resource type in a tag specification."""
    deletes_first: bool = False
    settled: frozenset[str] = frozenset()
    """Outputs that change by themselves; a refresh does not call that drift."""
    make: Callable[..., tuple[str, dict[str, Any]]] | None = None
    """Creation where no template can say it: (session, resource, tags) → id, answer."""
    makes: frozenset[str] = frozenset()
    """The properties that `make` accounts for."""
    apply: Callable[..., None] | None = None
    """Runs after creation and after a change of what it `applies`."""
    applies: frozenset[str] = frozenset()
    alter: Callable[..., None] | None = None
    """Runs after a change of what it `alters`; the creation took these itself."""
    alters: frozenset[str] = frozenset()
    before_delete: Callable[..., None] | None = None
    """Takes away what stands in the way of the deletion."""
    remove: Callable[..., None] | None = None
    """Runs in place of the deletion."""
    look: Callable[..., dict[str, Any] | None] | None = None
    """Reading likewise: (session, resource, ledger) → AWS's answer, or None when gone."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
