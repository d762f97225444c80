import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.wire import SECRET, SIGNATURE, UNKNOWN, from_struct, has_unknown, to_struct

TEXT = st.text(max_size=20).filter(lambda text: text != SIGNATURE)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_is_sent_arrives_as_it_was(value: dict[str, object]) -> None:
    assert from_struct(to_struct(value)) == value


def test_a_secret_arrives_as_its_value() -> None:
    wire = to_struct({"password": {SIGNATURE: SECRET, "value": "hidden"}})
    assert from_struct(wire) == {"password": "hidden"}


def test_an_unknown_stays_unknown_at_any_depth() -> None:
    wire = to_struct({"a": [{"b": UNKNOWN}]})
    arrived = from_struct(wire)
    assert arrived["a"][0]["b"] is UNKNOWN
    assert has_unknown(arrived)
    assert not has_unknown({"a": [{"b": "known"}]})


def test_an_absent_value_is_left_out() -> None:
    assert from_struct(to_struct({"a": None, "b": 1})) == {"b": 1}


@pytest.mark.parametrize(("number", "arrived"), [(3.0, 3), (2.5, 2.5)])
def test_whole_numbers_arrive_as_integers(number: float, arrived: float) -> None:
    struct = struct_pb2.Struct()
    struct.fields["n"].number_value = number
    assert from_struct(struct) == {"n": arrived}
    assert type(from_struct(struct)["n"]) is type(arrived)
