import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider import RefusedError, Resource
from sandbox.random_package import DRAW, RandomPackage

PACKAGE = RandomPackage()


def draw(kind: str, **inputs: object) -> tuple[str, dict[str, object]]:
    type_ = next(each for each in DRAW if each.endswith(f":{kind}"))
    return PACKAGE.create(Resource("urn", type_, "name", inputs))


@given(
    least=st.fixed_dictionaries(
        {name: st.integers(0, 5) for name in ("minLower", "minUpper", "minNumeric", "minSpecial")}
    ),
    more=st.integers(1, 20),
)
def test_a_string_has_its_length_and_its_minima(least: dict[str, int], more: int) -> None:
    length = sum(least.values()) + more
    _, state = draw("RandomString", length=length, **least)
    result = str(state["result"])
    assert len(result) == length
    assert sum(c.islower() for c in result) >= least["minLower"]
    assert sum(c.isupper() for c in result) >= least["minUpper"]
    assert sum(c.isdigit() for c in result) >= least["minNumeric"]
    assert sum(not c.isalnum() for c in result) >= least["minSpecial"]


def test_a_class_that_is_off_does_not_appear() -> None:
    _, state = draw("RandomString", length=200, special=False, upper=False)
    assert str(state["result"]).isalnum()
    assert str(state["result"]) == str(state["result"]).lower()


def test_minima_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RefusedError, match="length=3"):
        draw("RandomString", length=3, minLower=4)


def test_an_id_says_the_same_in_every_base() -> None:
    _, state = draw("RandomId", byteLength=4, prefix="x-")
    assert int(str(state["hex"]).removeprefix("x-"), 16) == int(str(state["dec"])[2:])


def test_a_seed_draws_the_same_again() -> None:
    first, again = (draw("RandomInteger", min=0, max=10**9, seed="a") for _ in range(2))
    assert first == again


def test_every_change_draws_anew() -> None:
    resource = Resource("urn", "random:index/randomPet:RandomPet", "name", {})
    assert PACKAGE.replaces(resource, "keepers")
