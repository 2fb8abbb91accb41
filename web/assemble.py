"""The composition root of what is served: a store and settings become the page's parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from corpus.archive import Archive
from corpus.sample import KNOWN_ARTICLE, QUESTIONS
from index.adding import Adding
from index.schema import open_archive
from qa.assemble import open_assistant
from qa.assistant import Assistant
from qa.conversations.store import Conversations
from qa.evaluation.sets.feedback import record_feedback
from qa.gone import Gone
from qa.removal import finish
from qa.settings import Settings
from qa.suggestions.opening import Opening
from qa.views import Views
from web.admission import Admission
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.application import Parts
from web.identity import ANYBODY, Visitor
from web.keys import Keys
from web.operation.health import Health, Watch
from web.operation.metrics import Metrics, measured
from web.page.lately import Lately
from web.page.offers import See, Seen
from web.sign_in.ways import SignIn

_SETTLED_SECONDS = 15.0  # after which a page that was opened at the start is there


@contextmanager
def open_parts(
    store: Path, settings: Settings, sign_in: SignIn | None, *, by_address: bool = True
) -> Iterator[tuple[See, Parts]]:
    """Open what is served of a store; yield what each visitor is served, and what all are.

    Args:
        store: The folder of the archive.
        settings: Settings for the assistant and for serving.
        sign_in: How visitors are told apart; None where nobody signs in.
        by_address: Whether visitors come from addresses of their own, not from a proxy's.

    Raises:
        StoreError: The store cannot be used.
    """
    assistant = open_assistant(store, settings)
    is_warm = _warming(assistant)
    with ExitStack() as opened:
        archive = opened.enter_context(open_archive(store))
        finish(archive)
        kept = opened.enter_context(Conversations(archive))
        callers = Callers(opened.enter_context(Keys(store)))
        metrics = Metrics(archive)
        counted = measured(assistant, metrics, log_questions=settings.serve.log_questions)
        admission = Admission(
            settings.serve.questions_per_minute, by_address=by_address, rejected=metrics.rejected
        )
        metrics.watch(admission)
        views = opened.enter_context(Views(counted, archive))
        adding = Adding(store, assistant.embedder)
        service = Service(counted, archive, kept, adding, store)
        handover = sign_in.handover if sign_in else None
        health = Health(archive, is_warm, lambda: admission.is_stopping)
        is_sample = archive.article(KNOWN_ARTICLE) is not None
        lately = opened.enter_context(closing(_lately(views, archive)))
        yield (
            _see(views, None if archive.readonly else adding),
            Parts(
                examples=(lambda: QUESTIONS) if is_sample else lately,
                is_sample=is_sample,
                kept=kept,
                judges=partial(
                    record_feedback, store, gone=lambda said: Gone(archive).within(said)
                ),
                api=api_application(service, callers, handover, views, admission),
                sign_in=sign_in,
                embedders=settings.serve.embedded_in,
                watch=Watch(health, metrics, callers),
                admission=admission,
                log_requests=settings.serve.log_format == "json",
            ),
        )


def _warming(assistant: Assistant) -> Callable[[], bool]:
    """Load the models; return what tells whether they are.

    Beside the import of gradio, so that the page opens no later. A stop waits for its end: a
    process that ends while a model is at work is aborted.
    """
    warm = threading.Event()

    def warm_up() -> None:
        assistant.warm_up()
        warm.set()

    threading.Thread(target=warm_up, name="warm-up").start()
    return warm.is_set


def _see(views: Views, adding: Adding | None) -> See:
    def see(visitor: Visitor) -> Seen:
        view = views.of(visitor.groups)
        adds = adding.brought_by(visitor.groups) if adding else None
        return Seen(view.assistant, view.archive, view.suggestions, adds)

    return see


def _lately(views: Views, archive: Archive) -> Lately:
    """Return questions to begin with; they are offered to all, so they come from what all see."""

    def opening(stopped: Callable[[], bool]) -> Sequence[Opening]:
        return views.of(ANYBODY.groups).suggestions.opening(stopped)

    def stands(question: Opening) -> bool:
        return question.stands(views.of(ANYBODY.groups).archive)

    return Lately(opening, lambda: archive.change, stands, first=_SETTLED_SECONDS)


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
