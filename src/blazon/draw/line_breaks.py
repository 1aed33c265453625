"""Line breaks: a name or slogan in several lines of nearly one width, broken between words."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

MOST_LINES: Final = 4

# Words that lean on the one behind them, so that no line ends in them.
_LEANING: Final = frozenset(
    "a an and at by for from in of on or the to with de del den der des die das di du e el en et il im la las le les"
    " los no o per pour sur te ten und van vom von y zu zum zur és i w z og och и у в на και της".split()
)
# Lines that are narrower than the widest by less than this share do not make one line more worth it.
_WORTH_IT: Final = 0.06
# How much wider lines may be for each line more.
_SLACK: Final = 0.25


def break_lines(text: str, width: Callable[[str], float], longest: float, most: int = MOST_LINES) -> tuple[str, ...]:
    """Break a text into the fewest lines of which none is wider than is good, else into those that are narrowest.

    Args:
        text: words with single spaces between them; a word is never broken.
        width: how wide a part of the text is when it is set, in any unit.
        longest: the width, in the same unit, that one line should not exceed; several may be a little wider, because a
            column of single words is not better.
        most: how many lines there may be.
    """
    width = cache(width)
    best: tuple[str, ...] = (text,)
    for count in range(1, most + 1):
        lines = balance_lines(text, width, count)
        widest = max(map(width, lines))
        if count == 1 or widest < (1 - _WORTH_IT) * max(map(width, best)):
            best = lines
            if widest <= longest * (1 + _SLACK * (count - 1)):
                break
    return best


def balance_lines(text: str, width: Callable[[str], float], count: int) -> tuple[str, ...]:
    """Break a text into `count` lines, or as many as its words allow, so that the widest is as narrow as can be.

    Among such breaks the one with the most even lines is taken. A short word stays with the word behind it: "Forge",
    "& Fable". Found by dynamic programming over the places for breaks (D. Knuth and M. Plass, Breaking Paragraphs into
    Lines, 1981, with another measure).
    """
    words = _bind_leaning(text.split(" "))
    count = min(count, len(words))

    @cache
    def solve(start: int, lines: int) -> tuple[float, float, tuple[int, ...]]:
        """Return the widest line of the words from `start` on in `lines` lines, their squares and where they break."""
        if lines == 1:
            only = width(" ".join(words[start:]))
            return only, only**2, ()
        return min(
            _put_before(width(" ".join(words[start:end])), end, solve(end, lines - 1))
            for end in range(start + 1, len(words) - lines + 2)
        )

    breaks = (0, *solve(0, count)[2], len(words))
    return tuple(" ".join(words[start:end]) for start, end in pairwise(breaks))


def _put_before(
    first: float, end: int, rest: tuple[float, float, tuple[int, ...]]
) -> tuple[float, float, tuple[int, ...]]:
    widest, squares, breaks = rest
    return max(first, widest), first**2 + squares, (end, *breaks)


def _bind_leaning(words: Sequence[str]) -> list[str]:
    """Return the words with those that lean on the next one joined to it; all words if nothing else could break."""
    bound: list[str] = []
    leaning = False
    for word in words:
        if leaning:
            bound[-1] += f" {word}"
        else:
            bound.append(word)
        leaning = word.lower() in _LEANING or len(word) == 1
    return bound if len(bound) > 1 else list(words)
