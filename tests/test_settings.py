import re
import unicodedata
from pathlib import Path

import hypothesis
import pytest
import uvicorn.middleware.proxy_headers
from hypothesis import strategies as st
from pydantic import SecretStr

from blazon.errors import InvalidSetting
from blazon.masking import mask_secrets
from blazon.settings import Settings, misspelt
from blazon.settings_text import as_text, env_example, settings_reference

ROOT = Path(__file__).parents[1]

CONTRACT = {
    "PORT": "7860",
    "ENVIRONMENT": "production",
    "MODEL_NAME": "black-forest-labs/FLUX.1-dev",
    "MODEL_PATH": "",
    "USE_FP16": "true",
    "TORCH_DEVICE": "auto",
    "ENABLE_ATTENTION_SLICING": "false",
    "ENABLE_VAE_SLICING": "false",
    "MAX_CONCURRENT_JOBS": "2",
    "REQUEST_TIMEOUT": "300",
    "DEFAULT_INFERENCE_STEPS": "28",
    "DEFAULT_GUIDANCE_SCALE": "3.5",
    "WARMUP_ENABLED": "true",
    "WARMUP_SIZE": "256",
    "WARMUP_STEPS": "4",
    "LOG_LEVEL": "INFO",
    "HF_TOKEN": "",
}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_names_and_defaults_are_those_of_the_contract():
    shown = Settings.load().shown()
    assert {name: shown[name] for name in CONTRACT} == CONTRACT
    assert {"HOST", "WARMUP_PROMPT", "LOG_FORMAT"} <= set(shown)


def test_a_file_is_read_the_environment_wins_and_given_values_win_over_both(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nHOST=a.example\nENVIRONMENT=bühne\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("HOST", "b.example")
    settings = Settings.load(port=3)
    assert (settings.port, settings.host, settings.environment) == (3, "b.example", "bühne")


def test_names_in_the_environment_may_be_small_and_values_empty(monkeypatch):
    monkeypatch.setenv("port", "8000")
    monkeypatch.setenv("LOG_LEVEL", "")
    settings = Settings.load()
    assert (settings.port, settings.log_level) == (8000, "INFO")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("LOG_LEVEL", " debug ", "DEBUG"),
        ("LOG_FORMAT", "JSON", "json"),
        ("ENGINE", "Vector", "vector"),
        ("USE_FP16", "no", "false"),
        ("WARMUP_ENABLED", "0", "false"),
        ("TORCH_DEVICE", "CUDA:1", "cuda:1"),
        ("REQUEST_TIMEOUT", "0.5", "0.5"),
        ("CORS_ORIGINS", "https://A.example , https://b.example", "https://a.example,https://b.example"),
        ("CORS_ORIGINS", "none", "none"),
        ("MODEL_PATH", "models/flux", "models/flux"),
    ],
)
def test_values_are_understood(monkeypatch, name, value, shown):
    monkeypatch.setenv(name, value)
    assert Settings.load().shown()[name] == shown


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("PORT", "eighty", "a whole number from 0 to 65535"),
        ("PORT", "65536", "a whole number from 0 to 65535"),
        ("PORT", "80.5", "a whole number from 0 to 65535"),
        ("MAX_CONCURRENT_JOBS", "0", "a whole number from 1 to 64"),
        ("MAX_QUEUED_JOBS", "-1", "a whole number from 0 to 100000"),
        ("REQUEST_TIMEOUT", "0", "a number above 0, at most 86400"),
        ("REQUEST_TIMEOUT", "inf", "a number above 0, at most 86400"),
        ("DEFAULT_GUIDANCE_SCALE", "nan", "a number from 0 to 30"),
        ("DEFAULT_INFERENCE_STEPS", "1e9", "a whole number from 1 to 200"),
        ("WARMUP_SIZE", "63", "a whole number from 64 to 2048"),
        ("WARMUP_PROMPT", "x", "text of 3 to 500 characters"),
        ("USE_FP16", "maybe", "true or false"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("LOG_FORMAT", "xml", "one of auto, json, text"),
        ("ENGINE", "crayon", "one of auto, flux, vector"),
        ("TORCH_DEVICE", "tpu", "auto, cuda, cuda:N, mps or cpu"),
        ("CORS_ORIGINS", "app.example.com", "*, none, or origins such as https://app.example.com, comma-separated"),
        (
            "CORS_ORIGINS",
            "https://a.example/path",
            "*, none, or origins such as https://app.example.com, comma-separated",
        ),
    ],
)
def test_a_value_that_cannot_be_understood_is_one_line(monkeypatch, name, value, accepted):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    assert str(caught.value) == f"{name}={value!r} cannot be understood; it takes {accepted}"


