from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageCms

from blazon.design import Design
from blazon.draw.artwork import Materials
from blazon.errors import InvalidSetting
from blazon.kit.colour_values import CmykProfile, list_swatches
from blazon.kit.kit import make_files
from blazon.kit.order import KitOrder

_PRESS = Path("/usr/share/color/icc/ghostscript/default_cmyk.icc")


def test_a_profile_that_is_not_of_a_press_is_refused(tmp_path: Path) -> None:
    screen = tmp_path / "screen.icc"
    screen.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    with pytest.raises(InvalidSetting, match="RGB, not of CMYK"):
        CmykProfile(screen)
    with pytest.raises(InvalidSetting, match="cannot be read"):
        CmykProfile(tmp_path / "none.icc")
    (tmp_path / "text.icc").write_text("no profile")
    with pytest.raises(InvalidSetting, match="cannot be read"):
        CmykProfile(tmp_path / "text.icc")


@pytest.mark.skipif(not _PRESS.exists(), reason="needs Ghostscript's profile of a press")
def test_inks_come_from_a_named_profile_alone(designs: dict[str, Design], materials: Materials) -> None:
    profile = CmykProfile(_PRESS)
    assert profile.separate("#ffffff") == (0, 0, 0, 0)
    assert profile.separate("#000000")[3] > 70
    files = {file.path: file.content for file in make_files(KitOrder(designs["symbol"]), materials, profile)}
    page = files["brand-book.html"].decode()
    assert profile.name in page
    assert ">Magenta<" in page


def test_swatches_are_what_is_seen_and_the_paper(designs: dict[str, Design], kit_of: Callable[..., object]) -> None:
    colours = designs["wordmark"].colours
    swatches = list_swatches(colours, frozenset({colours.mark, colours.name}))
    assert [(one.colour, one.roles) for one in swatches] == [
        ("#0a5c4a", ("mark", "accent")),
        ("#15201d", ("name",)),
        ("#f6f4ee", ("paper",)),
    ]
