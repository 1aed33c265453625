"""Write the files that are generated from the settings class; a test checks that they are up to date."""

from pathlib import Path

from blazon.settings import Settings
from blazon.settings_text import env_example, settings_reference

root = Path(__file__).parents[1]
(root / "docs/reference/settings.md").write_text(settings_reference(Settings), encoding="utf-8")
(root / ".env.example").write_text(env_example(Settings), encoding="utf-8")
