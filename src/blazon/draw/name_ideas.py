"""One idea for a name: what its letters offer, measured on their outlines, and the name with it.

The text stays readable with each: letters keep their order and all that they are known by.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pathops import PathOpsError

from blazon.design import NameIdea, NameTechnique
from blazon.draw import name_accents, name_cuts, name_joins
from blazon.draw.letter_outlines import Glyphs, read_glyphs
from blazon.draw.lettering import Letter, Lettering
from blazon.draw.outline import Box, scale_path
from blazon.errors import InvalidDesign

# How much wider one of two words may be than the other, and still be set at its width.
_UNEQUAL: Final = 2.1
# In a longer name what is done to one letter is lost.
_LONGEST: Final = 18


@dataclass(frozen=True, slots=True)
class _Tool:
    find: Callable[[Glyphs], Iterator[NameIdea]]
    draw: Callable[[Glyphs, NameIdea], Lettering]
    whole: bool = False
    single: bool = False


# `whole` ones are done to all letters, and with `single` ones offered for a name in one line.
_TOOLS: Final[dict[NameTechnique, _Tool]] = {
    NameTechnique.DOT: _Tool(name_accents.find_dots, name_accents.colour_dots, whole=True),
    NameTechnique.FILLED: _Tool(name_accents.find_fillings, name_accents.fill),
    NameTechnique.OPEN: _Tool(name_cuts.find_open_letters, name_cuts.open_letter, single=True),
    NameTechnique.CUT: _Tool(name_cuts.find_cuts, name_cuts.cut),
    NameTechnique.STENCIL: _Tool(name_cuts.find_stencils, name_cuts.stencil, whole=True),
    NameTechnique.INLINE: _Tool(name_cuts.find_inlines, name_cuts.inline, whole=True),
    NameTechnique.JOINED: _Tool(name_joins.find_shared_stems, name_joins.share_stem),
    NameTechnique.LINKED: _Tool(name_joins.find_chains, name_joins.link),
    NameTechnique.TIED: _Tool(name_joins.find_shared_bars, name_joins.tie),
    NameTechnique.ROOF: _Tool(name_joins.find_roofs, name_joins.roof),
}


def find_name_ideas(lines: Sequence[Lettering]) -> list[NameIdea]:
    """Return the best idea of each technique that the letters of a set name offer; none in connected letters or many.

    What is done to all letters is offered for a name in one line only.
    """
    found: dict[NameTechnique, NameIdea] = {}
    if sum(len(line.letters) for line in lines) > _LONGEST:
        return []
    first = 0
    for line in lines:
        glyphs = read_glyphs(line)
        for technique, tool in _TOOLS.items():
            offered = (
                [] if technique in found or (len(lines) > 1 and (tool.whole or tool.single)) else _try(tool, glyphs)
            )
            if offered:
                found[technique] = replace(offered[0], index=offered[0].index + first)
        first += len(line.letters)
    return [found[technique] for technique in _TOOLS if technique in found]


def _try(tool: _Tool, glyphs: Glyphs | None) -> list[NameIdea]:
    try:
        return list(tool.find(glyphs)) if glyphs else []
    except PathOpsError:
        return []  # an outline that Skia cannot cut stays as it is


def set_name_idea(lines: Sequence[Lettering], idea: NameIdea) -> tuple[Lettering, ...]:
    """Return the lines of a name with an idea.

    Raises:
        InvalidDesign: the name has no such letter, or cannot be changed in that way.
    """
    if idea.technique is NameTechnique.JUSTIFIED:
        return _justify(lines)
    tool = _TOOLS[idea.technique]
    first = 0
    changed = []
    for line in lines:
        at = idea.index - first
        first += len(line.letters)
        wanted = tool.whole or 0 <= at < len(line.letters)
        changed.append(_change(line, replace(idea, index=0 if tool.whole else at), tool) if wanted else line)
    if not 0 <= idea.index < first:
        raise InvalidDesign(f"name_idea: the name has no letter {idea.index}")
    return tuple(changed)


def _change(line: Lettering, idea: NameIdea, tool: _Tool) -> Lettering:
    glyphs = read_glyphs(line)
    if glyphs is None:
        raise InvalidDesign(f"name_idea: {idea.technique} needs letters that stand by themselves")
    try:
        if not any(found.index == idea.index or tool.whole for found in tool.find(glyphs)):
            raise InvalidDesign(f"name_idea: {line.text[:40]!r} offers nothing for {idea.technique}")
        return tool.draw(glyphs, idea)
    except PathOpsError as error:
        raise InvalidDesign(f"name_idea: {line.text[:40]!r} cannot be {idea.technique}") from error


def can_justify(lines: Sequence[Lettering]) -> bool:
    """Say whether the lines of a name can be set at one width, none far larger than another."""
    widths = [round(line.ink.width / (line.cap_height or line.ascender)) for line in lines]
    return len(lines) > 1 and min(widths) >= 2 and max(widths) <= _UNEQUAL * min(widths)


def _justify(lines: Sequence[Lettering]) -> tuple[Lettering, ...]:
    """Return lines scaled to the width of the widest."""
    widest = max(line.ink.width for line in lines)
    return tuple(_scale(line, widest / line.ink.width) for line in lines)


def _scale(line: Lettering, factor: float) -> Lettering:
    box = line.ink
    return replace(
        line,
        path=scale_path(line.path, factor),
        letters=tuple(Letter(scale_path(one.path, factor), one.centre * factor, one.index) for one in line.letters),
        advance=line.advance * factor,
        ink=Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor),
        cap_height=line.cap_height * factor,
        x_height=line.x_height * factor,
        ascender=line.ascender * factor,
    )