def test_every_setting_says_what_it_takes_when_it_cannot_be_understood():
    for name in Settings.model_fields:
        with pytest.raises(InvalidSetting) as caught:
            Settings.load(**{name: object()})
        assert re.fullmatch(rf"{name.upper()}=.+ cannot be understood; it takes [^\n]+", str(caught.value))


def test_several_faults_are_all_named_in_one_line(monkeypatch):
    monkeypatch.setenv("PORT", "x\ny")
    monkeypatch.setenv("USE_FP16", "z" * 1000)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    line = str(caught.value)
    assert "PORT='x\\ny' " in line
    assert "USE_FP16='zzz" in line
    assert "\n" not in line
    assert len(line) < 300


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"HOST=\xff\xfe")
    with pytest.raises(InvalidSetting, match=r"^\.env is not UTF-8 text$"):
        Settings.load()


def test_secrets_are_masked_wherever_settings_are_shown():
    settings = Settings.load(hf_token="hf_very_secret")
    assert settings.hf_token == SecretStr("hf_very_secret")
    assert "very_secret" not in f"{settings!r} {settings} {settings.shown()}"
    with pytest.raises(InvalidSetting) as caught:
        Settings.load(hf_token=["hf_very_secret"])
    assert str(caught.value) == "HF_TOKEN=******** cannot be understood; it takes text, kept secret"


def test_names_in_the_file_that_look_misspelt_are_told(tmp_path):
    (tmp_path / ".env").write_text("LOG_LEVLE=DEBUG\nSOMETHING_ELSE=1\nPORT=1\n")
    assert misspelt() == ["LOG_LEVLE in .env is not a setting; did you mean LOG_LEVEL?"]
    assert misspelt(tmp_path / "no such file") == []


def test_the_example_sets_nothing_but_the_defaults(tmp_path):
    example = tmp_path / ".env"
    example.write_text(re.sub(r"^# ([A-Z0-9_]+=)", r"\1", env_example(Settings), flags=re.MULTILINE), encoding="utf-8")
    assert example.read_text().count("\nPORT=7860\n") == 1
    assert Settings.load(example) == Settings.load(None)


@pytest.mark.parametrize(
    ("file", "generate"), [("docs/reference/settings.md", settings_reference), (".env.example", env_example)]
)
def test_generated_files_are_current(file, generate):
    assert (ROOT / file).read_text(encoding="utf-8") == generate(Settings), "run scripts/write_reference.py"


