"""Who draws for the command line: the studio that a server with the same settings would open."""

from collections.abc import Iterator
from typing import Any

from blazon.brief import Brief, Engine
from blazon.cli.terminal import Work
from blazon.diffusion.catalogue import parse_models
from blazon.errors import InvalidBrief
from blazon.export.delivery import Master
from blazon.generation import Drawn
from blazon.logs import configure_logs
from blazon.serve.draughtsman import Draughtsman
from blazon.serve.engines import open_draughtsman
from blazon.settings import LogLevel, Settings
from blazon.studio import VECTOR_MODEL
from blazon.watching import Watch


def settings_for(engine: Engine, model: str = "") -> Settings:
    """Return the settings of this installation, for a command that asks for an engine and a model.

    Raises:
        InvalidSetting: a setting cannot be understood.
        InvalidBrief: `MODELS` holds no such model.
    """
    given: dict[str, Any] = {"warmup_enabled": False}
    if engine is not Engine.AUTO:
        given["engine"] = engine
    elif model == VECTOR_MODEL:
        given["engine"] = Engine.VECTOR
    settings = Settings.load(**given)
    if "optimize" not in settings.model_fields_set:
        # To compile a model takes longer than a few pictures.
        settings = settings.model_copy(update={"optimize": "off"})
    if model and settings.models and settings.engine is not Engine.VECTOR:
        settings = settings.model_copy(update={"models": _only(model, settings.models)})
    return settings


def opened(settings: Settings, work: Work) -> Draughtsman:
    """Open who draws; warnings go to stderr, what is less only where `LOG_LEVEL` asks for it.

    Raises:
        EngineUnavailable: it cannot be opened.
    """
    configure_logs(
        settings.log_level if "log_level" in settings.model_fields_set else LogLevel.WARNING, settings.log_format
    )
    return open_draughtsman(settings, work.tell)


def drawn(studio: Draughtsman, brief: Brief, work: Work) -> Iterator[Drawn]:
    """Yield the candidates of a brief one after another: which of them share a forward pass would change their pixels.

    Raises:
        InvalidBrief, EngineUnavailable, GenerationFailed: why there are none, or no more.
    """
    studio.check(brief)
    work.tell("Painting" if studio.card_of(brief).painted else "Drawing")
    for number in range(brief.count):
        yield studio.candidate(brief, number, Watch(tell=work.step))


def master_of(brief: Brief, logo: Drawn) -> Master:
    """Return a logo as files are made of it."""
    return Master(logo.content, logo.media_type, brief.brand_name or brief.prompt)


def _only(model: str, models: str) -> str:
    """Return the one entry of `MODELS` that is wanted: a studio loads the first when it is opened."""
    sources = {spec.name: spec.source for spec in parse_models(models)}
    if model not in sources:
        raise InvalidBrief("model", f"{model[:60]!r} is not one of {', '.join([*sources, VECTOR_MODEL])}")
    return f"{model}={sources[model]}"
