"""The families that a wordmark is set in, chosen by eye, and how each wants to be set.

All are under the SIL Open Font License, and each is a dependency of Blazon by itself: the package
`fontpkg-NAME` on PyPI carries the unchanged files of the foundry.
"""

from dataclasses import dataclass
from typing import Final

from blazon.brief import Style
from blazon.design import LetterCase, Typeface


@dataclass(frozen=True, slots=True)
class Family:
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


def _spaced(family: str, weight: int = 500, extra: float = 90.0) -> Typeface:
    """A slogan in capitals, opened wide: small sizes need more air between the letters."""
    return Typeface(family, weight, LetterCase.UPPER, extra)


def _plain(family: str, weight: int = 500, extra: float = 15.0) -> Typeface:
    """A slogan as given, opened a little."""
    return Typeface(family, weight, LetterCase.AS_GIVEN, extra)


FAMILIES: Final = (
    # Plain sans serifs: geometric and neo-grotesque
    Family("Figtree", (_MINIMAL, _MODERN), (600, 500, 700), tracking=-14, slogan=_plain("Figtree")),
    Family("Manrope", (_MINIMAL, _TECH, _MODERN), (600, 700, 500), tracking=-18, slogan=_plain("Manrope")),
    Family(
        "Outfit", (_MINIMAL, _MODERN), (500, 400, 600), tracking=-8, capital_tracking=90, slogan=_spaced("Outfit", 400)
    ),
    Family("Urbanist", (_MINIMAL, _ELEGANT), (500, 600), tracking=-5, capital_tracking=100, slogan=_spaced("Urbanist")),
    Family("Jost", (_MINIMAL, _ELEGANT), (400, 500), tracking=4, capital_tracking=130, slogan=_spaced("Jost", 400)),
    Family(
        "DM Sans", (_MINIMAL, _MODERN), (600, 500, 700), tracking=-6, slogan=_plain("DM Sans"), axes=(("opsz", 40),)
    ),
    Family("Onest", (_MINIMAL, _MODERN), (600, 500), tracking=-16, slogan=_plain("Onest")),
    Family("Plus Jakarta Sans", (_MODERN, _MINIMAL), (700, 600), tracking=-20, slogan=_plain("Plus Jakarta Sans")),
    Family("Sora", (_MODERN, _TECH), (600, 700), tracking=-24, slogan=_plain("Sora", 400)),
    Family("Lexend", (_MODERN, _MINIMAL), (500, 600), tracking=-22, slogan=_plain("Lexend", 400)),
    Family("Red Hat Display", (_MODERN,), (700, 800), tracking=-12, slogan=_plain("Red Hat Display")),
    Family(
        "Bricolage Grotesque",
        (_MODERN, _BOLD),
        (700, 800),
        tracking=-2,
        slogan=_plain("Figtree"),
        axes=(("opsz", 96),),
    ),
    Family("Geologica", (_MODERN, _BOLD), (700, 600, 800), tracking=-18, slogan=_plain("Geologica", 400)),
    Family(
        "Montserrat", (_MODERN, _BOLD), (700, 600, 800), tracking=-14, capital_tracking=80, slogan=_spaced("Montserrat")
    ),
    Family("Rubik", (_MODERN, _PLAYFUL, _BOLD), (600, 500, 700), tracking=-14, slogan=_plain("Rubik", 400)),
    Family("Syne", (_MODERN, _BOLD), (700, 800), tracking=-10, capital_tracking=30, slogan=_plain("Syne")),
    Family("Raleway", (_ELEGANT, _MINIMAL), (500, 600), tracking=-8, capital_tracking=120, slogan=_spaced("Raleway")),
    Family(
        "Josefin Sans",
        (_ELEGANT, _MINIMAL),
        (500, 400),
        _UPPER,
        capital_tracking=140,
        slogan=_spaced("Josefin Sans", 400),
    ),
    # Serifs for reading and for display
    Family(
        "EB Garamond",
        (_CLASSIC, _ELEGANT),
        (500, 600),
        tracking=-6,
        capital_tracking=100,
        slogan=_spaced("EB Garamond"),
    ),
    Family(
        "Libre Baskerville", (_CLASSIC,), (500, 700), tracking=-14, capital_tracking=80, slogan=_spaced("Jost", 400)
    ),
    Family("Lora", (_CLASSIC,), (600, 500), tracking=-10, capital_tracking=90, slogan=_spaced("Lora", 500)),
    Family("Crimson Pro", (_CLASSIC,), (600, 500), tracking=-6, capital_tracking=90, slogan=_spaced("Crimson Pro")),
    Family(
        "Vollkorn",
        (_CLASSIC, _HANDMADE),
        (600, 500, 700),
        tracking=-6,
        capital_tracking=80,
        slogan=_spaced("Vollkorn", 500),
    ),
    Family("Bitter", (_CLASSIC,), (700, 600), tracking=-12, slogan=_plain("Bitter")),
    Family(
        "Fraunces",
        (_CLASSIC, _HANDMADE, _PLAYFUL),
        (600, 700),
        tracking=-2,
        capital_tracking=50,
        slogan=_plain("Figtree"),
        axes=(("opsz", 144), ("SOFT", 50)),
    ),
    Family(
        "Playfair Display",
        (_ELEGANT, _CLASSIC),
        (600, 500, 700),
        tracking=-6,
        capital_tracking=80,
        slogan=_spaced("Montserrat"),
    ),
    Family(
        "Cormorant",
        (_ELEGANT, _CLASSIC),
        (600, 500),
        tracking=-4,
        capital_tracking=110,
        slogan=_spaced("Montserrat", 400),
    ),
    Family(
        "Bodoni Moda",
        (_ELEGANT,),
        (600, 500),
        tracking=0,
        capital_tracking=70,
        slogan=_spaced("Jost", 400),
        axes=(("opsz", 28),),
    ),
    Family(
        "DM Serif Display", (_ELEGANT, _CLASSIC), (400,), tracking=0, capital_tracking=50, slogan=_spaced("DM Sans")
    ),
    Family("Instrument Serif", (_ELEGANT,), (400,), tracking=-8, capital_tracking=40, slogan=_plain("Figtree", 400)),
    Family(
        "Cinzel",
        (_ELEGANT, _CLASSIC),
        (500, 600),
        _UPPER,
        tracking=50,
        capital_tracking=60,
        slogan=_spaced("Cinzel", 400),
    ),
    Family("Marcellus", (_ELEGANT, _CLASSIC), (400,), _UPPER, capital_tracking=90, slogan=_spaced("Jost", 400)),
    # Round and merry
    Family("Fredoka", (_PLAYFUL,), (600, 500), tracking=-6, slogan=_plain("Fredoka")),
    Family("Baloo 2", (_PLAYFUL,), (700, 800), tracking=-10, slogan=_plain("Baloo 2")),
    Family("Comfortaa", (_PLAYFUL, _MINIMAL), (700, 600), _LOWER, tracking=-24, slogan=_plain("Comfortaa", 600)),
    Family("Nunito", (_PLAYFUL,), (800, 700), tracking=-10, slogan=_plain("Nunito", 600)),
    Family("Quicksand", (_PLAYFUL, _MINIMAL), (700, 600), tracking=-10, slogan=_plain("Quicksand", 600)),
    Family("Lilita One", (_PLAYFUL, _BOLD), (400,), capital_tracking=20, slogan=_plain("Nunito", 700)),
    Family("Titan One", (_PLAYFUL,), (400,), capital_tracking=15, slogan=_plain("Nunito", 700)),
    Family("Righteous", (_PLAYFUL, _TECH), (400,), capital_tracking=30, slogan=_plain("Quicksand", 600)),
    # Heavy and condensed
    Family("Anton", (_BOLD,), (400,), _UPPER, capital_tracking=15, slogan=_spaced("Oswald", 400)),
    Family("Archivo Black", (_BOLD,), (400,), tracking=-22, capital_tracking=-8, slogan=_spaced("Figtree", 600)),
    Family("Bebas Neue", (_BOLD,), (400,), _UPPER, tracking=20, capital_tracking=20, slogan=_spaced("Montserrat")),
    Family("Oswald", (_BOLD,), (600, 700, 500), _UPPER, capital_tracking=30, slogan=_spaced("Oswald", 400)),
    Family(
        "League Spartan",
        (_BOLD, _MODERN),
        (800, 700),
        tracking=-26,
        capital_tracking=-8,
        slogan=_plain("League Spartan"),
    ),
    Family(
        "Unbounded", (_BOLD, _TECH), (700, 600, 800), tracking=-30, capital_tracking=-6, slogan=_plain("Unbounded", 400)
    ),
    Family("Alfa Slab One", (_BOLD,), (400,), capital_tracking=25, slogan=_spaced("Montserrat", 600)),
    Family("Abril Fatface", (_BOLD, _ELEGANT), (400,), capital_tracking=30, slogan=_spaced("Montserrat")),
    Family("Bungee", (_BOLD, _PLAYFUL), (400,), _UPPER, capital_tracking=0, slogan=_spaced("Montserrat", 600)),
    # Engineered
    Family("Space Grotesk", (_TECH, _MODERN), (600, 700, 500), tracking=-20, slogan=_plain("Space Grotesk")),
    Family("Exo 2", (_TECH,), (600, 700), tracking=-10, slogan=_plain("Exo 2")),
    Family("Orbitron", (_TECH,), (700, 600), _UPPER, capital_tracking=40, slogan=_spaced("Orbitron")),
    Family("Chakra Petch", (_TECH,), (600, 700), tracking=-8, slogan=_plain("Chakra Petch")),
    Family(
        "JetBrains Mono",
        (_TECH,),
        (700, 600),
        _LOWER,
        tracking=-40,
        capital_tracking=0,
        slogan=_plain("JetBrains Mono", 500, 0),
    ),
    Family("IBM Plex Sans", (_TECH, _MINIMAL), (600, 500), tracking=-12, slogan=_plain("IBM Plex Sans")),
    # Drawn by hand
    Family("Pacifico", (_HANDMADE, _PLAYFUL), (400,), capitals=False, connected=True, slogan=_spaced("Montserrat")),
    Family("Lobster", (_HANDMADE,), (400,), capitals=False, connected=True, slogan=_spaced("Montserrat")),
    Family("Caveat", (_HANDMADE,), (700, 600), capitals=False, slogan=_plain("Caveat", 600)),
    Family(
        "Dancing Script", (_HANDMADE, _ELEGANT), (700, 600), capitals=False, connected=True, slogan=_spaced("Jost", 400)
    ),
    Family(
        "Great Vibes", (_HANDMADE, _ELEGANT), (400,), capitals=False, connected=True, slogan=_spaced("Montserrat", 400)
    ),
)
