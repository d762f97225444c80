"""Who reaches whom, in words; whatever is not said here is not possible."""

from components.cache import PORT as CACHE_PORT
from components.database import PORT as DATABASE_PORT
from tests.graph.graph import Graph
from tests.graph.reachability import INTERNET, Reachability, places

ALLOWED = {
    ("nodes", INTERNET): {443},
    ("nodes", "database"): {DATABASE_PORT},
    ("nodes", "cache"): {CACHE_PORT},
}


def test_only_what_is_named_reaches_what_it_is_named_for(stack: Graph) -> None:
    network, ends = Reachability(stack), {**places(stack), INTERNET: None}
    found = {
        (source, target): ports
        for source in ends
        for target in ends
        if source != target and (ports := network.ports(ends[source], ends[target]))
    }
    assert found == ALLOWED
