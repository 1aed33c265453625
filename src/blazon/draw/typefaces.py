"""The families that a wordmark is set in, chosen by eye, and how each wants to be set.

All are under the SIL Open Font License, and each is a dependency of Blazon by itself: the package
`fontpkg-NAME` on PyPI carries the unchanged files of the foundry.
"""

from dataclasses import dataclass
from typing import Final

from blazon.brief import Style
from blazon.design import LetterCase, Typeface


@dataclass(frozen=True, slots=True)
class TypeFamily:
    """A type family as a designer knows it.

    Args:
        name: the family's own name, `Rubik`.
        styles: the moods that it serves, the closest first.
        weights: weights that hold a wordmark (100 to 900), the best first.
        case: how a name is set in it by default.
        tracking, capital_tracking: optical defaults at the best weight, in 1/1000 em, for text as
            given and for capitals.
        capitals: whether a line may be set in capitals (a script never).
        connected: whether the letters touch, so that nothing may come between them.
        slogan: the face for a second line; `None` is the family itself.
        axes: positions on variable axes other than the weight.
    """

    name: str
    styles: tuple[Style, ...]
    weights: tuple[int, ...]
    case: LetterCase = LetterCase.AS_GIVEN
    tracking: float = 0.0
    capital_tracking: float = 60.0
    capitals: bool = True
    connected: bool = False
    slogan: Typeface | None = None
    axes: tuple[tuple[str, float], ...] = ()

    @property
    def package(self) -> str:
        """The distribution to install, as pip knows it."""
        return f"fontpkg-{self.name.lower().replace(' ', '-')}"


_MINIMAL, _MODERN, _CLASSIC, _ELEGANT = Style.MINIMAL, Style.MODERN, Style.CLASSIC, Style.ELEGANT
_PLAYFUL, _BOLD, _TECH, _HANDMADE = Style.PLAYFUL, Style.BOLD, Style.TECH, Style.HANDMADE
_UPPER, _LOWER = LetterCase.UPPER, LetterCase.LOWER


def _capital_slogan(family: str, weight: int = 500, extra: float = 90.0) -> Typeface:
    """A slogan in capitals, opened wide: small sizes need more air between the letters."""
    return Typeface(family, weight, LetterCase.UPPER, extra)


def _plain_slogan(family: str, weight: int = 500, extra: float = 15.0) -> Typeface:
    """A slogan as given, opened a little."""
    return Typeface(family, weight, LetterCase.AS_GIVEN, extra)


