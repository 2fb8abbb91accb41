"""The API for people to read: its OpenAPI description as a page of ours, which loads no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from qa.markup import text
from qa.messages.say import say, speaking
from web.page.plain import plain_page
from web.page.visit import language_of
from web.place import Place
from web.routes import API, API_PAGE

Schema = Mapping[str, Any]

_METHODS = ("get", "post", "patch", "delete")
_EXAMPLE = """curl {address}/ask -H 'Content-Type: application/json' \\
     -d '{{"question": "How much has China lent Venezuela?"}}'"""


def add_api_page(app: FastAPI, api: FastAPI, place: Place) -> None:
    """Serve the page; it holds nothing of the collection, so it is for everybody.

    Args:
        app: Where to.
        api: What is described.
        place: Where visitors find it.
    """

    @app.get(API_PAGE)
    def page(request: Request) -> HTMLResponse:
        with speaking(language_of(request.headers, request.cookies)):
            here = f"{request.url.scheme}://{request.headers['host']}{place.path}"
            body = page_body(api.openapi(), place.root if place.host else here)
            return HTMLResponse(plain_page(say("api.title"), body, kind="overview"))


def page_body(described: Schema, server: str) -> str:
    """Return the page below its strip.

    Args:
        described: The API as OpenAPI has it.
        server: Where it is, for the example.
    """
    models = described.get("components", {}).get("schemas", {})
    calls = "".join(
        _call(method, path, methods[method], models)
        for path, methods in described["paths"].items()
        for method in _METHODS
        if method in methods
    )
    example = text(_EXAMPLE.format(address=f"{server}{API}"))
    return (
        f"<h2>{text(say('api.heading'))}</h2><p>{text(say('api.says'))}</p>"
        f'<pre dir="ltr">{example}</pre><p lang="en">{text(described["info"]["description"])}</p>'
        f'<p><a href=".{API}/openapi.json">{text(say("api.machine"))}</a></p>{calls}'
    )


def _call(method: str, path: str, call: Schema, models: Schema) -> str:
    rows = [_row(each["name"], each["schema"], each) for each in call.get("parameters", ())]
    content = call.get("requestBody", {}).get("content", {})
    for named in (each["schema"] for each in content.values()):
        rows += _fields("", models[_name(named)], models)
    head = "".join(
        f'<th scope="col">{text(say(key))}</th>' for key in ("api.field", "api.kind", "api.meaning")
    )
    table = (
        f'<div class="wide" tabindex="0" role="group"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        if rows
        else ""
    )
    said = text(call.get("description") or call.get("summary") or "")
    return (
        f'<section><h3 dir="ltr"><code>{method.upper()} {text(API + path)}</code></h3>'
        f'<p lang="en">{said}</p>{table}</section>'
    )


def _fields(before: str, model: Schema, models: Schema) -> Iterator[str]:
    """Yield a row for each field of a model, and below it for those of the models in it."""
    needed = model.get("required", ())
    for name, field in model.get("properties", {}).items():
        yield _row(f"{before}{name}", field, {"required": name in needed})
        for inner in _models_in(field):
            several = "[]." if "items" in field else "."
            yield from _fields(f"{before}{name}{several}", models[inner], models)


def _row(name: str, field: Schema, stated: Schema) -> str:
    says = stated.get("description") or field.get("description") or ""
    need = say("api.needed") if stated.get("required") else _default(field)
    return (
        f'<tr><th scope="row" dir="ltr"><code>{text(name)}</code></th>'
        f"<td>{text(', '.join(filter(None, (_kind(field), need))))}</td>"
        f'<td lang="en">{text(says)}</td></tr>'
    )


def _default(field: Schema) -> str:
    value = field.get("default")
    return say("api.default", value=str(value)) if value not in (None, "", [], {}) else ""


def _kind(field: Schema) -> str:
    """Return what a field holds, in the words of JSON."""
    if "$ref" in field:
        return "object"
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if "anyOf" in field:
        kinds = [_kind(each) for each in field["anyOf"] if each.get("type") != "null"]
        return " | ".join(dict.fromkeys(kinds))
    if field.get("type") == "array":
        return f"[{_kind(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type") or "")


def _models_in(field: Schema) -> list[str]:
    """Return the names of the models that a field holds."""
    inner = (field, field.get("items", {}), *field.get("anyOf", ()))
    return [_name(each) for each in inner if "$ref" in each]


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]
