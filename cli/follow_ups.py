"""`onrecord eval follow-ups`: are follow-ups understood as a person would?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.common import AsJson, Config, Debug, read_settings

Rewrites = Annotated[
    Path,
    typer.Argument(
        metavar="REWRITES",
        help="JSONL (also .gz): conversation_id, history, question, rewrite, needs_rewrite.",
    ),
]


def follow_ups(
    rewrites: Rewrites,
    as_json: AsJson = False,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Measure how follow-ups are understood, against what a person would have asked instead.

    Words are compared by their stems, without stop words. No store is needed.

    For example: onrecord eval follow-ups rewrites.jsonl
    """
    from cli.figures import aligned_figures
    from qa.evaluation.follow_ups import figures, read_follow_ups
    from qa.resolve.resolve import open_resolver

    model = read_settings(config, None).model
    read = read_follow_ups(rewrites)
    resolver = open_resolver(model.cache, model.threads)
    found = figures(read, lambda question, before: resolver.resolve(question, before).standalone)
    if as_json:
        typer.echo(json.dumps([figure.to_json() for figure in found]))
    else:
        typer.echo("\n".join(aligned_figures(found)))
