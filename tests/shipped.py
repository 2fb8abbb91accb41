"""The shipped models, opened once by each process, and the sample, ingested by one for all."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from corpus.sample import sample_path
from index.build import ingest
from index.embed import Embedder, open_embedder
from index.schema import open_archive
from qa.reader.model import ReaderModel, open_reader
from qa.resolve.resolve import Resolver, open_resolver


@cache
def embedder() -> Embedder:
    return open_embedder()


@cache
def reader() -> ReaderModel:
    return open_reader()


@cache
def resolver() -> Resolver:
    return open_resolver(bundled=embedder())


def sample_store(folders: pytest.TempPathFactory) -> Path:
    """Return a store of one's own with the sample, ingested with the shipped embedder."""
    own = folders.mktemp("sample") / "store"
    base = folders.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # of all of xdist's workers
    with FileLock(shared / "sample.lock"):
        whole = shared / "ingested-sample"
        if not whole.exists():
            made = folders.mktemp("made") / "store"
            with open_archive(made, create=True) as archive:
                ingest([str(sample_path())], archive, embedder())
            made.rename(whole)
    shutil.copytree(whole, own)
    return own
