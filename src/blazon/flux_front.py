"""What is known of painted logos before one is painted: the models, what a brief asks for, whether it can be painted.

Imports no torch: a server for which replicas paint needs no more than this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from blazon.brief import Brief, Engine
from blazon.diffusion.catalogue.specs import ModelSpec
from blazon.diffusion.negative_prompts import check_effect
from blazon.direction.direct import direct
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.errors import InvalidBrief
from blazon.models import ModelCard
from blazon.reading.reading import Reading
from blazon.studio import Studio


@dataclass(frozen=True, slots=True)
class PaintOptions:
    """How pictures are painted.

    Args:
        smallest, largest: sides in pixels that the model may render.
        steps, guidance: None for those that the model does best with.
        loras: to paint with, unless a request chooses its own.
        patience: seconds to wait for a model to be loaded.
        numerics: what else changes the pixels: precision, quantisation, speed switches, the files of LoRAs.
    """

    smallest: int = 512
    largest: int = 1408
    steps: int | None = None
    guidance: float | None = None
    loras: tuple[tuple[str, float], ...] = ()
    patience: float = 300.0
    numerics: str = ""


class FluxFront:
    """Answers for FLUX without painting. Threads may share it.

    Args:
        specs: the models by their names.
        default_model: the name of that which paints when a request names none.
    """

    engine: Final = Engine.FLUX

    def __init__(
        self,
        specs: Mapping[str, ModelSpec],
        default_model: str,
        options: PaintOptions,
        own_fonts: FontSources = NO_FONTS,
    ) -> None:
        self._specs = specs
        self._default = default_model
        self._options = options
        self._vector = Studio.open(own_fonts)
        self._materials = self._vector.materials

    @property
    def model(self) -> str:
        """The identifier of the model that draws when a request names none."""
        return self._specs[self._default].identifier

    @property
    def recipe(self) -> str:
        """What decides a picture beside the brief and the version of Blazon: how this installation paints.

        Of a model only its name and where it comes from: what its files tell of it is not known where it is not.
        """
        sources = sorted((spec.name, spec.source) for spec in self._specs.values())
        return f"{self._options} {sources} {self._materials.fonts.own_fonts}".strip()

    def models(self) -> tuple[ModelCard, ...]:
        """Return the diffusion models, the default first, and the vector engine."""
        specs = sorted(self._specs.values(), key=lambda spec: spec.name != self._default)
        return (*map(self._make_card, specs), *self._vector.models())

    def card_of(self, brief: Brief) -> ModelCard:
        """Return the model that would draw a brief.

        Raises:
            InvalidBrief: there is no model of the name that the brief asks for.
        """
        return self._vector.card_of(brief) if self._is_drawn(brief) else self._make_card(self._find_spec(brief))

    def check(self, brief: Brief) -> None:
        """Refuse a brief that cannot be painted, before anybody waits for it.

        Raises:
            InvalidBrief: there is no such model, or it cannot do what the brief asks.
            TextNotCovered: no installed font has the characters of the name or slogan.
        """
        if self._is_drawn(brief):
            self._vector.check(brief)
            return
        spec = self._find_spec(brief)
        if brief.guidance is not None and not spec.capabilities.guidance:
            raise InvalidBrief("guidance", f"has no effect on {spec.name}; leave it out")
        if brief.negative_prompt:
            scale = self._choose_scale(brief, spec)
            taken, guided = spec.capabilities.negative_prompt, scale > spec.unguided
            check_effect(spec.name, scale, taken=taken, guided=guided)
        if (reading := self._vector.read(brief)).name:
            next(direct(replace(brief, count=1, first=0), reading, self._materials))

    def read(self, brief: Brief) -> Reading:
        """Return what a brief asks for."""
        return self._vector.read(brief)

    def _is_drawn(self, brief: Brief) -> bool:
        return brief.engine is Engine.VECTOR or brief.model == self._vector.model or bool(brief.own_mark)

    def _make_card(self, spec: ModelSpec) -> ModelCard:
        return ModelCard(
            spec.name,
            spec.identifier,
            spec.licence,
            spec.commercial,
            painted=True,
            steps=self._choose_steps(spec),
            loras=tuple(name for name, _ in self._options.loras),
            guidance=self._choose_guidance(spec) if spec.capabilities.guidance else None,
            family=spec.family,
            abilities=spec.capabilities.names,
        )

    def _choose_guidance(self, spec: ModelSpec) -> float | None:
        # A model that was distilled to do without guidance would follow a setting, to its harm.
        given = self._options.guidance if spec.capabilities.guidance else None
        return spec.guidance if given is None else given

    def _choose_scale(self, brief: Brief, spec: ModelSpec) -> float:
        """Return the guidance scale that a brief is painted with."""
        usual = self._choose_guidance(spec) if brief.guidance is None else brief.guidance
        return spec.usual_guidance if usual is None else usual

    def _choose_steps(self, spec: ModelSpec) -> int | None:
        return self._options.steps or spec.steps

    def _find_spec(self, brief: Brief) -> ModelSpec:
        with_name = self._specs.get(brief.model or self._default)
        if with_name is None:
            names = ", ".join(card.name for card in self.models())
            raise InvalidBrief("model", f"{brief.model[:60]!r} is not one of {names}")
        return with_name
