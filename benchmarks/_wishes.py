"""Briefs with wishes that can be checked, and whether candidates keep them.

A brief is a line of JSON: `id`, `fault` (what it tries), `brand`, `prompt`, `fields` (further fields of a `Brief`) and
`wishes`, of which each is judged over all candidates:

    show          in at least half of them; `fox` or `tree|oak`, of which either will do
    together      in one mark in at least one, the parts joined by `+`
    avoid         in none
    colours       each (`orange|rust`: either) in at least three of four
    not_colours   in none
    only_colours  nothing else is painted, but the paper may be white
    letters       a mark made of these in at least half
    text, date    set in at least three of four
    layout, kinds, type, case   one of those named (with `|`) in at least three of four
    not_kinds, not_layout, not_type, not_case    in none
    name          set in at least three of four, and no other name in any
    drawn         that many candidates come, whatever the brief says
    unmet         the answer says that a wish cannot be met, or it is a refusal

A label fits a symbol by whole words of its name, singular or plural, or by one of its synonyms.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from _colour_names import any_called, is_called
from _seen import Seen

from blazon.draw.meaning import words_of

WHITE: Final = "#ffffff"

SYNONYMS: Final[dict[str, str]] = {
    "globe": "globe, earth, world, planet earth",
    "plane": "plane, airplane, aeroplane, jet, aircraft, paper plane",
    "house": "house, home, cottage, hut",
    "glasses": "glasses, eyeglass, eyeglasses, sunglasses, spectacles, goggles, monocle",
    "tooth": "tooth, teeth, dental, molar, dentist",
    "cup": "cup, mug, teacup, coffee, tea",
    "flower": "flower, rose, tulip, lotus, daisy, sunflower, lily, blossom, orchid, poppy, bouquet, hibiscus",
    "tree": "tree, oak, pine, forest, birch, maple, beech, palm",
    "bulb": "bulb, lightbulb, light bulb, lamp",
    "gear": "gear, cog, cogs, gears, settings, cogwheel",
    "scales": "scales, scale balance, scale, justice, balance",
    "bicycle": "bicycle, bike, cycling, cyclist",
    "horse": "horse, pony, horse head, unicorn, pegasus, cavalry",
    "cow": "cow, cattle, bull, ox",
    "rabbit": "rabbit, hare, bunny",
    "bee": "bee, honeybee, bumblebee, honey",
    "beehive": "beehive, hive",
    "honey": "honey, honeypot, honeycomb, honey jar, beehive",
    "bird": "bird, dove, swallow, sparrow, robin, hummingbird, owl, eagle, raven, gull, duck, swan, parrot, feathered",
    "ship": "ship, boat, sailboat, galleon, ferry, caravel, sailing",
    "boat": "boat, ship, sailboat, canoe, rowboat, ferry, sailing",
    "sailboat": "sailboat, sailing, sail, boat, ship, caravel",
    "wave": "wave, waves, water, sea, surf, ocean",
    "mountain": "mountain, mountains, peak, peaks, hills, summit",
    "key": "key",
    "heart": "heart, hearts",
    "hand": "hand, hands, palm hand, fist",
    "wheat": "wheat, barley, grain, ear of wheat",
    "grape": "grape, grapes",
    "sun": "sun, sunrise, sunset, sunny, sunshine",
    "moon": "moon, crescent",
    "star": "star, stars",
    "fish": "fish, trout, salmon, carp, tuna",
    "dog": "dog, puppy, hound, terrier, corgi, labrador",
    "cat": "cat, kitten",
    "lion": "lion, lion head",
    "deer": "deer, stag, antler, reindeer, doe",
    "elephant": "elephant",
    "bread": "bread, loaf, baguette, croissant",
    "pan": "pan, frying pan, skillet",
    "chili": "chili, chilli, pepper, hot pepper",
    "truck": "truck, lorry, van, delivery",
    "car": "car, automobile",
    "tent": "tent, camping, tipi, teepee, wigwam",
    "fire": "fire, flame, flames, campfire, burn, burning",
    "robot": "robot, android, bot",
    "computer": "computer, laptop, desktop, pc, memory, memory module, cpu, chip",
    "insect": "insect, bug, beetle, ant, ladybug, ladybird, fly, mosquito, spider, cockroach",
    "weapon": "weapon, gun, pistol, knife, dagger, sword, rifle, bomb, skull, axe, kill",
    "bottle": "bottle, poison bottle, wine bottle, flask",
    "drink": "drink, drinks, wine, beer, brandy, whiskey, whisky, liquor, cocktail, bottle, martini, rum",
    "gem": "gem, diamond, crystal, jewel, emerald, ruby",
    "poison": "poison, toxic, skull, venom, potion, poison bottle",
    "rat": "rat, mouse, rodent",
    "taxi": "taxi, cab, car",
    "building": "building, skyscraper, office, tower, city",
    "arrow": "arrow, arrows",
    "chart": "chart, graph",
    "cross": "cross, medical cross, plus",
    "balloon": "balloon, hot air balloon, balloons",
    "hook": "hook, fishing hook, fish hook",
    "script": "script, scroll, code",
    "pen": "pen, quill, nib, fountain pen, pencil, feather pen",
    "paintbrush": "paintbrush, brush, paint brush, paint",
    "needle": "needle, sewing needle, knitting needles, sewing",
    "leaf": "leaf, leaves, sprout, foliage",
    "anchor": "anchor",
    "spade": "spade, shovel, trowel",
    "dumbbell": "dumbbell, barbell, weight lifting, kettlebell",
    "crown": "crown, tiara",
    "church": "church, chapel, steeple, cathedral",
    "bomb": "bomb, explosion, explode, burst, blast, dynamite, boom",
    "music note": "music, note, notes, musical",
    "scissors": "scissors, shears, scissor",
    "turtle": "turtle, tortoise",
    "pig": "pig, piglet, boar, bacon",
    "chicken": "chicken, hen, rooster",
    "crane": "crane",
    "hop": "hop, hops",
    "squirrel": "squirrel, chipmunk",
    "octopus": "octopus, squid, tentacle, kraken",
    "ice cream": "ice cream, gelato, sundae, icecream, ice cream cone",
    "umbrella": "umbrella, parasol",
    "circle": "circle, ring, badge",
    "square": "square, squircle",
}
"""What else a symbol may be called that shows a thing; the plain word and its plural need no line."""


@dataclass(frozen=True, slots=True)
class WishBrief:
    """A brief, what it tries, and its wishes by kind."""

    id: str
    fault: str
    prompt: str
    brand: str
    fields: Mapping[str, Any]
    wishes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One wish and whether it was kept."""

    kind: str
    wish: str
    kept: bool