FAMILIES: Final = (
    # Plain sans serifs: geometric and neo-grotesque
    TypeFamily("Figtree", (_MINIMAL, _MODERN), (600, 500, 700), tracking=-14, slogan=_plain_slogan("Figtree")),
    TypeFamily("Manrope", (_MINIMAL, _TECH, _MODERN), (600, 700, 500), tracking=-18, slogan=_plain_slogan("Manrope")),
    TypeFamily(
        "Outfit",
        (_MINIMAL, _MODERN),
        (500, 400, 600),
        tracking=-8,
        capital_tracking=90,
        slogan=_capital_slogan("Outfit", 400),
    ),
    TypeFamily(
        "Urbanist",
        (_MINIMAL, _ELEGANT),
        (500, 600),
        tracking=-5,
        capital_tracking=100,
        slogan=_capital_slogan("Urbanist"),
    ),
    TypeFamily(
        "Jost", (_MINIMAL, _ELEGANT), (400, 500), tracking=4, capital_tracking=130, slogan=_capital_slogan("Jost", 400)
    ),
    TypeFamily(
        "DM Sans",
        (_MINIMAL, _MODERN),
        (600, 500, 700),
        tracking=-6,
        slogan=_plain_slogan("DM Sans"),
        axes=(("opsz", 40),),
    ),
    TypeFamily("Onest", (_MINIMAL, _MODERN), (600, 500), tracking=-16, slogan=_plain_slogan("Onest")),
    TypeFamily(
        "Plus Jakarta Sans", (_MODERN, _MINIMAL), (700, 600), tracking=-20, slogan=_plain_slogan("Plus Jakarta Sans")
    ),
    TypeFamily("Sora", (_MODERN, _TECH), (600, 700), tracking=-24, slogan=_plain_slogan("Sora", 400)),
    TypeFamily("Lexend", (_MODERN, _MINIMAL), (500, 600), tracking=-22, slogan=_plain_slogan("Lexend", 400)),
    TypeFamily("Red Hat Display", (_MODERN,), (700, 800), tracking=-12, slogan=_plain_slogan("Red Hat Display")),
    TypeFamily(
        "Bricolage Grotesque",
        (_MODERN, _BOLD),
        (700, 800),
        tracking=-2,
        slogan=_plain_slogan("Figtree"),
        axes=(("opsz", 96),),
    ),
    TypeFamily("Geologica", (_MODERN, _BOLD), (700, 600, 800), tracking=-18, slogan=_plain_slogan("Geologica", 400)),
    TypeFamily(
        "Montserrat",
        (_MODERN, _BOLD),
        (700, 600, 800),
        tracking=-14,
        capital_tracking=80,
        slogan=_capital_slogan("Montserrat"),
    ),
    TypeFamily("Rubik", (_MODERN, _PLAYFUL, _BOLD), (600, 500, 700), tracking=-14, slogan=_plain_slogan("Rubik", 400)),
    TypeFamily("Syne", (_MODERN, _BOLD), (700, 800), tracking=-10, capital_tracking=30, slogan=_plain_slogan("Syne")),
    TypeFamily(
        "Raleway",
        (_ELEGANT, _MINIMAL),
        (500, 600),
        tracking=-8,
        capital_tracking=120,
        slogan=_capital_slogan("Raleway"),
    ),
    TypeFamily(
        "Josefin Sans",
        (_ELEGANT, _MINIMAL),
        (500, 400),
        _UPPER,
        capital_tracking=140,
        slogan=_capital_slogan("Josefin Sans", 400),
    ),
    # Serifs for reading and for display
    TypeFamily(
        "EB Garamond",
        (_CLASSIC, _ELEGANT),
        (500, 600),
        tracking=-6,
        capital_tracking=100,
        slogan=_capital_slogan("EB Garamond"),
    ),
    TypeFamily(
        "Libre Baskerville",
        (_CLASSIC,),
        (500, 700),
        tracking=-14,
        capital_tracking=80,
        slogan=_capital_slogan("Jost", 400),
    ),
    TypeFamily("Lora", (_CLASSIC,), (600, 500), tracking=-10, capital_tracking=90, slogan=_capital_slogan("Lora", 500)),
    TypeFamily(
        "Crimson Pro", (_CLASSIC,), (600, 500), tracking=-6, capital_tracking=90, slogan=_capital_slogan("Crimson Pro")
    ),
    TypeFamily(
        "Vollkorn",
        (_CLASSIC, _HANDMADE),
        (600, 500, 700),
        tracking=-6,
        capital_tracking=80,
        slogan=_capital_slogan("Vollkorn", 500),
    ),
    TypeFamily("Bitter", (_CLASSIC,), (700, 600), tracking=-12, slogan=_plain_slogan("Bitter")),
    TypeFamily(
        "Fraunces",
        (_CLASSIC, _HANDMADE, _PLAYFUL),
        (600, 700),
        tracking=-2,
        capital_tracking=50,
        slogan=_plain_slogan("Figtree"),
        axes=(("opsz", 144), ("SOFT", 50)),
    ),
    TypeFamily(
        "Playfair Display",
        (_ELEGANT, _CLASSIC),
        (600, 500, 700),
        tracking=-6,
        capital_tracking=80,
        slogan=_capital_slogan("Montserrat"),
    ),
    TypeFamily(
        "Cormorant",
        (_ELEGANT, _CLASSIC),
        (600, 500),
        tracking=-4,
        capital_tracking=110,
        slogan=_capital_slogan("Montserrat", 400),
    ),
    TypeFamily(
        "Bodoni Moda",
        (_ELEGANT,),
        (600, 500),
        tracking=0,
        capital_tracking=70,
        slogan=_capital_slogan("Jost", 400),
        axes=(("opsz", 28),),
    ),
    TypeFamily(
        "DM Serif Display",
        (_ELEGANT, _CLASSIC),
        (400,),
        tracking=0,
        capital_tracking=50,
        slogan=_capital_slogan("DM Sans"),
    ),
    TypeFamily(
        "Instrument Serif", (_ELEGANT,), (400,), tracking=-8, capital_tracking=40, slogan=_plain_slogan("Figtree", 400)
    ),
    TypeFamily(
        "Cinzel",
        (_ELEGANT, _CLASSIC),
        (500, 600),
        _UPPER,
        tracking=50,
        capital_tracking=60,
        slogan=_capital_slogan("Cinzel", 400),
    ),
    TypeFamily(
        "Marcellus", (_ELEGANT, _CLASSIC), (400,), _UPPER, capital_tracking=90, slogan=_capital_slogan("Jost", 400)
    ),
    # Round and merry
    TypeFamily("Fredoka", (_PLAYFUL,), (600, 500), tracking=-6, slogan=_plain_slogan("Fredoka")),
    TypeFamily("Baloo 2", (_PLAYFUL,), (700, 800), tracking=-10, slogan=_plain_slogan("Baloo 2")),
    TypeFamily(
        "Comfortaa", (_PLAYFUL, _MINIMAL), (700, 600), _LOWER, tracking=-24, slogan=_plain_slogan("Comfortaa", 600)
    ),
    TypeFamily("Nunito", (_PLAYFUL,), (800, 700), tracking=-10, slogan=_plain_slogan("Nunito", 600)),
    TypeFamily("Quicksand", (_PLAYFUL, _MINIMAL), (700, 600), tracking=-10, slogan=_plain_slogan("Quicksand", 600)),
    TypeFamily("Lilita One", (_PLAYFUL, _BOLD), (400,), capital_tracking=20, slogan=_plain_slogan("Nunito", 700)),
    TypeFamily("Titan One", (_PLAYFUL,), (400,), capital_tracking=15, slogan=_plain_slogan("Nunito", 700)),
    TypeFamily("Righteous", (_PLAYFUL, _TECH), (400,), capital_tracking=30, slogan=_plain_slogan("Quicksand", 600)),
    # Heavy and condensed
    TypeFamily("Anton", (_BOLD,), (400,), _UPPER, capital_tracking=15, slogan=_capital_slogan("Oswald", 400)),
    TypeFamily(
        "Archivo Black", (_BOLD,), (400,), tracking=-22, capital_tracking=-8, slogan=_capital_slogan("Figtree", 600)
    ),
    TypeFamily(
        "Bebas Neue", (_BOLD,), (400,), _UPPER, tracking=20, capital_tracking=20, slogan=_capital_slogan("Montserrat")
    ),
    TypeFamily("Oswald", (_BOLD,), (600, 700, 500), _UPPER, capital_tracking=30, slogan=_capital_slogan("Oswald", 400)),
    TypeFamily(
        "League Spartan",
        (_BOLD, _MODERN),
        (800, 700),
        tracking=-26,
        capital_tracking=-8,
        slogan=_plain_slogan("League Spartan"),
    ),
    TypeFamily(
        "Unbounded",
        (_BOLD, _TECH),
        (700, 600, 800),
        tracking=-30,
        capital_tracking=-6,
        slogan=_plain_slogan("Unbounded", 400),
    ),
    TypeFamily("Alfa Slab One", (_BOLD,), (400,), capital_tracking=25, slogan=_capital_slogan("Montserrat", 600)),
    TypeFamily("Abril Fatface", (_BOLD, _ELEGANT), (400,), capital_tracking=30, slogan=_capital_slogan("Montserrat")),
    TypeFamily(
        "Bungee", (_BOLD, _PLAYFUL), (400,), _UPPER, capital_tracking=0, slogan=_capital_slogan("Montserrat", 600)
    ),
    # Engineered
    TypeFamily("Space Grotesk", (_TECH, _MODERN), (600, 700, 500), tracking=-20, slogan=_plain_slogan("Space Grotesk")),
    TypeFamily("Exo 2", (_TECH,), (600, 700), tracking=-10, slogan=_plain_slogan("Exo 2")),
    TypeFamily("Orbitron", (_TECH,), (700, 600), _UPPER, capital_tracking=40, slogan=_capital_slogan("Orbitron")),
    TypeFamily("Chakra Petch", (_TECH,), (600, 700), tracking=-8, slogan=_plain_slogan("Chakra Petch")),
    TypeFamily(
        "JetBrains Mono",
        (_TECH,),
        (700, 600),
        _LOWER,
        tracking=-40,
        capital_tracking=0,
        slogan=_plain_slogan("JetBrains Mono", 500, 0),
    ),
    TypeFamily("IBM Plex Sans", (_TECH, _MINIMAL), (600, 500), tracking=-12, slogan=_plain_slogan("IBM Plex Sans")),
    # Drawn by hand
    TypeFamily(
        "Pacifico", (_HANDMADE, _PLAYFUL), (400,), capitals=False, connected=True, slogan=_capital_slogan("Montserrat")
    ),
    TypeFamily("Lobster", (_HANDMADE,), (400,), capitals=False, connected=True, slogan=_capital_slogan("Montserrat")),
    TypeFamily("Caveat", (_HANDMADE,), (700, 600), capitals=False, slogan=_plain_slogan("Caveat", 600)),
    TypeFamily(
        "Dancing Script",
        (_HANDMADE, _ELEGANT),
        (700, 600),
        capitals=False,
        connected=True,
        slogan=_capital_slogan("Jost", 400),
    ),
    TypeFamily(
        "Great Vibes",
        (_HANDMADE, _ELEGANT),
        (400,),
        capitals=False,
        connected=True,
        slogan=_capital_slogan("Montserrat", 400),
    ),
)
