import io

import numpy as np
import pytest
from PIL import Image

from blazon.errors import InvalidBrief
from blazon.export.formats import PictureFormat, encode, label_png
from blazon.export.provenance import DigitalSourceType, Provenance

BITMAPS = [PictureFormat.PNG, PictureFormat.JPEG, PictureFormat.WEBP]


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", BITMAPS)
def test_each_format_is_what_it_says_and_keeps_the_colours(kind: PictureFormat) -> None:
    content = encode(Image.new("RGB", (64, 32), "#204080"), kind)
    with shown(content) as picture:
        assert Image.MIME[picture.format] == kind.media_type
        assert picture.size == (64, 32)
        pixel = picture.convert("RGB").getpixel((10, 10))
    assert max(abs(a - b) for a, b in zip(pixel, (0x20, 0x40, 0x80), strict=True)) <= 3


@pytest.mark.parametrize("kind", [PictureFormat.PNG, PictureFormat.WEBP])
def test_alpha_is_kept(kind: PictureFormat) -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 100))
    with shown(encode(clear, kind)) as picture:
        assert picture.convert("RGBA").getpixel((4, 4))[3] == 100


def test_a_jpeg_refuses_alpha_with_a_remedy() -> None:
    with pytest.raises(InvalidBrief, match="background: a JPEG cannot be transparent; ask for png"):
        encode(Image.new("RGBA", (8, 8)), PictureFormat.JPEG)


@pytest.mark.parametrize("kind", [PictureFormat.JPEG, PictureFormat.WEBP])
def test_quality_trades_bytes_for_looks(kind: PictureFormat) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((128, 128), 60)] * 3)
    sizes = [len(encode(noise, kind, quality=quality)) for quality in (0, 30, 90)]
    assert sizes == sorted(set(sizes))


def test_a_webp_of_quality_100_is_lossless() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((64, 64), 60)] * 3)
    with shown(encode(noise, PictureFormat.WEBP, quality=100)) as picture:
        assert picture.convert("RGB").tobytes() == noise.tobytes()


@pytest.mark.parametrize("quality", [-1, 101])
def test_a_quality_out_of_range_is_refused(quality: int) -> None:
    with pytest.raises(InvalidBrief, match="quality"):
        encode(Image.new("RGB", (8, 8)), PictureFormat.WEBP, quality=quality)


@pytest.mark.parametrize("kind", BITMAPS)
def test_provenance_is_in_the_file_or_nothing_of_it(kind: PictureFormat, provenance: Provenance) -> None:
    picture = Image.new("RGB", (16, 16))
    picture.info["comment"] = b"a secret comment"
    marked, bare = encode(picture, kind, provenance=provenance), encode(picture, kind)
    with shown(marked) as read:
        read.load()
        assert read.info["xmp"]
    for said in (b"bakery", b"FLUX.1-schnell", b"4711", DigitalSourceType.PAINTED.encode(), b"Delapouite"):
        assert said in marked
        assert said not in bare
    for trace in (b"xmp", b"Blazon", b"comment", b"iTXt", b"tEXt"):
        assert trace not in bare


def grain(side: int, deviation: float = 1.2) -> Image.Image:
    levels = np.random.default_rng(1).normal(120, deviation, (side, side, 3))
    return Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(("kind", "quality"), [(PictureFormat.PNG, 90), (PictureFormat.WEBP, 100)])
def test_grain_is_compressed_without_loss(kind: PictureFormat, quality: int) -> None:
    picture = grain(256)
    content = encode(picture, kind, quality=quality, grainy=True)
    with shown(content) as read:
        assert read.convert("RGB").tobytes() == picture.tobytes()
    # What searches for strings that come twice finds none of use, however long that takes.
    assert len(content) < 1.01 * len(encode(picture, kind, quality=quality))
    assert content == encode(picture, kind, quality=quality, grainy=True)


@pytest.mark.parametrize("quality", [80, 90, 95, 100])
@pytest.mark.parametrize("side", [256, 300, 512])
def test_noise_can_be_had_as_jpeg(side: int, quality: int) -> None:
    with shown(encode(grain(side, 90), PictureFormat.JPEG, quality=quality)) as picture:
        picture.load()
        assert picture.size == (side, side)


def test_a_small_jpeg_of_flat_colours_has_tables_of_its_own() -> None:
    picture = Image.new("RGB", (256, 256), "#204080")
    usual = io.BytesIO()
    picture.save(usual, "JPEG", quality=90, subsampling="4:4:4")
    assert len(encode(picture, PictureFormat.JPEG)) < len(usual.getvalue())


def test_a_label_leaves_the_pixels_as_they_are_compressed(provenance: Provenance) -> None:
    plain = encode(Image.merge("RGB", [Image.effect_noise((64, 64), 60)] * 3), PictureFormat.PNG)
    with_label = label_png(plain, provenance)
    assert label_png(plain, None) is plain
    assert with_label.endswith(plain[33:])
    with shown(with_label) as picture, shown(plain) as original:
        assert picture.tobytes() == original.tobytes()
        assert provenance.prompt in picture.info["parameters"]
        assert picture.info == shown(encode(original, PictureFormat.PNG, provenance=provenance)).info
