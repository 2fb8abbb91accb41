"""Errors of the API: every one is a JSON object that names what is wrong, and where."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus.errors import (
    ItemError,
    NotFoundError,
    OnRecordError,
    QuestionError,
    StoreError,
    StoreLockedError,
    UsageError,
)
from web.admission import Refused

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5


class ApiError(Exception):
    """What is answered in the place of a result."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


def error_json(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """Return an error as the contract has it for a line of a batch."""
    return {"error": {"code": code, "message": message, "field": field}}


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of an application as JSON."""

    @app.exception_handler(ApiError)
    def api_error(_: Request, error: ApiError) -> JSONResponse:
        challenge = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        body = error_json(error.code, str(error), error.field)
        return JSONResponse(body, error.status, headers=challenge)

    @app.exception_handler(OnRecordError)
    def our_error(_: Request, error: OnRecordError) -> JSONResponse:
        return from_ours(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"][1:]]
        field = ".".join(place) or None
        message = f"{field}: {first['msg']}" if field else str(first["msg"])
        return JSONResponse(error_json("E_FIELD", message, field), 422)

    @app.exception_handler(HTTPException)
    def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "E_NOT_FOUND", 405: "E_METHOD"}.get(error.status_code, "E_HTTP")
        return JSONResponse(error_json(code, str(error.detail)), error.status_code)

    @app.exception_handler(Exception)
    def unexpected(_: Request, error: Exception) -> JSONResponse:
        log.error("a call failed", exc_info=error)
        return JSONResponse(error_json("E_INTERNAL", "something went wrong here"), 500)


def from_ours(error: OnRecordError) -> JSONResponse:
    """Return the response to an error of ours, whose text is meant for the user."""
    if isinstance(error, Refused):
        status, code = (429, "E_LIMIT") if error.cause.is_users_own else (503, "E_BUSY")
        return _later(status, code, str(error), error.seconds)
    if isinstance(error, QuestionError):
        return JSONResponse(error_json(error.code, str(error), error.field), 422)
    if isinstance(error, ItemError):
        return JSONResponse(error_json(error.code, str(error)), 422)
    if isinstance(error, NotFoundError):
        return JSONResponse(error_json("E_NOT_FOUND", str(error)), 404)
    if isinstance(error, StoreLockedError):
        return _later(503, "E_BUSY", str(error), _RETRY_SECONDS)
    if isinstance(error, StoreError):
        log.error("the store cannot be used: %s", error)
        return JSONResponse(error_json("E_STORE", "the store cannot be used now"), 503)
    if isinstance(error, UsageError):
        return JSONResponse(error_json("E_USAGE", str(error)), 422)
    return JSONResponse(error_json("E_FAILED", str(error)), 500)


def _later(status: int, code: str, message: str, seconds: int) -> JSONResponse:
    headers = {"Retry-After": str(seconds)}
    return JSONResponse(error_json(code, message), status, headers=headers)
