"""Settings: read once from the environment and `.env`, then passed down.

Every field is one environment variable of the same name in capitals. The reference in `docs/` and
`.env.example` are generated from this class, see `settings_text`.
"""

import difflib
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from blazon.brief import MAX_PROMPT, MAX_SIZE, MIN_PROMPT, MIN_SIZE, Engine
from blazon.errors import InvalidSetting
from blazon.settings_text import as_text, complaint

ENV_FILE: Final = Path(".env")


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class LogFormat(StrEnum):
    """`auto` is coloured text on a terminal and JSON everywhere else."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


def _folded(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _capital(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/?#,]+")


def _origins(value: object) -> object:
    """Split a comma-separated list; browsers compare origins letter by letter, so a stray path can never match."""
    if not isinstance(value, str):
        return value
    origins = tuple(word for word in re.split(r"[\s,]+", value.lower()) if word and word != "none")
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("not a list of origins")
    return origins


_HOST = re.compile(r"\*|[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")


def _hosts(value: object) -> object:
    """Split a comma-separated list of host names, as they stand in the header `Host` without the port."""
    if not isinstance(value, str):
        return value
    hosts = tuple(word for word in re.split(r"[\s,]+", value.lower()) if word and word != "none")
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError("not a list of host names")
    return hosts


class Settings(BaseSettings):
    """What an installation can set. An empty value counts as not set.

    Fields whose description ends in "(FLUX)" are checked by every engine and used by the FLUX engine only.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
        str_strip_whitespace=True,
    )

    host: str = Field(
        "127.0.0.1", min_length=1, description="Address to listen on; `0.0.0.0` opens the server to the network."
    )
    port: int = Field(7860, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    environment: str = Field(
        "production", min_length=1, description="Name of this deployment, shown by `/health` and in the logs."
    )
    engine: Annotated[Engine, BeforeValidator(_folded)] = Field(
        Engine.AUTO, description="Who draws when a request does not say; `auto` takes the best engine that can run."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = Field(
        ("*",),
        description=(
            "Web origins whose pages may call the API. Where no key is asked for, `*` opens only what draws a logo and "
            "answers with it to all of them, and the rest is open to the origins that are named."
        ),
        json_schema_extra={"accepts": "`*`, `none`, or origins such as `https://app.example.com`, comma-separated"},
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_hosts)] = Field(
        (),
        description=(
            "More names by which clients reach the server. One that listens on this machine only and asks for no key "
            "goes by `localhost`, loopback addresses, the host of `PUBLIC_URL` and these; `*` is any name."
        ),
        json_schema_extra={"accepts": "host names such as `logos.internal`, comma-separated, or `*`"},
    )

    max_concurrent_jobs: int = Field(2, ge=1, le=64, description="Logos drawn at the same time.")
    max_queued_jobs: int = Field(
        32,
        ge=0,
        le=10_000,
        description="Requests that may wait for their turn; more are answered 503 (429 for a key over its share).",
    )
    max_wait: float = Field(
        60,
        ge=0,
        le=86_400,
        allow_inf_nan=False,
        description="Longest seconds that `POST /v1/logos` waits for the logos before it answers 202.",
    )
    request_timeout: float = Field(
        300,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="Seconds from acceptance until a request is answered 504.",
    )

    data_dir: Path = Field(
        Path("blazon-data"),
        description="Folder of the database and the pictures, made at the first start.",
        json_schema_extra={"accepts": "a folder"},
    )
    database_url: str = Field(
        "",
        description="Database of generations and keys; a SQLite file in `DATA_DIR` if not set.",
        json_schema_extra={"accepts": "a URL of SQLAlchemy, such as `sqlite:////var/lib/blazon/blazon.db`"},
    )
    storage_url: str = Field(
        "",
        description="Where pictures are stored; a folder in `DATA_DIR` if not set.",
        json_schema_extra={"accepts": "a URL of obstore, such as `file:///srv/pictures` or `s3://bucket/prefix`"},
    )
    retention_days: float = Field(
        30,
        gt=0,
        le=36_500,
        allow_inf_nan=False,
        description="Days after which a finished generation and its pictures are removed.",
    )
    cache_size_mb: int = Field(
        256, ge=0, le=1_000_000, description="Megabytes of results kept for repeated requests; 0 turns the cache off."
    )

    api_keys: Annotated[Literal["auto", "required", "off"], BeforeValidator(_folded)] = Field(
        "auto", description="Whether requests need a key; `auto` asks for one once `blazon keys create` has made one."
    )
    public_url: str = Field(
        "",
        pattern=r"^$|^https?://[^\s?#]+$",
        description="Address under which clients reach the server, for links in answers; the request's own if not set.",
        json_schema_extra={"accepts": "a URL such as `https://logos.example.com`"},
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Proxies whose `X-Forwarded-*` headers are believed.",
        json_schema_extra={"accepts": "addresses or networks, comma-separated, or `*`"},
    )
    header_timeout: float = Field(
        10, gt=0, le=3600, allow_inf_nan=False, description="Seconds in which a client must have sent its headers."
    )
    body_timeout: float = Field(
        30, gt=0, le=3600, allow_inf_nan=False, description="Seconds in which a client must have sent its body."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Signs the webhooks of requests without a key; those with one are signed with the key's own.",
        json_schema_extra={"accepts": "`whsec_` and base64 of 24 to 64 bytes, kept secret"},
    )
    webhook_allow_private: bool = Field(False, description="Whether webhooks may go to private addresses.")

    drain_timeout: float = Field(
        20,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="Seconds that running work is given after SIGTERM; what is left resumes at the next start.",
    )
    step_timeout: float = Field(
        300,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="Seconds without any progress after which the engine counts as hung and its process is replaced.",
    )
    metrics_enabled: bool = Field(True, description="Whether `/metrics` tells Prometheus what the server does.")
    otel_exporter_otlp_endpoint: str = Field(
        "",
        description="Where traces are sent, by OTLP over HTTP; needs `pip install 'blazon[otel]'`.",
        json_schema_extra={"accepts": "a URL such as `http://localhost:4318`"},
    )

    provenance: bool = Field(
        True, description="Whether pictures carry prompt, seed, model, licence and version in their metadata."
    )
    c2pa_certificate: Path | None = Field(
        None,
        description="Certificate chain that signs content credentials; needs `pip install 'blazon[c2pa]'`.",
        json_schema_extra={"accepts": "a PEM file"},
    )
    c2pa_private_key: Path | None = Field(
        None,
        description="Private key of that certificate.",
        json_schema_extra={"accepts": "a PEM file"},
    )
    nsfw_check: bool = Field(
        False, description="Whether painted pictures are checked for nudity; needs `pip install 'blazon[nsfw]'` (FLUX)."
    )

    log_level: Annotated[LogLevel, BeforeValidator(_capital)] = Field(
        LogLevel.INFO, description="Least severe level that is logged."
    )
    log_format: Annotated[LogFormat, BeforeValidator(_folded)] = Field(
        LogFormat.AUTO, description="How log lines look; `auto` is coloured text on a terminal and JSON elsewhere."
    )

    warmup_enabled: bool = Field(True, description="Draw one logo before the server says that it is ready.")
    warmup_prompt: str = Field(
        "a simple geometric mark", min_length=MIN_PROMPT, max_length=MAX_PROMPT, description="Prompt of that logo."
    )
    warmup_size: int = Field(256, ge=MIN_SIZE, le=MAX_SIZE, description="Size of that logo in pixels.")
    warmup_steps: int = Field(4, ge=1, le=200, description="Denoising steps of that logo (FLUX).")

    model_name: str = Field(
        "black-forest-labs/FLUX.1-dev", min_length=1, description="Model to load from the Hugging Face hub (FLUX)."
    )
    model_path: Path | None = Field(
        None,
        description="Local folder of the model; wins over `MODEL_NAME` (FLUX).",
        json_schema_extra={"accepts": "a folder"},
    )
    hf_token: SecretStr | None = Field(
        None,
        description="Hugging Face token, only needed to download a gated model (FLUX).",
        json_schema_extra={"accepts": "text, kept secret"},
    )
    torch_device: Annotated[str, BeforeValidator(_folded)] = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d{1,3})?)$",
        description="Where the model runs (FLUX).",
        json_schema_extra={"accepts": "`auto`, `cuda`, `cuda:N`, `mps` or `cpu`"},
    )
    use_fp16: bool = Field(True, description="Half precision: bf16 where the GPU has it (FLUX).")
    enable_attention_slicing: bool = Field(False, description="Attention in slices: less memory, slower (FLUX).")
    enable_vae_slicing: bool = Field(False, description="Decode images one at a time: less memory, slower (FLUX).")
    default_inference_steps: int = Field(
        28, ge=1, le=200, description="Denoising steps of one image; if not set, what the model does best with (FLUX)."
    )
    default_guidance_scale: float = Field(
        3.5,
        ge=0,
        le=30,
        allow_inf_nan=False,
        description="How closely the image follows the prompt; if not set, what the model does best with (FLUX).",
    )
    min_render_size: int = Field(
        512, ge=16, le=MAX_SIZE, description="Smallest side that the model paints; smaller logos are resampled (FLUX)."
    )
    max_render_size: int = Field(
        1408, ge=16, le=MAX_SIZE, description="Largest side that the model paints; larger logos are resampled (FLUX)."
    )

    models: str = Field(
        "",
        description="Several models to choose from by name, the first by default; wins over `MODEL_PATH` (FLUX).",
        json_schema_extra={"accepts": "`name=folder` or `name=owner/model`, comma-separated"},
    )
    loras: str = Field(
        "",
        description="LoRA files to load at the start and paint with (FLUX).",
        json_schema_extra={"accepts": "`name=path` or `name=path:scale`, comma-separated"},
    )
    optimize: Annotated[Literal["off", "lossless", "fast", "max"], BeforeValidator(_folded)] = Field(
        "lossless", description="Speed: `fast` multiplies in 8 bits, `max` also skips steps that change little (FLUX)."
    )
    quantization: Annotated[Literal["auto", "none", "fp8", "int8", "nf4"], BeforeValidator(_folded)] = Field(
        "auto", description="Bits of the weights; `auto` takes as many as fit the memory (FLUX)."
    )
    text_encoder_device: Annotated[Literal["auto", "gpu", "cpu", "quantised"], BeforeValidator(_folded)] = Field(
        "auto", description="Where the text encoder is kept (FLUX)."
    )
    max_batch: int = Field(8, ge=1, le=64, description="Most images in one forward pass (FLUX).")
    gpu_memory_fraction: float = Field(
        1.0, gt=0, le=1, allow_inf_nan=False, description="Share of the GPU's memory that may be taken (FLUX)."
    )

    @classmethod
    def load(cls, env_file: Path | None = ENV_FILE, **given: Any) -> "Settings":
        """Read the settings; `given` values (command line options, tests) win over the environment, that over `.env`.

        Raises:
            InvalidSetting: a value cannot be understood; one line names each such variable.
        """
        try:
            return cls(**{"_env_file": env_file, **given})
        except ValidationError as error:
            found = {str(problem["loc"][0]): problem for problem in error.errors(include_url=False)}
            raise InvalidSetting("; ".join(complaint(cls, name, found[name]["input"]) for name in found)) from None
        except UnicodeDecodeError:
            raise InvalidSetting(f"{env_file} is not UTF-8 text") from None

    def shown(self) -> dict[str, str]:
        """Return each variable and its value as text, secrets masked."""
        return {name.upper(): as_text(getattr(self, name)) for name in type(self).model_fields}


def misspelt(env_file: Path = ENV_FILE) -> list[str]:
    """Return one line for each name in `env_file` that looks like a setting with a spelling mistake."""
    if not env_file.is_file():
        return []
    known = [name.upper() for name in Settings.model_fields]
    unknown = sorted(name for name in dotenv_values(env_file) if name.upper() not in known)
    guesses = ((name, difflib.get_close_matches(name.upper(), known, 1, cutoff=0.8)) for name in unknown)
    return [f"{name} in {env_file} is not a setting; did you mean {guess[0]}?" for name, guess in guesses if guess]
