"""The composition root of what is served: a store and settings become the page's parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from corpus.sample import KNOWN_ARTICLE, QUESTIONS
from index.adding import Adding
from index.schema import open_archive
from qa.assemble import open_assistant
from qa.assistant import Assistant
from qa.conversations.store import Conversations
from qa.evaluation.sets.feedback import record_feedback
from qa.settings import Settings
from qa.suggestions.suggest import Suggestions
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.application import Parts
from web.health import Health, Watch
from web.keys import Keys
from web.lately import Lately
from web.metrics import Metrics, measured
from web.sign_in.ways import SignIn

_SETTLED_SECONDS = 15.0  # after which a page that was opened at the start is there


@contextmanager
def open_parts(
    store: Path, settings: Settings, sign_in: SignIn | None
) -> Iterator[tuple[Assistant, Parts]]:
    """Open what is served of a store; yield who answers, and what is beside that.

    Args:
        store: The folder of the archive.
        settings: Settings for the assistant and for serving.
        sign_in: How visitors are told apart; None where nobody signs in.

    Raises:
        StoreError: The store cannot be used.
    """
    assistant = open_assistant(store, settings)
    warm = threading.Event()

    def warm_up() -> None:
        assistant.warm_up()
        warm.set()

    # Beside the import of gradio, so that the page opens no later. A stop waits for its end: a
    # process that ends while a model is at work is aborted.
    threading.Thread(target=warm_up, name="warm-up").start()
    with open_archive(store) as archive, Conversations(archive) as kept, Keys(store) as keys:
        metrics = Metrics(archive)
        counted = measured(assistant, metrics)
        adding = Adding(store, assistant.embedder)
        callers = Callers(keys)
        service = Service(counted, archive, kept, adding, store)
        suggestions = Suggestions(assistant, archive)
        is_sample = assistant.source(KNOWN_ARTICLE, 1) is not None
        lately = Lately(suggestions.opening, lambda: archive.change, first=_SETTLED_SECONDS)
        parts = Parts(
            examples=(lambda: QUESTIONS) if is_sample else lately,
            is_sample=is_sample,
            kept=kept,
            judges=partial(record_feedback, store),
            suggests=suggestions,
            adds=None if archive.readonly else adding,
            shows=archive,
            api=api_application(service, callers, sign_in.handover if sign_in else None),
            sign_in=sign_in,
            embedders=settings.serve.embedded_in,
            watch=Watch(Health(archive, warm.is_set), metrics, callers),
        )
        try:
            yield counted, parts
        finally:
            lately.close()


@contextmanager
def open_service(store: Path, settings: Settings) -> Iterator[Service]:
    """Open a store for one caller at this machine; yield what is asked.

    Args:
        store: The folder of the archive.
        settings: Settings for the assistant.

    Raises:
        StoreError: The store cannot be used.
    """
    assistant = open_assistant(store, settings)
    # A stop waits for its end, as above.
    threading.Thread(target=assistant.warm_up, name="warm-up").start()
    with open_archive(store) as archive, Conversations(archive) as kept:
        yield Service(assistant, archive, kept, Adding(store, assistant.embedder), store)
