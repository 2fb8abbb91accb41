"""The error tree: what can go wrong, one sentence each.

* OnRecordError
  * UsageError         the call itself is wrong (exit 2)
    * SettingsError    a settings file or value is wrong
    * QuestionError    a question that cannot be asked (empty, too long, not text)
    * ModelError       the embedding model is missing, altered or of another shape
    * MissingExtraError  a feature whose optional packages are not installed
  * NotFoundError      what was named is not there (exit 1)
  * ConflictError      what is stored stands against what was asked for (exit 1)
  * ItemError          one input item is refused; the rest of the batch goes on (exit 3 or 4)
  * StoreError         the store cannot be used (exit 5)
    * StoreFormatError   it belongs to a newer version or to another product
    * StoreLockedError   another process is writing
    * StoreDamagedError  stored text no longer matches its digest
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Any error that OnRecord raises on purpose; its text is meant for the user."""

    exit_code = 1


class UsageError(OnRecordError):
    """The call is wrong: arguments, settings or a question that cannot be asked."""

    exit_code = 2


class SettingsError(UsageError):
    """A settings file or value is wrong; the message names file, line and key."""


class QuestionError(UsageError):
    """A question that cannot be asked; `code` and `field` go into JSON output."""

    def __init__(self, code: str, message: str, field: str = "question") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class ModelError(UsageError):
    """The embedding model is missing, altered or of another shape than the store's."""


class MissingExtraError(UsageError, ImportError):
    """A feature needs optional packages that are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra {extra!r}: pip install 'onrecord[{extra}]'")


class NotFoundError(OnRecordError):
    """What was named is not there, or belongs to somebody else: the message is the same."""


class ConflictError(OnRecordError):
    """What is stored stands against what was asked for; nothing was changed."""


class ItemError(OnRecordError):
    """One input item is refused; printed as ``SOURCE:LOCATOR: CODE message``.

    Attributes:
        code: A stable code such as ``E_NOT_FOUND``.
        source: The file, folder or link as the user named it.
        locator: Where in the source (line, ``line:column``, field), or an empty string.
        hint: What the user can do, or an empty string.
    """

    exit_code = 3

    def __init__(
        self, code: str, message: str, *, source: str, locator: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.source = source
        self.locator = locator
        self.hint = hint

    def __str__(self) -> str:
        """Return the line shown to the user, with control characters escaped."""
        place = f"{self.source}:{self.locator}" if self.locator else self.source
        hint = f" ({self.hint})" if self.hint else ""
        line = f"{place}: {self.code} {self.message}{hint}"
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


class StoreError(OnRecordError):
    """The store cannot be used; the message names its path and what to do."""

    exit_code = 5


class StoreFormatError(StoreError):
    """The store has a newer format, or is not an OnRecord store; it is left untouched."""


class StoreLockedError(StoreError):
    """Another process is writing; the message names its process id where known."""


class StoreDamagedError(StoreError):
    """Stored text no longer matches its digest; it is never quoted."""
