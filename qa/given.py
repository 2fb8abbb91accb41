"""What callers give as JSON, whichever way it comes in."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator


class NullIsLeftOut:
    """A pydantic model in which null stands for a field that was left out, as many programs write.

    Under a name that we do not know it stays, and is as wrong as any other value.
    """

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, given: Any) -> Any:  # noqa: ANN401 - whatever was sent
        if not isinstance(given, dict):
            return given
        known = cls.model_fields  # type: ignore[attr-defined]  # it is mixed into models
        return {name: v for name, v in given.items() if v is not None or name not in known}
