"""Loading ahead of time: a client takes a tenth of a second to make, a schema up to two."""

import contextlib

from ..sdk import UnknownTypeError, schema
from .derive import AmbiguousError, complete
from .session import Session
from .tables import KINDS


def warm_up(session: Session) -> None:
    """Make what every program of the tables' types needs."""
    for token, kind in KINDS.items():
        with contextlib.suppress(UnknownTypeError, AmbiguousError):
            schema(token)
            session.client(complete(token, kind).service)
