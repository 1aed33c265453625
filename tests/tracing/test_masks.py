import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blazon.tracing.masks import border_of, grow, label_parts, shrink, spread_index


def flood(mask: np.ndarray) -> np.ndarray:
    """Return the parts of a mask, one pixel after another."""
    labels, count = np.zeros(mask.shape, dtype=int), 0
    for row, column in zip(*np.nonzero(mask), strict=True):
        if labels[row, column]:
            continue
        count, places = count + 1, [(row, column)]
        while places:
            y, x = places.pop()
            if 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and mask[y, x] and not labels[y, x]:
                labels[y, x] = count
                places += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    return labels


@given(st.integers(0, 2**32 - 1), st.integers(1, 14), st.integers(1, 14), st.floats(0.2, 0.9))
def test_parts_are_those_that_a_flood_finds(seed: int, height: int, width: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share
    found, expected = label_parts(mask), flood(mask)
    assert ((found > 0) == mask).all()
    assert found.max() == expected.max()
    pairs = {(int(a), int(b)) for a, b in zip(found.ravel(), expected.ravel(), strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_a_mask_grows_in_an_octagon_and_shrinks_back() -> None:
    mask = np.zeros((21, 21), dtype=bool)
    mask[10, 10] = True
    grown = grow(mask, 4)
    assert grown[10, 6]
    assert not grown[10, 5]
    assert not grown[6, 6]
    assert shrink(grown, 4)[10, 10]
    assert mask.sum() == 1


def test_the_border_is_every_outer_pixel_once() -> None:
    numbers = np.arange(35).reshape(5, 7)
    assert sorted(border_of(numbers)) == sorted({*numbers[0], *numbers[-1], *numbers[:, 0], *numbers[:, -1]})


def test_each_pixel_finds_one_of_the_mask_that_is_near() -> None:
    mask = np.zeros((9, 9), dtype=bool)
    mask[4, 4] = True
    index = spread_index(mask, 3)
    assert index[4, 7] == index[2, 3] == 4 * 9 + 4
    assert index[0, 0] == -1
