import pytest
from pathops import Path

from blazon.design import ColourScheme, Design
from blazon.draw.artwork import Artwork, Materials
from blazon.draw.curves import combine_paths
from blazon.draw.outline import Box, Ink, Layer, rectangle, union
from blazon.kit.minimum_size import find_minimum
from blazon.kit.versions import Layout, draw_versions, make_version

_INKS = ColourScheme("#000000", "#000000", "#000000", "#000000", "#000000", "#ffffff")


def bars(count: int, gap: float) -> Path:
    """Return upright bars, `gap` units apart, 1000 units wide together."""
    width = (1000 - gap * (count - 1)) / count
    return combine_paths([rectangle(Box(n * (width + gap), 0, n * (width + gap) + width, 1000)) for n in range(count)])


def least(path: Path) -> int:
    artwork = Artwork((Layer(path, Ink.MARK),), _INKS, "bars")
    return find_minimum(make_version(Layout.MARK, artwork)).pixels


def test_a_shape_without_parts_may_be_as_small_as_a_favicon() -> None:
    assert least(rectangle(Box(0, 0, 1000, 1000))) == 16


@pytest.mark.parametrize("gap", [60.0, 30.0, 15.0])
def test_gaps_stay_open_at_the_least_size(gap: float) -> None:
    # A gap of half a device pixel is the narrowest that can be seen, at two of them a pixel.
    pixels = least(bars(5, gap))
    assert 0.25 <= pixels * gap / 1000 <= 2.0


def test_finer_things_need_more_room() -> None:
    assert least(bars(3, 100)) <= least(bars(9, 40)) <= least(bars(17, 20))


def letters(*paths: Path) -> int:
    artwork = Artwork((Layer(combine_paths(paths), Ink.NAME),), _INKS, "letters")
    return find_minimum(make_version(Layout.WORDMARK, artwork)).pixels


def test_dots_are_no_letters_and_joined_letters_are_not_as_high_as_their_outline() -> None:
    stems = [rectangle(Box(x, 0, x + 60, 300)) for x in (0, 200, 400, 600, 800)]
    dots = [rectangle(Box(x, -90, x + 50, -40)) for x in (0, 90, 200, 290, 400)]
    assert letters(*stems, *dots) < 2 * letters(*stems)
    joined = union([*stems, rectangle(Box(0, 240, 860, 300))])
    assert letters(joined) > letters(*stems)


def test_versions_with_small_words_are_larger_than_the_mark(designs: dict[str, Design], materials: Materials) -> None:
    versions = draw_versions(designs["lockup"], materials)
    sizes = {layout: find_minimum(version) for layout, version in versions.items()}
    assert sizes[Layout.MARK].pixels < sizes[Layout.STACKED].pixels
    assert all(size.millimetres == max(1, round(size.pixels * 25.4 / 150)) for size in sizes.values())
