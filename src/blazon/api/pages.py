"""The few HTML pages of the API itself. They work without JavaScript and without internet."""

from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 12vh auto; padding: 0 1.5rem }
h1 { font-size: 2.2rem; letter-spacing: -.02em; margin: 0 }
h2 { font-size: 1.05rem; margin: 2.2rem 0 .3rem }
pre { padding: 1rem; border: 1px solid #8886; border-radius: .5rem; overflow: auto }
code, pre { font: .9rem/1.5 ui-monospace, monospace }
table { border-collapse: collapse; width: 100% }
td { padding: .3rem .8rem .3rem 0; vertical-align: top; border-top: 1px solid #8883 }
"""

# The version is pinned, so that what the browser runs does not change under us.
_SWAGGER: Final = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5.17.14"


def welcome_page(version: str) -> str:
    """Return the landing page: what this is and how to ask it for a logo."""
    return _page(
        "Blazon",
        f"""<h1>Blazon</h1>
<p>Describe a brand, get a logo. This server ({escape(version)}) speaks HTTP and JSON:
<a href="/docs">all routes</a>, <a href="/health">health</a>, <a href="/openapi.json">OpenAPI</a>.</p>
<pre>curl -X POST "$BLAZON/api/generate_logo" \\
  -H 'Content-Type: application/json' \\
  -d '{{"prompt": "a coffee roastery by the sea", "brand_name": "Northwind Coffee"}}'</pre>""",
    )


def docs_page(openapi: dict[str, Any]) -> str:
    """Return the reference of all routes: plain HTML, which Swagger UI replaces where its CDN can be reached.

    Swagger UI would add megabytes to the package; a page that loads nothing else is blank offline.
    """
    routes = "".join(
        _route(f"{method.upper()} {path}", operation, openapi)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    )
    return _page(
        "Blazon: HTTP API",
        f"""<link rel="stylesheet" href="{_SWAGGER}/swagger-ui.css">
<div id="swagger-ui"><h1>HTTP API</h1>
<p>The same as <a href="/openapi.json">OpenAPI</a>.</p>{routes}</div>
<script async src="{_SWAGGER}/swagger-ui-bundle.js" onload="
  document.body.style.maxWidth = 'none'
  SwaggerUIBundle({{url: '/openapi.json', dom_id: '#swagger-ui'}})"></script>""",
    )


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
<body>
{body}
</body>
</html>
"""


def _route(title: str, operation: dict[str, Any], openapi: dict[str, Any]) -> str:
    fields = "".join(_row(name, field) for name, field in _body_fields(operation, openapi).items())
    answers = "".join(_row(status, answer) for status, answer in operation["responses"].items())
    body = f"<h2>Fields of the body</h2><table>{fields}</table>" if fields else ""
    about = escape(operation.get("description", ""))
    return f"<h2><code>{escape(title)}</code></h2><p>{about}</p>{body}<h2>Answers</h2><table>{answers}</table>"


def _body_fields(operation: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields: dict[str, Any] = openapi["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    return fields


def _row(name: str, entry: dict[str, Any]) -> str:
    return f"<tr><td><code>{escape(name)}</code></td><td>{escape(entry.get('description', ''))}</td></tr>"
