"""Refusing bad arguments: everything that is wrong, in one error, before anything is registered."""

import re


def refuse(kind: str, *problems: str | None) -> None:
    """Raise when there is a problem.

    Raises:
        ValueError: one line for each problem, written as `field=value; what to use instead`.
    """
    if found := [problem for problem in problems if problem]:
        raise ValueError(f"{kind} refused:\n  - " + "\n  - ".join(found))


def check_name(component: str, name: str, longest: int, example: str) -> None:
    """Hold a component's name to what every AWS name made from it accepts."""
    if len(name) > longest or not re.fullmatch(r"[a-z](-?[a-z0-9])*", name):
        raise ValueError(
            f"{component} name {name!r}; use up to {longest} lower-case letters, "
            f"digits and single hyphens, starting with a letter, e.g. {example!r}"
        )