def read_briefs(path: Path) -> list[WishBrief]:
    """Read a file of briefs.

    Raises:
        ValueError: a line has a wish of a kind that nobody judges.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if unknown := entry["wishes"].keys() - _JUDGES.keys() - {"unmet"}:
            raise ValueError(f"{entry['id']}: no wish is called {', '.join(sorted(unknown))}")
        found.append(
            WishBrief(
                entry["id"],
                entry["fault"],
                entry["prompt"],
                entry.get("brand", ""),
                entry.get("fields", {}),
                entry["wishes"],
            )
        )
    return found


def judge(brief: WishBrief, candidates: Sequence[Seen], *, unmet: bool = False) -> list[Verdict]:
    """Return a verdict on every wish of a brief; where nothing was drawn, none is kept.

    Args:
        unmet: whether the answer said that a wish cannot be met.
    """
    return [
        Verdict(kind, " ".join(wish) if isinstance(wish, list) else str(wish), _is_kept(kind, wish, candidates, unmet))
        for kind, wishes in brief.wishes.items()
        for wish in (wishes if isinstance(wishes, list) and kind not in _WHOLE else [wishes])
    ]


def _is_kept(kind: str, wish: Any, candidates: Sequence[Seen], unmet: bool) -> bool:
    if kind == "unmet":
        return unmet
    return bool(candidates) and _JUDGES[kind](wish, candidates)


def fits(seen: Seen, label: str) -> list[int]:
    """Return the numbers of the symbols that a label, or one of several joined by `|`, is a name of."""
    names = [name for one in label.split("|") for name in SYNONYMS.get(one, one).split(", ")]
    wanted = [frozenset(words_of(name)) for name in names]
    return [number for number, words in enumerate(seen.symbols) if any(name <= words for name in wanted)]


def _shown(label: str, candidates: Sequence[Seen]) -> bool:
    return _count(candidates, lambda seen: bool(fits(seen, label))) * 2 >= len(candidates)


def _together(labels: str, candidates: Sequence[Seen]) -> bool:
    return any(all(fits(seen, label) for label in labels.split("+")) for seen in candidates)


def _avoided(label: str, candidates: Sequence[Seen]) -> bool:
    shapes = SYNONYMS.get(label, label).split(", ")
    return not any(fits(seen, label) or seen.frame in shapes for seen in candidates)


def _only(names: Sequence[str], candidates: Sequence[Seen]) -> bool:
    painted = {colour for seen in candidates for colour in seen.colours} - {WHITE}
    return all(any(is_called(colour, name) for name in names) for colour in painted)


def _named(name: str, candidates: Sequence[Seen]) -> bool:
    """Tell whether a name is set, and no other; its case may be changed, by the rules of its language."""
    turkish = any(letter in name for letter in "ıİ")
    lines = {_fold(seen.texts[0], turkish) for seen in candidates if seen.texts}
    return _most(_count(candidates, lambda seen: bool(seen.texts)), candidates) and lines == {_fold(name, turkish)}


def _fold(text: str, turkish: bool) -> str:
    return (text.replace("İ", "i").replace("I", "ı") if turkish else text).casefold()


def _dated(date: str, candidates: Sequence[Seen]) -> bool:
    numbers = [word for word in words_of(date) if word.isdigit()]
    return _most(_count(candidates, lambda seen: set(numbers) <= set(words_of(" ".join(seen.texts)))), candidates)


def _lettered(letters: str, candidates: Sequence[Seen]) -> bool:
    return _count(candidates, lambda seen: seen.letters.casefold() == letters.casefold()) * 2 >= len(candidates)


def _texted(text: str, candidates: Sequence[Seen]) -> bool:
    return _most(_count(candidates, lambda seen: text.casefold() in " ".join(seen.texts).casefold()), candidates)


def _coloured(name: str, candidates: Sequence[Seen]) -> bool:
    return _most(_count(candidates, lambda seen: any(any_called(seen.colours, n) for n in name.split("|"))), candidates)


def _uncoloured(name: str, candidates: Sequence[Seen]) -> bool:
    """Tell whether a colour is in no candidate; white paper does not count."""
    return not any(any_called(seen.colours - {WHITE}, name, core=True) for seen in candidates)


def _mostly(part: Callable[[Seen], frozenset[str]]) -> Callable[[str, Sequence[Seen]], bool]:
    """Return a judge: one of the values joined by `|` is in this part of most candidates."""
    return lambda wish, seen: _most(_count(seen, lambda one: not part(one).isdisjoint(wish.split("|"))), seen)


def _never(part: Callable[[Seen], frozenset[str]]) -> Callable[[str, Sequence[Seen]], bool]:
    return lambda wish, seen: all(part(one).isdisjoint(wish.split("|")) for one in seen)


def kinds_of(seen: Seen) -> frozenset[str]:
    """Return what kinds of mark a candidate may be called; two things in one mark are pictorial too."""
    kinds = {seen.kind} | ({"badge"} if seen.layout == "emblem" else set())
    return frozenset(kinds | ({"pictorial"} if seen.kind == "combined" else set()))


_JUDGES: Final[dict[str, Callable[[Any, Sequence[Seen]], bool]]] = {
    "show": _shown,
    "together": _together,
    "avoid": _avoided,
    "colours": _coloured,
    "not_colours": _uncoloured,
    "only_colours": _only,
    "letters": _lettered,
    "date": _dated,
    "text": _texted,
    "name": _named,
    "layout": _mostly(lambda seen: frozenset({seen.layout})),
    "not_layout": _never(lambda seen: frozenset({seen.layout})),
    "kinds": _mostly(kinds_of),
    "not_kinds": _never(kinds_of),
    "type": _mostly(lambda seen: seen.type),
    "not_type": _never(lambda seen: seen.type),
    "case": _mostly(lambda seen: seen.cases),
    "not_case": _never(lambda seen: seen.cases - {"as_given"}),
    "drawn": lambda number, seen: len(seen) == number,
}

_WHOLE: Final = frozenset({"only_colours"})  # a list that is one wish


def _count(candidates: Sequence[Seen], holds: Callable[[Seen], bool]) -> int:
    return sum(map(holds, candidates))


def _most(number: int, candidates: Sequence[Seen]) -> bool:
    return number >= math.ceil(len(candidates) * 3 / 4)
