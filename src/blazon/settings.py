"""Settings: read once from the environment and `.env`, then passed down.

Every field is one environment variable of the same name in capitals. The reference in `docs/` and
`.env.example` are generated from this class, see `settings_text`.
"""

import difflib
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from blazon.brief import MAX_PROMPT, MAX_SIZE, MIN_PROMPT, MIN_SIZE, Engine
from blazon.env_file import ENCODING, ENV_FILE, check_env_file, read_env_file
from blazon.errors import InvalidSetting
from blazon.file_metadata import Metadata, read_metadata
from blazon.setting_values import (
    capitalise,
    clean,
    fold,
    read_entries,
    read_host,
    read_hosts,
    read_http_url,
    read_origins,
    read_paths,
    read_proxies,
    read_token,
    read_url,
)
from blazon.settings_text import as_text, complain


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


class NudityDetector(StrEnum):
    """What looks at painted pictures."""

    OPENNSFW = "opennsfw"
    NUDENET = "nudenet"


class Settings(BaseSettings):
    """What an installation can set. An empty value counts as not set.

    Fields whose description ends in "(FLUX)" are checked by every engine and used by the FLUX engine only.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
        str_strip_whitespace=True,
    )

    host: Annotated[str, BeforeValidator(read_host)] = Field(
        "127.0.0.1",
        description="Address to listen on; `0.0.0.0` opens the server to the network.",
        json_schema_extra={"accepts": "an address such as `127.0.0.1` or `::`, or the name of a host"},
    )
    port: int = Field(7860, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    environment: str = Field(
        "production", min_length=1, description="Name of this deployment, shown by `/health` and in the logs."
    )
    engine: Annotated[Engine, BeforeValidator(fold)] = Field(
        Engine.AUTO, description="Who draws when a request does not say; `auto` takes the best engine that can run."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_origins)] = Field(
        ("*",),
        description=(
            "Web origins whose pages may call the API. Where no key is asked for, `*` opens only what draws a logo and "
            "answers with it to all of them, and the rest is open to the origins that are named."
        ),
        json_schema_extra={"accepts": "`*`, `none`, or origins such as `https://app.example.com`, comma-separated"},
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_hosts)] = Field(
        (),
        description=(
            "More names by which clients reach the server. One that listens on this machine only and asks for no key "
            "goes by `localhost`, loopback addresses, the host of `PUBLIC_URL` and these; `*` is any name."
        ),
        json_schema_extra={"accepts": "host names such as `logos.internal`, comma-separated, or `*`"},
    )

    max_concurrent_jobs: int = Field(
        2,
        ge=1,
        le=64,
        description="Logos drawn at the same time. FLUX draws as many as the memory allows, at most `MAX_BATCH`, as "
        "long as this is not set; what it has drawn is finished, stored and sent beside those.",
    )
    max_queued_jobs: int = Field(
        32,
        ge=0,
        le=100_000,
        description="Requests that may wait for their turn; more are answered 503 (429 for a key over its share). "
        "Servers that share a PostgreSQL count those of all.",
    )
    compute_processes: int | None = Field(
        None,
        ge=0,
        le=256,
        description="Processes in which logos are drawn and rendered, each of 95 MB; one for each core, at most 8, if "
        "not set. 0 computes in the server's own, which then answers slower under load.",
        json_schema_extra={"accepts": "a whole number from 0 to 256"},
    )
    cluster: Annotated[str, BeforeValidator(read_http_url)] = Field(
        "",
        description="Where the replicas of `blazon cluster up` take calls; they draw instead of this process.",
        json_schema_extra={"accepts": "a URL such as `http://127.0.0.1:8000`"},
    )
    cluster_token: Annotated[SecretStr | None, BeforeValidator(read_token)] = Field(
        None,
        description="What servers and replicas of a cluster know each other by.",
        json_schema_extra={"accepts": "text, kept secret"},
    )
    max_queued_files: int = Field(
        256,
        ge=1,
        le=10_000,
        description="Downloads that may wait to be rendered, and as many answers; more are refused as requests are.",
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
    fonts_dir: Path | None = Field(
        None,
        description="Folder of your own fonts (TTF, OTF, TTC): they join the families of Blazon, under their names.",
        json_schema_extra={"accepts": "a folder"},
    )
    fonts: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(read_paths)] = Field(
        (),
        description="Font files of your own of which every name is set in one, if it has the letters.",
        json_schema_extra={"accepts": "TTF, OTF or TTC files, comma-separated"},
    )
    database_url: Annotated[str, BeforeValidator(read_url)] = Field(
        "",
        description="Database of generations and keys; a SQLite file in `DATA_DIR` if not set.",
        json_schema_extra={
            "accepts": "`sqlite:////var/lib/blazon/blazon.db`, or `postgresql://user:password@host/blazon`"
        },
    )
    storage_url: Annotated[str, BeforeValidator(read_url)] = Field(
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

    api_keys: Annotated[Literal["auto", "required", "off"], BeforeValidator(fold)] = Field(
        "auto", description="Whether requests need a key; `auto` asks for one once `blazon keys create` has made one."
    )
    public_url: str = Field(
        "",
        pattern=r"^$|^https?://[^\s?#]+$",
        description="Address under which clients reach the server, for links in answers; the request's own if not set.",
        json_schema_extra={"accepts": "a URL such as `https://logos.example.com`"},
    )
    trusted_proxies: Annotated[str, BeforeValidator(read_proxies)] = Field(
        "127.0.0.1",
        description="Proxies whose `X-Forwarded-*` headers are believed.",
        json_schema_extra={"accepts": "`*`, `none`, or addresses and networks such as `10.0.0.0/8`, comma-separated"},
    )
    header_timeout: float = Field(
        10, gt=0, le=3600, allow_inf_nan=False, description="Seconds in which a client must have sent its headers."
    )
    body_timeout: float = Field(
        30, gt=0, le=3600, allow_inf_nan=False, description="Seconds in which a client must have sent its body."
    )
    keep_alive_timeout: int = Field(
        75,
        ge=1,
        le=3600,
        description="Seconds that a connection stays open without a request; longer than those of a proxy in front.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Signs the webhooks of requests without a key; those with one are signed with the key's own.",
        json_schema_extra={"accepts": "`whsec_` and base64 of 24 to 64 bytes, kept secret"},
    )
    webhook_allow_private: bool = Field(
        False, description="Whether webhooks may go to private addresses, and to any port."
    )

    reader_url: Annotated[str, BeforeValidator(read_http_url)] = Field(
        "",
        description="Server whose language model reads briefs instead of the rules, by OpenAI's chat completions.",
        json_schema_extra={"accepts": "a URL such as `http://localhost:11434`"},
    )
    reader_model: str = Field(
        "",
        max_length=200,
        description="Language model that reads briefs; the first that the server lists if not set.",
        json_schema_extra={"accepts": "a name that the server knows, such as `qwen2.5:7b`"},
    )
    reader_api_key: Annotated[SecretStr | None, BeforeValidator(read_token)] = Field(
        None,
        description="Key for that server, sent as a bearer token.",
        json_schema_extra={"accepts": "text, kept secret"},
    )
    reader_timeout: float = Field(
        10, gt=0, le=300, allow_inf_nan=False, description="Seconds for reading a brief; then the rules read it."
    )
    reader_concurrency: int = Field(4, ge=1, le=64, description="Briefs that the language model reads at a time.")

    drain_timeout: float = Field(
        20,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="Seconds that running work is given after SIGTERM; what is left resumes at the next start.",
    )
    idle_shutdown: float = Field(
        0,
        ge=0,
        le=525_600,
        allow_inf_nan=False,
        description="Minutes without a request for a logo, and with none left to draw, after which the server ends by "
        "itself, for rented machines; 0 never.",
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
        pattern=r"^$|^https?://[^\s?#]+$",
        description="Where traces are sent, by OTLP over HTTP; needs `pip install 'blazon[otel]'`.",
        json_schema_extra={"accepts": "a URL such as `http://localhost:4318`"},
    )

    provenance: Annotated[Metadata, BeforeValidator(read_metadata)] = Field(
        Metadata.ALL,
        description=(
            "What files say in their metadata: `all` is prompt, seed, model, licence, version and whether a model "
            "painted it, `origin` all but the prompt. A request may ask for less, never for more."
        ),
        json_schema_extra={"accepts": "`all`, `origin` or `none`; `true` is `all`, `false` is `none`"},
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
    nsfw_detector: Annotated[NudityDetector, BeforeValidator(fold)] = Field(
        NudityDetector.OPENNSFW,
        description=(
            "Who checks: `opennsfw` judges whole pictures (Apache-2.0), `nudenet` finds parts of bodies and is under "
            "AGPL-3.0; it needs `pip install 'blazon[nudenet]'` (FLUX)."
        ),
    )

    log_level: Annotated[LogLevel, BeforeValidator(capitalise)] = Field(
        LogLevel.INFO, description="Least severe level that is logged."
    )
    log_format: Annotated[LogFormat, BeforeValidator(fold)] = Field(
        LogFormat.AUTO, description="How log lines look; `auto` is coloured text on a terminal and JSON elsewhere."
    )

    warmup_enabled: bool = Field(True, description="Draw one logo before the server says that it is ready.")
    warmup_prompt: str = Field(
        "a simple geometric mark", min_length=MIN_PROMPT, max_length=MAX_PROMPT, description="Prompt of that logo."
    )
    warmup_size: int = Field(256, ge=MIN_SIZE, le=MAX_SIZE, description="Size of that logo in pixels.")
    warmup_steps: int = Field(4, ge=1, le=200, description="Denoising steps of that logo (FLUX).")

    model_name: str = Field(
        "black-forest-labs/FLUX.1-dev",
        pattern=r"^\S+$",
        description="Model to load from the Hugging Face hub; `auto` chooses one by the memory of the GPU (FLUX).",
        json_schema_extra={"accepts": "`owner/model`, auto"},
    )
    model_path: Path | None = Field(
        None,
        description="Local folder or file of the model; wins over `MODEL_NAME` (FLUX).",
        json_schema_extra={"accepts": "a folder, or a safetensors or GGUF file"},
    )
    hf_token: Annotated[SecretStr | None, BeforeValidator(read_token)] = Field(
        None,
        description="Hugging Face token, only needed to download a gated model (FLUX).",
        json_schema_extra={"accepts": "text, kept secret"},
    )
    torch_device: Annotated[str, BeforeValidator(fold)] = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d{1,3})?)$",
        description="Where the model runs (FLUX).",
        json_schema_extra={"accepts": "`auto`, `cuda`, `cuda:N`, `mps` or `cpu`"},
    )
    use_fp16: bool = Field(True, description="Half precision: bf16 where the GPU has it (FLUX).")
    enable_attention_slicing: bool = Field(
        False, description="Accepted, without effect: the kernels of attention never hold its whole matrix (FLUX)."
    )
    enable_vae_slicing: bool = Field(
        False, description="Decode images one at a time, also small ones that end together (FLUX)."
    )
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

    models: Annotated[str, BeforeValidator(read_entries)] = Field(
        "",
        description="Several models to choose from by name, the first by default; wins over `MODEL_PATH` (FLUX).",
        json_schema_extra={"accepts": "`name=folder`, `name=file` or `name=owner/model`, comma-separated"},
    )
    loras: Annotated[str, BeforeValidator(read_entries)] = Field(
        "",
        description="LoRA files to paint with; one that cannot be used is told at `/v1/models` and stops no other.",
        json_schema_extra={"accepts": "`name=path` or `name=path:scale`, comma-separated"},
    )
    optimize: Annotated[Literal["off", "lossless", "fast", "max"], BeforeValidator(fold)] = Field(
        "lossless", description="Speed: `fast` multiplies in 8 bits, `max` also skips steps that change little (FLUX)."
    )
    quantization: Annotated[Literal["auto", "none", "fp8", "int8", "nf4"], BeforeValidator(fold)] = Field(
        "auto", description="Bits of the weights; `auto` takes as many as fit the memory (FLUX)."
    )
    text_encoder_device: Annotated[Literal["auto", "gpu", "cpu", "quantised"], BeforeValidator(fold)] = Field(
        "auto", description="Where the text encoder is kept (FLUX)."
    )
    max_batch: int = Field(8, ge=1, le=64, description="Most images in one forward pass (FLUX).")
    gpu_memory_fraction: float = Field(
        1.0, gt=0, le=1, allow_inf_nan=False, description="Share of the GPU's memory that may be taken (FLUX)."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _clean(cls, value: object, info: ValidationInfo) -> object:
        return clean(info.field_name or "", value)

    @classmethod
    def load(cls, env_file: Path | None = ENV_FILE, **given: Any) -> "Settings":
        """Read the settings; `given` values (command line options, tests) win over the environment, that over `.env`.

        Raises:
            InvalidSetting: a value cannot be understood, or `.env` cannot be read; one line says which.
        """
        if env_file is not None:
            check_env_file(env_file)
        try:
            settings = cls(**{"_env_file": env_file, **given})
        except ValidationError as error:
            found = {str(problem["loc"][0]): problem for problem in error.errors(include_url=False)}
            raise InvalidSetting("; ".join(complain(cls, name, found[name]["input"]) for name in found)) from None
        if settings.min_render_size > settings.max_render_size:
            raise InvalidSetting("MIN_RENDER_SIZE is larger than MAX_RENDER_SIZE")
        return settings

    def __repr_args__(self) -> Iterator[tuple[str, str]]:
        yield from self.shown().items()  # a representation may be logged

    def shown(self) -> dict[str, str]:
        """Return each variable and its value as text, secrets masked."""
        return {name.upper(): as_text(getattr(self, name)) for name in type(self).model_fields}

    def sources(self, env_file: Path = ENV_FILE) -> dict[str, str]:
        """Return for each variable where its value comes from: `default`, `environment`, a file, or `option`."""
        environment = {name.upper() for name, value in os.environ.items() if value}
        in_file = read_env_file(env_file)
        sources = dict.fromkeys((name.upper() for name in type(self).model_fields), "default")
        for name in map(str.upper, self.model_fields_set):
            if name in environment:
                sources[name] = "environment"
            else:
                sources[name] = str(env_file.absolute()) if name in in_file else "option"
        return sources


def misspelt(env_file: Path = ENV_FILE) -> list[str]:
    """Return one line for each name in `env_file` that looks like a setting with a spelling mistake."""
    known = [name.upper() for name in Settings.model_fields]
    unknown = sorted(name for name in read_env_file(env_file) if name not in known)
    guesses = ((name, difflib.get_close_matches(name, known, 1, cutoff=0.8)) for name in unknown)
    return [f"{name} in {env_file} is not a setting; did you mean {guess[0]}?" for name, guess in guesses if guess]
