"""Who draws for the command line: the studio that a server with the same settings would open."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blazon.brief import Brief, Engine
from blazon.cli.terminal import Work
from blazon.diffusion.catalogue.specs import parse_models
from blazon.errors import InvalidBrief
from blazon.export.delivery import Master
from blazon.generation import Drawn
from blazon.logs import configure_logs
from blazon.serve.engines.choice import load_engine
from blazon.serve.engines.protocol import DeviceEngine, LogoEngine
from blazon.settings import LogFormat, LogLevel, Settings
from blazon.studio import VECTOR_MODEL
from blazon.watching import Watch


def settings_for(engine: Engine, model: str = "", fonts: tuple[Path, ...] = ()) -> Settings:
    """Return the settings of this installation, for a command that asks for an engine and a model.

    Raises:
        InvalidSetting: a setting cannot be understood.
        InvalidBrief: `MODELS` holds no such model.
    """
    given: dict[str, Any] = {"warmup_enabled": False} | ({"fonts": fonts} if fonts else {})
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


@contextmanager
def open_studio(settings: Settings, work: Work) -> Iterator[LogoEngine]:
    """Open who draws, for a while.

    Raises:
        EngineUnavailable: it cannot be opened.
    """
    _configure_logs(settings)
    studio = load_engine(settings, work.tell)
    try:
        yield studio
    finally:
        if isinstance(studio, DeviceEngine):
            studio.close()


def read_briefs(settings: Settings, briefs: Sequence[Brief], work: Work) -> list[Brief]:
    """Return briefs with what the language model of `READER_URL` reads in them; where it names none, with what the
    encoder of the extra `multilingual` finds in words that no table has."""
    if not settings.reader_url:
        from blazon.language_model.word_encoder import read_words  # where it is used, for a quick start

        return [*map(read_words, briefs)]
    from blazon.language_model.reader import LanguageModel  # where it is used: it needs a client for HTTP

    work.tell("Reading")
    model = LanguageModel.configured(settings)
    return model.read_all(briefs) if model else [*briefs]


def draw(studio: LogoEngine, brief: Brief, work: Work) -> Iterator[Drawn]:
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


def _configure_logs(settings: Settings) -> None:
    """Let through to stderr what went wrong, in text; all of it, and what libraries warn of, as the settings ask."""
    given = settings.model_fields_set
    style = settings.log_format if "log_format" in given else LogFormat.TEXT
    configure_logs(settings.log_level if "log_level" in given else LogLevel.ERROR, style)
    logging.getLogger("blazon").setLevel(logging.NOTSET if "log_level" in given else logging.WARNING)


def _only(model: str, models: str) -> str:
    """Return the one entry of `MODELS` that is wanted: a studio loads the first when it is opened."""
    sources = {spec.name: spec.source for spec in parse_models(models)}
    if model not in sources:
        raise InvalidBrief("model", f"{model[:60]!r} is not one of {', '.join([*sources, VECTOR_MODEL])}")
    return f"{model}={sources[model]}"
