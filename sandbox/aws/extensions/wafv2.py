"""wafv2."""

from .records import Recorded

RECORDED: tuple[Recorded, ...] = ()


def install() -> None:
    """Give moto's class the calls it lacks."""
