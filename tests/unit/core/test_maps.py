from itertools import combinations
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.maps import DOT, HEIGHT, WIDTH, Place, kilometres_between, map_picture

PLACES = st.lists(
    st.builds(Place, st.just("A school"), st.integers(80_000, 650_000), st.integers(5_000, 650_000)),
    min_size=1,
    max_size=25,
)


@given(PLACES)
def test_every_number_is_on_the_picture_and_covers_no_other(places: list[Place]) -> None:
    view = map_picture("map", "Title", "Description", places)
    spots = [(float(dot.x), float(dot.y)) for dot in view.dots]
    assert [dot.number for dot in view.dots] == list(range(1, len(places) + 1))
    assert all(DOT <= x <= WIDTH - DOT for x, _ in spots)
    assert all(
        hypot(one[0] - two[0], one[1] - two[1]) >= 2 * DOT - 0.2 for one, two in combinations(spots, 2)
    )


def test_north_is_up_and_the_bar_keeps_the_scale() -> None:
    south, north = Place("South", 450_000, 120_000), Place("North", 450_000, 126_000)
    view = map_picture("map", "Title", "Description", [south, north])
    below, above = view.dots
    assert float(above.y) < float(below.y) < HEIGHT
    a_kilometre = (float(below.y) - float(above.y)) / kilometres_between(south, north)
    bar = float(view.bar_to) - float(view.bar_from)
    assert bar == pytest.approx(int(view.bar_label.split()[0]) * a_kilometre, abs=0.3)


def test_distances_are_as_the_crow_flies() -> None:
    assert kilometres_between(Place("A", 450_000, 120_000), Place("B", 453_000, 124_000)) == 5


def test_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a place"):
        map_picture("map", "Title", "Description", [])
