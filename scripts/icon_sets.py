"""Readers of the six icon sets as npm delivers them: names, tags, authors and the raw SVG of every icon."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from icon_filter import could_be_logo, could_be_picture


@dataclass(frozen=True, slots=True)
class IconSet:
    """Where a set comes from and on what terms.

    `package` is the npm package with its version pinned; `credit` is the line that a work made
    with the set must carry, if its licence asks for one.
    """

    key: str
    title: str
    package: str
    licence: str
    author: str
    url: str
    licence_file: str | None
    credit: str | None = None


SETS: Final = (
    IconSet(
        "phosphor",
        "Phosphor Icons",
        "@phosphor-icons/core@2.1.1",
        "MIT",
        "Phosphor Icons",
        "https://phosphoricons.com",
        "LICENSE",
    ),
    IconSet(
        "tabler", "Tabler Icons", "@tabler/icons@3.51.0", "MIT", "Paweł Kuna", "https://tabler.io/icons", "LICENSE"
    ),
    IconSet(
        "lucide",
        "Lucide",
        "lucide-static@1.62.0",
        "ISC",
        "Lucide Icons and Contributors",
        "https://lucide.dev",
        "LICENSE",
    ),
    IconSet(
        "mdi",
        "Material Design Icons",
        "@mdi/svg@7.4.47",
        "Apache-2.0",
        "Pictogrammers",
        "https://pictogrammers.com/library/mdi/",
        "LICENSE",
    ),
    IconSet(
        "game-icons",
        "Game-icons.net",
        "@iconify-json/game-icons@1.2.4",
        "CC-BY-3.0",
        "Game-icons.net contributors",
        "https://game-icons.net",
        None,
        "Icon by the Game-icons.net contributors (https://game-icons.net), CC BY 3.0, adapted",
    ),
    IconSet(
        "fluent",
        "Fluent Emoji High Contrast",
        "@iconify-json/fluent-emoji-high-contrast@1.2.6",
        "MIT",
        "Microsoft Corporation",
        "https://github.com/microsoft/fluentui-emoji",
        None,
    ),
)


@dataclass(frozen=True, slots=True)
class RawIcon:
    """One icon as its set delivers it. `name` has no word for the style; `key` is unique within the set."""

    set: str
    key: str
    name: str
    style: str
    tags: tuple[str, ...]
    author: str
    svg: str


def read_icons(modules: Path) -> Iterator[RawIcon]:
    """Yield every icon that could be a logo, set by set, from an npm `node_modules` folder."""
    readers: tuple[Callable[[Path], Iterator[RawIcon]], ...] = (
        _phosphor,
        _tabler,
        _lucide,
        _mdi,
        _game_icons,
        _fluent,
    )
    for read in readers:
        yield from read(modules)


_PHOSPHOR_WEIGHTS: Final = (("fill", "fill"), ("regular", "line"), ("bold", "line"), ("duotone", "duotone"))


def _phosphor(modules: Path) -> Iterator[RawIcon]:
    root = modules / "@phosphor-icons/core"
    catalogue = (root / "dist/index.mjs").read_text()
    entry = re.compile(r'name: "([a-z0-9-]+)",\s*pascal_name.*?tags: \[(.*?)\]', re.DOTALL)
    for name, listed in entry.findall(catalogue):
        if not could_be_logo(name):
            continue
        tags = tuple(tag for tag in re.findall(r'"([^"]+)"', listed) if not tag.startswith("*"))
        for weight, style in _PHOSPHOR_WEIGHTS:
            key = name if weight == "regular" else f"{name}-{weight}"
            svg = (root / "assets" / weight / f"{key}.svg").read_text()
            yield RawIcon("phosphor", key, name, style, tags, "Phosphor Icons", svg)


_TABLER_OUT: Final = frozenset(
    {
        "Brand",
        "Arrows",
        "Letters",
        "Numbers",
        "Text",
        "Extensions",
        "Version control",
        "Laundry",
        "Logic",
        "Gender",
        "Database",
    }
)


def _tabler(modules: Path) -> Iterator[RawIcon]:
    root = modules / "@tabler/icons"
    for name, entry in json.loads((root / "icons.json").read_text()).items():
        if entry["category"] in _TABLER_OUT or not could_be_logo(name):
            continue
        tags = tuple(str(tag).lower() for tag in entry["tags"])
        for folder, style in (("outline", "line"), ("filled", "fill")):
            path = root / "icons" / folder / f"{name}.svg"
            if path.exists():
                key = name if style == "line" else f"{name}-filled"
                yield RawIcon("tabler", key, name, style, tags, "Paweł Kuna", path.read_text())


def _lucide(modules: Path) -> Iterator[RawIcon]:
    root = modules / "lucide-static"
    tags = json.loads((root / "tags.json").read_text())
    for path in sorted((root / "icons").glob("*.svg")):
        name = path.stem
        if name in tags and could_be_logo(name):
            words = tuple(tag.lower() for tag in tags[name])
            yield RawIcon("lucide", name, name, "line", words, "Lucide Icons and Contributors", path.read_text())


_MDI_OUT: Final = frozenset(
    {
        "Brand / Logo",
        "Arrow",
        "Alpha / Numeric",
        "Text / Content / Format",
        "Form",
        "Arrange",
        "Vector",
        "Tooltip",
        "Settings",
        "Social Media",
        "Alert / Error",
        "Account / User",
        "Files / Folders",
        "Cellphone / Phone",
        "Battery",
        "Notification",
    }
)
_MDI_TOPICS: Final = frozenset(
    {
        "Food / Drink",
        "Animal",
        "Nature",
        "Medical / Hospital",
        "Music",
        "Sport",
        "Science",
        "Weather",
        "Holiday",
        "Clothing",
        "Agriculture",
        "Automotive",
        "Photography",
        "Hardware / Tools",
        "Drawing / Art",
        "Health / Beauty",
        "Transportation + Water",
        "Transportation + Flying",
    }
)


def _mdi(modules: Path) -> Iterator[RawIcon]:
    root = modules / "@mdi/svg"
    for entry in json.loads((root / "meta.json").read_text()):
        key, topics = entry["name"], set(entry["tags"])
        name = key.removesuffix("-outline")
        if entry["deprecated"] or topics & _MDI_OUT or not could_be_logo(name):
            continue
        words = [alias.replace("-", " ") for alias in entry["aliases"]]
        words += [word.lower() for topic in entry["tags"] if topic in _MDI_TOPICS for word in re.findall(r"\w+", topic)]
        style = "line" if key.endswith("-outline") else "fill"
        svg = (root / "svg" / f"{key}.svg").read_text()
        yield RawIcon("mdi", key, name, style, tuple(words), entry["author"], svg)


def _game_icons(modules: Path) -> Iterator[RawIcon]:
    data = json.loads((modules / "@iconify-json/game-icons/icons.json").read_text())
    aliases: dict[str, list[str]] = {}
    for alias, target in data["aliases"].items():
        aliases.setdefault(target["parent"], []).append(alias.replace("-", " "))
    for name, icon in sorted(data["icons"].items()):
        if not could_be_picture(name):
            continue
        body = icon["body"]
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {data["width"]} {data["height"]}">{body}</svg>'
        yield RawIcon(
            "game-icons", name, name, "fill", tuple(aliases.get(name, ())), "Game-icons.net contributors", svg
        )


# Animals and things that the other sets lack, or draw less well, each with the name that it has here. Faces and signs
# are left out: a smiling face is an emoji and no logo.
FLUENT: Final = dict(
    pair.strip().split(":")
    for pair in """
    alembic:alembic, astronaut:astronaut, auto-rickshaw:tuk-tuk, badger:badger, bagel:bagel, ballet-shoes:ballet-shoes,
    banjo:banjo, beaver:beaver, bento-box:bento-box, bison:bison, black-cat:cat, blackbird:blackbird,
    blueberries:blueberry, burrito:burrito, canoe:canoe, carousel-horse:carousel-horse, chestnut:chestnut,
    chipmunk:chipmunk, circus-tent:circus-tent, crocodile:crocodile, cucumber:cucumber, diya-lamp:oil-lamp,
    dodo:dodo, dragon:dragon, duck:duck, eagle:eagle, empty-nest:nest, ewe:ewe, falafel:falafel, flamingo:flamingo,
    fondue:fondue, ginger-root:ginger, giraffe:giraffe, goose:goose, hatching-chick:hatching-chick, hedgehog:hedgehog,
    herb:herb, hibiscus:hibiscus, hiking-boot:hiking-boot, hippopotamus:hippopotamus, horse:horse, hyacinth:hyacinth,
    japanese-castle:japanese-castle, kangaroo:kangaroo, leopard:leopard, lime:lime, lizard:lizard, llama:llama,
    lobster:lobster, locomotive:steam-locomotive, long-drum:conga-drum, magic-wand:magic-wand, mammoth:mammoth,
    man-cook:chef, man-farmer:farmer, man-genie:genie, man-mage:wizard, man-pilot:pilot, mango:mango, maracas:maracas,
    mate:mate, mirror-ball:disco-ball, moai:moai, moose:moose, mosquito:mosquito, motor-scooter:motor-scooter,
    mount-fuji:mount-fuji, mouse:mouse, nesting-dolls:matryoshka-doll, nest-with-eggs:nest-with-eggs, onion:onion,
    orangutan:orangutan, otter:otter, owl:owl, ox:ox, oyster:oyster, pancakes:pancake, parrot:parrot,
    pea-pod:pea-pod, peacock:peacock, peanuts:peanut, penguin:penguin, person-fairy:fairy, person-fencing:fencer,
    person-rowing-boat:rower, person-surfing:surfer, phoenix-bird:phoenix, piata:pinata, pickup-truck:pickup-truck,
    pie:pie, poodle:poodle, rabbit:rabbit, ram:ram, rhinoceros:rhinoceros, rice-ball:onigiri, rooster:rooster,
    sake:sake, sauropod:brontosaurus, scorpion:scorpion, seal:seal, skunk:skunk, sled:sled, sloth:sloth,
    snowboarder:snowboarder, spaghetti:spaghetti, sponge:sponge, squid:squid, statue-of-liberty:statue-of-liberty,
    stuffed-flatbread:kebab, swan:swan, tamale:tamale, tiger:tiger, tokyo-tower:lattice-tower, tram-car:tram-car,
    trolleybus:trolleybus, turkey:turkey, two-hump-camel:camel, unicorn:unicorn, waffle:waffle,
    water-buffalo:water-buffalo, whale:whale, wing:wing, woman-elf:elf, wood:log, zebra:zebra
    """.split(",")
)


# A group without a transform, and the clip to the whole box that some have.
_GROUP: Final = re.compile(r'<g( fill="\w+")?( clip-path="url\(#\w+\)")?>|</g>|<defs>.*?</defs>')


def _fluent(modules: Path) -> Iterator[RawIcon]:
    root = modules / "@iconify-json/fluent-emoji-high-contrast"
    data = json.loads((root / "icons.json").read_text())
    for key, name in sorted(FLUENT.items()):
        body = _GROUP.sub("", data["icons"][key]["body"])
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {data["height"]} {data["height"]}">{body}</svg>'
        yield RawIcon("fluent", key, name, "fill", (), "Microsoft Corporation", svg)
