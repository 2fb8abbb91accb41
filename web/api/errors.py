"""Errors of the API: every one is a JSON object that names what is wrong, and where."""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
from corpus.strict_json import StrictJsonError, parse_json
from qa.deadline import TooLateError
from web.admission import Refused

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5


class ApiError(Exception):
    """What is answered in the place of a result; `retry_after` in seconds, where that helps."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.retry_after = retry_after


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
        if first["type"] == "json_invalid":  # found before `check_json` can see it
            body = error_json("E_JSON", f"not JSON: {first['ctx']['error']}")
            return JSONResponse(body, 422)
        wrong = wrong_field(first["loc"][1:], str(first["msg"]))
        return JSONResponse(error_json(wrong.code, str(wrong), wrong.field), wrong.status)

    @app.exception_handler(HTTPException)
    def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "E_NOT_FOUND", 405: "E_METHOD"}.get(error.status_code, "E_HTTP")
        return JSONResponse(error_json(code, str(error.detail)), error.status_code)

    @app.exception_handler(Exception)
    def unexpected(_: Request, error: Exception) -> JSONResponse:
        log.error("a call failed", exc_info=error)
        return JSONResponse(error_json("E_INTERNAL", "something went wrong here"), 500)


def wrong_field(place: Sequence[int | str], message: str) -> ApiError:
    """Return the error for a field that is not as it has to be; `place` leads to it."""
    field = ".".join(map(str, place)) or None
    return ApiError(422, "E_FIELD", f"{field}: {message}" if field else message, field)


def check_json(body: bytes) -> None:
    """Raise ApiError where a body is no JSON, or says two things under one name."""
    try:
        parse_json(body)
    except StrictJsonError as error:
        raise ApiError(422, error.code, str(error)) from error


def from_ours(error: OnRecordError) -> JSONResponse:
    """Return the response to an error of ours, whose text is meant for the user."""
    told = as_api_error(error)
    headers = {"Retry-After": str(told.retry_after)} if told.retry_after else None
    return JSONResponse(error_json(told.code, str(told), told.field), told.status, headers=headers)


def as_api_error(error: OnRecordError) -> ApiError:
    """Return what callers are told of an error of ours; nothing of the store's place is in it."""
    if isinstance(error, Refused):
        status, code = (429, "E_LIMIT") if error.cause.is_users_own else (503, "E_BUSY")
        return ApiError(status, code, str(error), retry_after=error.seconds)
    if isinstance(error, TooLateError):
        return ApiError(503, "E_BUSY", str(error), retry_after=_RETRY_SECONDS)
    if isinstance(error, QuestionError):
        return ApiError(422, error.code, str(error), error.field)
    if isinstance(error, ItemError):
        return ApiError(422, error.code, str(error))
    if isinstance(error, NotFoundError):
        return ApiError(404, "E_NOT_FOUND", str(error))
    if isinstance(error, StoreLockedError):
        return ApiError(503, "E_BUSY", str(error), retry_after=_RETRY_SECONDS)
    if isinstance(error, StoreError):
        log.error("the store cannot be used: %s", error)
        return ApiError(503, "E_STORE", "the store cannot be used now")
    if isinstance(error, UsageError):
        return ApiError(422, "E_USAGE", str(error))
    return ApiError(500, "E_FAILED", str(error))