GARBAGE = {
    "host": ("http://0.0.0.0", "0.0.0.0:80", "a b", "::zz", "[::1]", '"127.0.0.1"', "x86_64-conda-linux-gnu"),
    "port": ("eighty", "-1", "8 080", "tcp://10.0.0.1:80", '"8080"'),
    "environment": ("\x07",),
    "engine": ("crayon", "None"),
    "cors_origins": ("app.example.com", "https://a.example/path"),
    "allowed_hosts": ("https://a.example", "a.example:80", "a b/c"),
    "keep_alive_timeout": ("0", "soon"),
    "max_queued_files": ("-1", "many"),
    "max_concurrent_jobs": ("0", "many", "1e3"),
    "compute_processes": ("-1", "auto", "257"),
    "max_queued_jobs": ("-1", "many"),
    "max_wait": ("-1", "nan", "inf", "1 min"),
    "request_timeout": ("0", "5m"),
    "data_dir": ("a\x00b",),
    "database_url": ("nonsense", "u:hunter2@db/logos", "sqlite: x"),
    "storage_url": ("nonsense", "/srv/pictures", "s3:bucket"),
    "retention_days": ("0", "a week"),
    "cache_size_mb": ("-1", "1GB"),
    "api_keys": ("maybe", "true"),
    "public_url": ("logos.example.com", "https://a b", "https://u:hunter2@host/?x"),
    "trusted_proxies": ("10.0.0.0/99", "nonsense", "10.0.0.1/8", "10.0.0.1, nginx", "*, 10.0.0.1", "none,::1"),
    "header_timeout": ("0", "soon"),
    "body_timeout": ("0", "soon"),
    "webhook_secret": ("hunter2\x07",),
    "webhook_allow_private": ("maybe",),
    "cluster": ("auto", "10.0.0.5:6379", "ftp://10.0.0.5/"),
    "cluster_token": ("hunter2 hunter2", "hunter2\u00e9"),
    "reader_url": (
        "localhost:11434",
        "ftp://a",
        "http://",
        "http://[::1",
        "http://a:99999",
        "http://a?b=c",
        "http://a b",
    ),
    "reader_model": ("x" * 201, "a\x07"),
    "reader_api_key": ("hunter2 hunter2", "hunter2\u00e9"),
    "reader_timeout": ("0", "301", "soon"),
    "reader_concurrency": ("0", "65"),
    "drain_timeout": ("-1", "nan"),
    "idle_shutdown": ("-1", "nan", "soon"),
    "step_timeout": ("0", "inf"),
    "metrics_enabled": ("2",),
    "otel_exporter_otlp_endpoint": ("localhost:4318", "grpc://localhost:4317", "http://a b"),
    "provenance": ("some", "1"),
    "c2pa_certificate": ("a\nb",),
    "c2pa_private_key": ("a\nb",),
    "nsfw_check": ("perhaps",),
    "nsfw_detector": ("eyes",),
    "log_level": ("LOUD", "5"),
    "log_format": ("xml",),
    "warmup_enabled": ("",),
    "warmup_prompt": ("x", "a bakery\x1b[31m"),
    "warmup_size": ("63", "big"),
    "warmup_steps": ("0",),
    "model_name": ("a model",),
    "model_path": ("\udcff",),
    "fonts_dir": ("a\nb",),
    "fonts": ("a.ttf,b\x1b.ttf",),
    "hf_token": ("hunter2 hunter2", "hunter2\u00e9"),
    "torch_device": ("tpu", "cuda:x"),
    "use_fp16": ("half",),
    "enable_attention_slicing": ("maybe",),
    "enable_vae_slicing": ("maybe",),
    "default_inference_steps": ("0",),
    "default_guidance_scale": ("31", "nan"),
    "min_render_size": ("0",),
    "max_render_size": ("9999",),
    "models": ("nonsense", "a=/models/a,,b=/models/b", "=x"),
    "loras": ("nonsense", "a="),
    "optimize": ("faster",),
    "quantization": ("int4",),
    "text_encoder_device": ("tpu",),
    "max_batch": ("0",),
    "gpu_memory_fraction": ("0", "90%"),
}


def _complaint(name: str, value: str) -> str:
    with pytest.raises(InvalidSetting) as caught:
        Settings.load(**{name: value})
    return str(caught.value)


def test_garbage_in_any_setting_stops_the_start_with_its_name():
    assert set(GARBAGE) == set(Settings.model_fields)
    for name, values in GARBAGE.items():
        for value in values:
            line = _complaint(name, value)
            assert re.fullmatch(rf"{name.upper()}=.+ cannot be understood; it takes [^\n]+", line), line
            assert "hunter2" not in line


@hypothesis.given(st.sampled_from(list(Settings.model_fields)), st.text())
def test_any_text_is_refused_by_name_or_means_the_same_when_it_is_read_again(name, text):
    settings, line = _try({name: text})
    if settings is None:
        assert re.match(rf"{name.upper()}\b|(MIN|MAX)_RENDER_SIZE", line)
        assert line.isprintable()
        return
    value = getattr(settings, name)
    shown = value.get_secret_value() if isinstance(value, SecretStr) else as_text(value)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in shown)
    if mask_secrets(shown) == shown:
        assert getattr(Settings.load(None, **{name: shown}), name) == value


def _try(given: dict[str, str]) -> tuple[Settings | None, str]:
    try:
        return Settings.load(None, **given), ""
    except InvalidSetting as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("HOST", "x86_64-conda-linux-gnu", "conda sets HOST"),
        ("HOST", "arm64-apple-darwin20.0.0", "conda sets HOST"),
        ("PORT", "tcp://10.0.0.1:80", "enableServiceLinks: false"),
        ("WARMUP_SIZE", "udp://10.0.0.1:80", "Kubernetes"),
        ("PORT", '"8080"', "leave the quotes out"),
    ],
)
def test_the_likely_cause_is_named(monkeypatch, name, value, cause):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting, match=cause):
        Settings.load()


