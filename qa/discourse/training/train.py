"""Fit the model of moves: ``python -m qa.discourse.training.train REWRITES FOLDER``.

On the follow-ups of ``follow_ups.jsonl``, written for it by two writers, and on follow-ups of
conversations (see `qa.resolve.training.rewrites`), which mostly ask something of their own. FOLDER
then holds ``moves.safetensors`` and ``training.json``; its figures are those of a fit on what the
first writer wrote, asked about what the second wrote.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize

from index.embed import Embedder, Vectors, open_embedder
from index.export import file_digest
from qa.discourse.moves import MOST_WORDS, OWN, Move, Weights, chances
from qa.resolve.training.rewrites import read_rewrites

FOLLOW_UPS = Path(__file__).with_name("follow_ups.jsonl")
KINDS = (OWN, *Move)
RIDGE = 0.6
# Vectors of length 1 are small numbers; by this the penalty is told in units near 1.
SCALE = 3.0
MOST_OF_CONVERSATIONS = 3000
# "Anything else?" in a conversation is a move, too: what those written already show is left out.
LEAST_OWN = 0.25
SEED = 1

Labelled = list[tuple[str, int]]


def written(path: Path = FOLLOW_UPS) -> dict[str, Labelled]:
    """Return the follow-ups of each writer, with the place in `KINDS` of what they want."""
    found: dict[str, Labelled] = {}
    for record in map(json.loads, path.read_text("utf-8").splitlines()):
        kind = KINDS.index(Move(record["move"]) if record["move"] else OWN)
        found.setdefault(record["writer"], []).append((record["text"], kind))
    return found


def of_conversations(path: Path) -> list[str]:
    """Return short follow-ups of conversations in an order drawn by chance."""
    questions = {r.question for r in read_rewrites(path) if r.split == "train" and r.said}
    short = sorted(q for q in questions if len(q.split()) <= MOST_WORDS)
    order = np.random.default_rng(SEED).permutation(len(short))
    return [short[place] for place in order]


def fit(vectors: Vectors, kinds: Sequence[int]) -> Weights:
    """Return the weights, shape (d + 1, k), of a multinomial logistic regression.

    Args:
        vectors: Unit vectors of the follow-ups, shape (n, d).
        kinds: The place in `KINDS` of each.
    """
    x = np.hstack([vectors * SCALE, np.ones((len(vectors), 1))])
    y = np.eye(len(KINDS))[list(kinds)]
    penalty = np.full((x.shape[1], 1), RIDGE)
    penalty[-1] = 0.0

    def loss(flat: Weights) -> tuple[float, Weights]:
        w = flat.reshape(x.shape[1], len(KINDS))
        p = chances(x @ w)
        total = float(-np.log((p * y).sum(axis=1) + 1e-12).sum() + (penalty * w**2).sum() / 2)
        return total, (x.T @ (p - y) + penalty * w).ravel()

    start = np.zeros(x.shape[1] * len(KINDS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: Weights = found.x.reshape(x.shape[1], len(KINDS))
    weights[:-1] *= SCALE
    return weights


def fit_with(embedder: Embedder, labelled: Labelled, others: Sequence[str]) -> Weights:
    """Return the weights fitted on labelled follow-ups and on those of conversations."""
    texts, kinds = zip(*labelled, strict=True)
    vectors, their = embedder.embed_texts(texts), embedder.embed_texts(others)
    first = fit(vectors, kinds)
    own = np.flatnonzero(shares(their, first)[:, 0] >= LEAST_OWN)[:MOST_OF_CONVERSATIONS]
    return fit(np.vstack([vectors, their[own]]), [*kinds, *[0] * len(own)])


def shares(vectors: Vectors, weights: Weights) -> Weights:
    """Return the probability of each of `KINDS`, shape (n, k)."""
    return chances(vectors @ weights[:-1] + weights[-1])


def measure(embedder: Embedder, labelled: Labelled, weights: Weights) -> dict[str, float]:
    """Return the share of moves told right, ``found``, and of others left alone, ``own``."""
    texts, kinds = zip(*labelled, strict=True)
    told = shares(embedder.embed_texts(texts), weights).argmax(axis=1)
    wanted = np.array(kinds)
    own = wanted == 0
    return {
        "found": round(float((told == wanted)[~own].mean()), 4),
        "own": round(float((told == wanted)[own].mean()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rewrites", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    embedder = open_embedder()
    first, second = written().values()
    others = of_conversations(given.rewrites)
    held_out = measure(embedder, second, fit_with(embedder, first, others))
    weights = fit_with(embedder, [*first, *second], others)
    given.folder.mkdir(parents=True, exist_ok=True)
    target = given.folder / "moves.safetensors"
    save_file({"weights": weights.astype(np.float32)}, target)
    stored = {
        "kinds": [str(kind) for kind in KINDS],
        "ridge": RIDGE,
        "seed": SEED,
        "embedder": embedder.fingerprint,
        "data": {path.name: file_digest(path) for path in (FOLLOW_UPS, given.rewrites)},
        "weights": file_digest(target),
        "held_out": held_out,
    }
    (given.folder / "training.json").write_text(json.dumps(stored, indent=2) + "\n", "utf-8")
    sys.stdout.write(f"{json.dumps(held_out)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
