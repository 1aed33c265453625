"""Write the files that are generated from the settings class; a test checks that they are up to date."""

from pathlib import Path

from blazon.settings import env_example, settings_reference

root = Path(__file__).parents[1]
(root / "docs/reference/settings.md").write_text(settings_reference(), encoding="utf-8")
(root / ".env.example").write_text(env_example(), encoding="utf-8")
