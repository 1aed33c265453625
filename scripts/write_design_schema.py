"""Write the JSON Schema of design documents; a test checks that it is up to date."""

from pathlib import Path

from blazon.design_document import write_schema

root = Path(__file__).parents[1]
(root / "docs/reference/design.schema.json").write_text(write_schema(), encoding="utf-8")
