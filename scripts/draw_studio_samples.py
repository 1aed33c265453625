"""Draw the pictures by which the studio page shows styles, layouts, marks and kinds of type, and its first examples.

    python scripts/draw_studio_samples.py

They are SVG files in `src/blazon/page/samples`, drawn by the engine itself.
"""

from pathlib import Path
from typing import Any, Final

from blazon.brief import Brief
from blazon.draw.artwork import Variant
from blazon.studio import Candidate, Studio

FOLDER: Final = Path(__file__).parents[1] / "src/blazon/page/samples"
TRADE: Final = "a maker of wooden kayaks"
NAME: Final = "Alder"

# Which candidate of the set of each style tells it best.
STYLES: Final = {
    "minimal": 0,
    "modern": 1,
    "classic": 2,
    "elegant": 3,
    "playful": 2,
    "bold": 2,
    "tech": 1,
    "handmade": 2,
}
LAYOUTS: Final = ("symbol", "wordmark", "horizontal", "stacked", "emblem")
MARKS: Final = {
    "pictorial": {},
    "abstract": {},
    "letters": {},
    "wordmark": {},
    "badge": {},
    "mascot": {"prompt": "a mascot, a friendly fox"},
}
TYPES: Final = (
    "serif",
    "sans",
    "slab",
    "script",
    "mono",
    "blackletter",
    "condensed",
    "wide",
    "thin",
    "heavy",
    "rounded",
    "display",
    "retro",
    "stencil",
)
EXAMPLES: Final = {
    "kumo": ("a ramen bar, clouds", "Kumo", 2),
    "fernweh": ("a travel bookshop", "Fernweh", 2),
    "halden": ("a bicycle workshop", "Halden", 0),
    "lumen": ("a solar power start-up", "Lumen", 1),
    "otter": ("a furniture studio, an otter", "Otter & Oak", 1),
    "northwind": ("a coffee roastery by the sea", "Northwind", 1),
}


def draw_samples() -> None:
    """Draw all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    studio = Studio.open()

    def draw(at: int, **wish: Any) -> Candidate:
        brief = Brief(**{"prompt": TRADE, "brand_name": NAME, **wish})
        return list(studio.generate(brief))[at]

    for style, at in STYLES.items():
        save(f"style-{style}", draw(at, style=style).svg)
    for layout in LAYOUTS:
        save(f"layout-{layout}", crop_black(draw(0, layout=layout)))
    for mark, other in MARKS.items():
        layout = "wordmark" if mark == "wordmark" else "emblem" if mark == "badge" else "symbol"
        save(f"mark-{mark}", crop_black(draw(0, mark=mark, layout=layout, **other)))
    for kind in TYPES:
        save(f"type-{kind}", crop_black(draw(0, type=kind, layout="wordmark", prompt="a plain name")))
    for name, (prompt, brand, at) in EXAMPLES.items():
        save(f"example-{name}", draw(at, prompt=prompt, brand_name=brand).svg)


def crop_black(logo: Candidate) -> str:
    """Return a logo as SVG in black on nothing, without free space around it."""
    return logo.variant_svg(Variant.BLACK, tight=True, background=False)


def save(name: str, svg: str) -> None:
    """Write one sample."""
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    draw_samples()