@pytest.mark.parametrize(
    "value",
    ["*", "none", "127.0.0.1", "10.0.0.0/8, ::1", "10.0.0.1\n192.168.0.0/16", "/run/nginx.sock", "fe80::1%eth0"],
)
def test_proxies_are_what_uvicorn_understands(value):
    proxies = Settings.load(trusted_proxies=value).trusted_proxies
    trusted = uvicorn.middleware.proxy_headers._TrustedHosts(proxies)
    assert trusted.always_trust is (value == "*")
    assert trusted.trusted_literals <= {"none", "/run/nginx.sock"}


def test_a_size_that_is_smaller_than_the_smallest_is_refused():
    with pytest.raises(InvalidSetting, match="MIN_RENDER_SIZE is larger than MAX_RENDER_SIZE"):
        Settings.load(min_render_size=1024, max_render_size=512)


@pytest.mark.parametrize(
    "content",
    [
        b"PORT=8001\r\nENVIRONMENT=b\xc3\xbchne\r\n",
        b"\xef\xbb\xbfPORT=8001\nENVIRONMENT=b\xc3\xbchne",
        b"export PORT='8001' # why\n\n# a comment\nENVIRONMENT=\"b\xc3\xbchne\"\n",
        b" PORT = 8001 \nENVIRONMENT = b\xc3\xbchne \nHOST=\n",
    ],
)
def test_a_file_may_be_written_in_many_ways(tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    settings = Settings.load()
    assert (settings.port, settings.environment, settings.host) == (8001, "bühne", "127.0.0.1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("HOST=a\nPORT", ".env, line 2 cannot be understood; a line is NAME=value"),
        ("\n\nHF_TOKEN='hunter2\n", ".env, line 3 cannot be understood; a line is NAME=value"),
        ("PORT: 8001\n", ".env, line 1 cannot be understood; a line is NAME=value"),
    ],
)
def test_a_line_that_sets_nothing_is_told(tmp_path, content, said):
    (tmp_path / ".env").write_text(content)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, r"^\.env is a folder, not a file$"),
        (lambda path: path.symlink_to("nowhere"), r"^\.env cannot be read: No such file or directory$"),
        (lambda path: path.symlink_to(".env"), r"^\.env cannot be read: Too many levels of symbolic links$"),
        (lambda path: path.write_bytes("PORT=1".encode("utf-16")), r"^\.env is not UTF-8 text$"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, make, said):
    make(tmp_path / ".env")
    with pytest.raises(InvalidSetting, match=said):
        Settings.load()


def test_each_value_says_where_it_comes_from(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nhost=a.example\nENVIRONMENT=\n")
    monkeypatch.setenv("port", "2")
    sources = Settings.load(log_level="DEBUG").sources()
    told = {name: source for name, source in sources.items() if source != "default"}
    assert told == {"PORT": "environment", "HOST": str(tmp_path / ".env"), "LOG_LEVEL": "option"}
    assert set(sources) == set(Settings.load().shown())


SECRET_URLS = {
    "database_url": "postgresql://u:hun/ter2@db/logos?password=hunter2",
    "storage_url": "s3://pictures/logos?access_key_id=hunter2&region=eu&secret_access_key=hunter2",
    "public_url": "https://u:hunter2@logos.example.com",
    "otel_exporter_otlp_endpoint": "http://hunter2@collector:4318",
    "hf_token": "hunter2",
    "webhook_secret": "hunter2",
}


@pytest.mark.parametrize(("name", "value"), SECRET_URLS.items())
def test_no_secret_is_shown_of_a_setting(name, value):
    settings = Settings.load(**{name: value})
    text = f"{settings!r} {settings} {settings.shown()}"
    assert "ter2" not in text
    assert "eu" in settings.shown()["STORAGE_URL"] or name != "storage_url"


@pytest.mark.parametrize(
    ("value", "meant"),
    [("true", "all"), ("False", "none"), (True, "all"), (False, "none"), ("ALL", "all"), (" origin ", "origin")],
)
def test_what_files_tell_is_a_level_or_as_before_a_truth(value, meant):
    assert Settings.load(None, provenance=value).provenance == meant
