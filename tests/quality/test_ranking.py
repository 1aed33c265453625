from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.outline import Box, Ink, Layer, circle, rectangle, subtract_paths
from blazon.quality.faults import Fault, FaultKind
from blazon.quality.pictures import Picture, take_picture
from blazon.quality.ranking import distinctness, legibility, score_mark


def picture(*layers: Layer) -> Picture:
    return take_picture(layers)


DISC = picture(Layer(circle((0, 0), 500), Ink.MARK))
HAIR = picture(Layer(subtract_paths(circle((0, 0), 500), circle((0, 0), 490)), Ink.MARK))
TILE = picture(Layer(rectangle(Box(0, 0, 1000, 700)), Ink.MARK))


def test_what_survives_at_small_sizes_ranks_higher() -> None:
    assert legibility(DISC, 16) > 950
    assert legibility(HAIR, 16) == legibility(HAIR, 32) == 0
    assert score_mark(DISC, 20, ()) > score_mark(HAIR, 20, ())


@given(st.integers(0, 400), st.integers(0, 400))
def test_fewer_points_never_rank_lower(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert score_mark(DISC, fewer, ()) >= score_mark(DISC, more, ())


@given(st.integers(0, 5))
def test_what_art_direction_prefers_wins_where_all_else_is_equal(place: int) -> None:
    assert score_mark(DISC, 20, (), place=place) >= score_mark(DISC, 20, (), place=place + 1)


def test_a_grave_fault_outweighs_everything_else() -> None:
    crumbs = Fault(FaultKind.CRUMBS, 100)
    assert score_mark(DISC, 10, (crumbs,)) < score_mark(TILE, 160, ())


def test_what_is_like_a_sibling_ranks_lower() -> None:
    assert distinctness(DISC, ()) == 1000
    assert distinctness(DISC, (DISC.coarse,)) == 0
    assert score_mark(DISC, 20, (), [DISC.coarse]) < score_mark(DISC, 20, (), [HAIR.coarse])


def test_a_wordmark_is_ranked_too() -> None:
    empty = picture()
    assert score_mark(empty, 0, ()) > score_mark(empty, 0, (), place=1)
