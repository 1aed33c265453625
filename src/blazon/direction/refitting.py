"""What follows from a change of a design: type that covers a new name, a slogan's face, an idea that still fits.

Whatever the patch names itself is left as it has it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from blazon.brief import LayoutKind, LetterCase
from blazon.design import BadgePlan, Design, NameIdea, NameTechnique, Treatment, Typeface
from blazon.direction.credits import list_credits
from blazon.direction.layouts import set_layout
from blazon.direction.typefaces import set_slogan
from blazon.draw.artwork import Materials, find_symbol_places
from blazon.draw.emblems import ONE_LINE, plan_of
from blazon.draw.gradients import add_gradient
from blazon.draw.letter_symbols import set_symbol
from blazon.draw.lettering import resolve_family
from blazon.draw.name_ideas import can_justify, find_name_ideas
from blazon.draw.uploaded_fonts import title_of
from blazon.draw.wording import set_words
from blazon.errors import InvalidDesign, InvalidDocument

_FRAMED: Final = (Treatment.FRAMED, Treatment.KNOCKED_OUT)
# They were looked for in the mark that there was.
_PARTED: Final = (Treatment.CUT, Treatment.SEGMENTED, Treatment.STENCIL)
_FIRST_FAMILY: Final = "Rubik"
_NEW_NAME: Final = LayoutKind.HORIZONTAL


class Refitting:
    """Carries a change of one design through.

    Args:
        before: the design.
        patch: the merge patch, without what is no field of a design.
    """

    def __init__(self, before: Design, patch: Mapping[str, Any], materials: Materials) -> None:
        self._before = before
        self._patch = patch
        self._fonts = materials.fonts
        self._materials = materials
        self._told: list[str] = []

    def prepare(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document that the patch is merged into: what a mark of another kind cannot have is taken away."""
        mark, given = document["mark"], self._patch.get("mark")
        kind = given.get("kind") if isinstance(given, Mapping) else None
        if mark is not None and kind is not None and kind != mark["kind"]:
            return {**document, "mark": None}
        return dict(document)

    def complete(self, merged: Mapping[str, Any]) -> dict[str, Any]:
        """Return a merged document with what it needs and the patch does not name: a face for a new text, a title."""
        document = dict(merged)
        name = document.get("brand_name")
        if not isinstance(name, str | None):
            return document  # and is refused
        if name and not self._names("title") and self._before.title == self._before.brand_name:
            document["title"] = name
        document.setdefault("title", name or self._before.title)
        if name and not document.get("name_type"):
            document["name_type"] = self._choose_face(name)
        face = document.get("name_type")
        if isinstance(face, dict):
            document["name_type"] = self._complete_face(face)
        if not name:
            self._drop_words(document)
        slogan = document.get("slogan")
        if isinstance(slogan, str) and slogan and not document.get("slogan_type") and isinstance(face, dict):
            # Known once the family is: see `_set_slogan`.
            document["slogan_type"] = document["name_type"]
        return document

    def _drop_words(self, document: dict[str, Any]) -> None:
        """Take the words away that stood beside a name, where the name is gone."""
        for field in ("slogan", "established", "place"):
            if document.get(field) and not self._names(field):
                document[field] = ""
                self._told.append(f"without a name {field} is left out")

    def refit(self, changed: Design) -> tuple[Design, tuple[str, ...]]:
        """Return a changed design in which all parts fit, and what was changed for that, a sentence each.

        Raises:
            InvalidDesign, TextNotCovered: what the patch names cannot be drawn with the rest.
        """
        for step in (
            self._cover_name,
            self._set_weight,
            self._set_case,
            self._set_slogan,
            self._lay_out,
            self._unbend_script,
            self._treat_mark,
            self._frame_mark,
            self._run_gradient,
            self._split_name,
            self._fit_idea,
            self._fit_symbol,
        ):
            changed = step(changed)
        return changed, tuple(self._told)

    def _names(self, field: str, member: str = "") -> bool:
        """Whether the patch names a field, or a member of it."""
        given = self._patch.get(field)
        return field in self._patch and (not member or (isinstance(given, Mapping) and member in given))

    def _choose_face(self, name: str) -> dict[str, Any]:
        family = resolve_family(name, [_FIRST_FAMILY], self._fonts)
        return {"family": family.name, "weight": family.weights[0], "case": family.case}

    def _complete_face(self, face: Mapping[str, Any]) -> dict[str, Any]:
        """Return a face with a weight: that which holds a name best, where there is none."""
        whole = dict(face)
        if "weight" not in whole and isinstance(whole.get("family"), str):
            whole["weight"] = _weigh(whole["family"], self._fonts)
        if self._names("name_type", "case") and not self._names("name_type", "case_wished"):
            whole["case_wished"] = True
        return whole

    def _cover_name(self, design: Design) -> Design:
        """Set a name that its family cannot set in one that is near in mood and can."""
        face = design.name_type
        if face is None or not design.brand_name or self._names("name_type", "family"):
            return design
        family = resolve_family(design.brand_name, [face.family], self._fonts)
        if family.name == face.family:
            return design
        self._told.append(f"{title_of(face.family)} cannot set the name: it is set in {family.name}")
        return replace(design, name_type=replace(face, family=family.name))

    def _set_weight(self, design: Design) -> Design:
        """Give a name in another family the nearest of the weights that hold a name in that one."""
        face, old = design.name_type, self._before.name_type
        if face is None or old is None or face.family == old.family or self._names("name_type", "weight"):
            return design
        weights = self._fonts.family(face.family).weights
        nearest = min(weights, key=lambda weight: (abs(weight - old.weight), weights.index(weight)))
        return replace(design, name_type=replace(face, weight=nearest))

    def _set_case(self, design: Design) -> Design:
        """Set a name in a script as it is written, where the capitals were those of another family."""
        face = design.name_type
        if face is None or self._names("name_type", "case") or self._fonts.family(face.family).capitals:
            return design
        if face.case is LetterCase.UPPER:
            self._told.append(f"{title_of(face.family)} is a script: the name is set as it is written, not in capitals")
            return replace(design, name_type=replace(face, case=LetterCase.AS_GIVEN, tracking=0.0, case_wished=False))
        return design

    def _unbend_script(self, design: Design) -> Design:
        """Set a name that came into a script below the mark of a badge: a script is not bent."""
        face, old = design.name_type, self._before.name_type
        if face is None or old is None or face.family == old.family or self._names("badge"):
            return design
        bent = design.layout is LayoutKind.EMBLEM and plan_of(design.badge, design.frame) in ONE_LINE
        if not bent or self._fonts.family(face.family).capitals:
            return design
        self._told.append(f"{title_of(face.family)} is a script: the name stands below the mark, and is not bent")
        return replace(design, badge=BadgePlan.CREST)

    def _set_slogan(self, design: Design) -> Design:
        """Set a slogan in the face that goes with the name, unless somebody chose another."""
        before, face = self._before, design.name_type
        if not design.slogan or face is None or self._names("slogan_type"):
            return design
        chosen = before.slogan_type
        if chosen is not None and before.slogan and before.name_type is not None:
            usual = set_slogan(before.slogan, self._fonts.family(before.name_type.family), self._fonts)
            if chosen != usual:
                family = resolve_family(design.slogan, [chosen.family], self._fonts, field="slogan")
                fitting = chosen if family.name == chosen.family else Typeface(family.name, family.weights[0])
                return replace(design, slogan_type=fitting)
        return replace(design, slogan_type=set_slogan(design.slogan, self._fonts.family(face.family), self._fonts))

    def _lay_out(self, design: Design) -> Design:
        before = self._before
        if self._names("layout") and design.layout is not before.layout:
            wanted = design.layout
            try:
                laid_out = set_layout(replace(design, layout=before.layout), wanted, self._fonts)
            except InvalidDesign as error:
                raise InvalidDocument((("layout",), str(error))) from None
            kept = {name: getattr(design, name) for name in ("badge", "treatment", "name_idea") if self._names(name)}
            kept |= {"name_type": design.name_type} if self._names("name_type") else {}
            return replace(laid_out, **kept)
        if not design.brand_name and design.layout is not LayoutKind.SYMBOL:
            self._told.append("without a name the layout is symbol")
            return replace(design, layout=LayoutKind.SYMBOL, letter_symbol=None, name_idea=None, name_split=None)
        if design.brand_name and not before.brand_name and not self._names("layout"):
            self._told.append(f"the layout is {_NEW_NAME}, so that the name is seen")
            return replace(design, layout=_NEW_NAME)
        return self._show_mark(design)

    def _show_mark(self, design: Design) -> Design:
        """Lay out a logo anew whose mark came or went: a wordmark has none, every other layout needs one."""
        if design.mark is None and design.layout not in (LayoutKind.WORDMARK, LayoutKind.SYMBOL):
            self._told.append("without a mark the layout is wordmark")
            return replace(design, layout=LayoutKind.WORDMARK)
        if design.mark is not None and self._before.mark is None and design.layout is LayoutKind.WORDMARK:
            self._told.append(f"the layout is {_NEW_NAME}, so that the mark is seen")
            return replace(design, layout=_NEW_NAME, letter_symbol=None)
        return design

    def _treat_mark(self, design: Design) -> Design:
        if design.mark == self._before.mark and design.letter_symbol == self._before.letter_symbol:
            return design
        design = replace(design, credits=list_credits(design, self._materials.symbols))
        if design.mark == self._before.mark or self._names("treatment") or design.treatment not in _PARTED:
            return design
        self._told.append(f"the mark is drawn plain: {design.treatment} was made for the one before")
        return replace(design, treatment=Treatment.PLAIN, cut=None, segments=2)

    def _frame_mark(self, design: Design) -> Design:
        """Let a frame that is asked for be seen, and one that is taken away be gone."""
        if design.mark is None and (self._names("frame") or self._names("treatment")):
            self._told.append("nothing of it is seen: the logo has no mark")
            return design
        if not self._names("frame"):
            return design
        if design.layout is LayoutKind.EMBLEM:
            return design if self._names("badge") else replace(design, badge=plan_of(None, design.frame))
        if self._names("treatment"):
            return design
        if design.frame is not None and design.treatment not in _FRAMED:
            self._told.append("the mark is framed, so that the frame is seen")
            return replace(design, treatment=Treatment.FRAMED)
        if design.frame is None and design.treatment in _FRAMED:
            self._told.append("without a frame the mark is drawn plain")
            return replace(design, treatment=Treatment.PLAIN)
        return design

    def _run_gradient(self, design: Design) -> Design:
        """Give a new gradient an accent that the mark can run to."""
        new = design.treatment is Treatment.GRADIENT and self._before.treatment is not Treatment.GRADIENT
        flat = design.mark is None or design.layout is LayoutKind.EMBLEM
        if not new or flat or self._names("colours", "accent"):
            return design
        colours = add_gradient(design.colours)
        if colours is None:
            self._told.append("the accent does not suit a gradient from the colour of the mark: choose another")
            return design
        if colours != design.colours:
            self._told.append(f"the accent is {colours.accent}, to which the mark can run")
        return replace(design, colours=colours)

    def _split_name(self, design: Design) -> Design:
        """Put the second colour of a new name at the same word, or leave it out."""
        before, split = self._before, design.name_split
        if split is None or design.brand_name == before.brand_name or self._names("name_split"):
            return design
        words, place = before.brand_name[:split].count(" "), -1
        for _ in range(words):
            place = design.brand_name.find(" ", place + 1)
            if place < 0:
                break
        moved = place + 1 if words and place >= 0 else None
        if moved is None:
            self._told.append("the name is in one colour: the second stood at a letter of the name before")
        return replace(design, name_split=moved)

    def _fit_idea(self, design: Design) -> Design:
        """Carry the idea of a name over to letters that offer it, or leave it out."""
        idea = design.name_idea
        if idea is None or not design.brand_name or design.layout is LayoutKind.SYMBOL or self._names("name_idea"):
            return design
        bare = set_words(replace(design, name_idea=None), self._fonts).name
        if idea.technique is NameTechnique.JUSTIFIED:
            found = [idea] if design.brand_name == self._before.brand_name or can_justify(bare) else []
        elif design.brand_name == self._before.brand_name and self._holds(design):
            found = [idea]
        else:
            found = [one for one in find_name_ideas(bare) if one.technique is idea.technique]
        if not found:
            self._told.append(f"the name is set plainly: its letters do not offer the idea {idea.technique}")
        return replace(design, name_idea=_keep_angle(found[0], idea) if found else None)

    def _holds(self, design: Design) -> bool:
        try:
            set_words(design, self._fonts)
        except InvalidDesign:
            return False
        return True

    def _fit_symbol(self, design: Design) -> Design:
        """Carry the symbol in a name over to a letter that takes it, or leave it out."""
        place = design.letter_symbol
        if place is None or self._names("letter_symbol") or design.layout is LayoutKind.SYMBOL:
            return design
        lines = set_words(design, self._fonts).name
        if design.brand_name == self._before.brand_name:
            try:
                set_symbol(lines, place, self._materials.symbols)
            except InvalidDesign:
                pass
            else:
                return design
        drawing = self._materials.symbols.get(place.symbol)
        found = find_symbol_places(replace(design, letter_symbol=None), [drawing], self._materials, asked=True)
        if not found:
            self._told.append("the symbol in the name is left out: none of its letters takes it")
        return replace(design, letter_symbol=found[0] if found else None)


def _weigh(family: str, fonts: Any) -> int:
    try:
        return int(fonts.family(family).weights[0])
    except InvalidDesign:
        return 400  # the family is refused by name


def _keep_angle(found: NameIdea, idea: NameIdea) -> NameIdea:
    return replace(found, angle=found.angle or idea.angle)
