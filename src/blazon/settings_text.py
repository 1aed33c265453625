"""Settings in words: the reference and the example file, generated from the class, and what is wrong with a value."""

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from blazon.masking import MASK, mask_secrets
from blazon.setting_values import guess_cause

Kind = type[BaseSettings]


def settings_reference(kind: Kind) -> str:
    """Return the reference of all settings as Markdown."""
    rows = (
        f"| `{name}` | {f'`{default}`' if default else '(none)'} | {accepts} | {description} |".replace("\n", " ")
        for name, default, accepts, description in _list_settings(kind)
    )
    return "\n".join(
        [
            "# Settings",
            "",
            "Read from the environment and from a file `.env` in the folder where Blazon is started; the environment",
            "wins, and an option on the command line wins over both. An empty value counts as not set. A value that",
            "cannot be understood stops the start. `blazon doctor` prints what is in force.",
            "",
            "| variable | default | accepts | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "Settings marked (FLUX) are checked at every start and used by the FLUX engine; the vector engine has no",
            "use for them. This page is generated from `blazon.settings`; change it there.",
            "",
        ]
    )


def env_example(kind: Kind) -> str:
    """Return an example `.env`: every setting with its default and one line, all commented out."""
    lines = ["# Copy to `.env` and uncomment what you want to change. The environment wins over this file."]
    for name, default, accepts, description in _list_settings(kind):
        lines += ["", f"# {description} Accepts {accepts}.".replace("`", ""), f"# {name}={default}"]
    return "\n".join(lines) + "\n"


def _list_settings(kind: Kind) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, default, accepted values and description of each setting."""
    for name, info in kind.model_fields.items():
        yield name.upper(), as_text(info.default), _describe_values(kind, name), info.description or ""


def complain(kind: Kind, name: str, value: object) -> str:
    """Say in one line which variable cannot be understood, and what it takes."""
    secret = SecretStr in _types(kind, name)
    given = MASK if secret else repr(mask_secrets(str(value))[:60])
    cause = "" if secret else guess_cause(name, value)
    takes = _describe_values(kind, name).replace("`", "")
    return f"{name.upper()}={given} cannot be understood; it takes {takes}{cause and f'; {cause}'}"


def _types(kind: Kind, name: str) -> tuple[Any, ...]:
    annotation = kind.model_fields[name].annotation
    return getattr(annotation, "__args__", (annotation,))


def _describe_values(kind: Kind, name: str) -> str:
    """Say which values a setting takes, from its JSON schema, so that it cannot differ from what is checked."""
    schema = kind.model_json_schema()
    field = schema["properties"][name]
    if "accepts" in field:
        return str(field["accepts"])
    field_schema = schema["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else field
    if "enum" in field_schema:
        return "one of " + ", ".join(f"`{choice}`" for choice in field_schema["enum"])
    return {"boolean": lambda _: "`true` or `false`", "integer": _range, "number": _range, "string": _length}[
        field_schema["type"]
    ](field_schema)


def _range(kind: dict[str, Any]) -> str:
    noun = "a whole number" if kind["type"] == "integer" else "a number"
    low = (
        f"above {kind['exclusiveMinimum']:g}, at most" if "exclusiveMinimum" in kind else f"from {kind['minimum']:g} to"
    )
    return f"{noun} {low} {kind['maximum']:g}"


def _length(kind: dict[str, Any]) -> str:
    return f"text of {kind['minLength']} to {kind['maxLength']} characters" if "maxLength" in kind else "text"


def as_text(value: object) -> str:
    """Return a value as it would stand in a `.env` file, secrets masked."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return mask_secrets(str(value))
