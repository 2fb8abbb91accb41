"""The offline tiktoken encoding that sizes chunks: the same counts on every machine.

It is our own byte-level BPE, read from a file that ships with the package; tiktoken's own
encodings would be downloaded at first use. `encoding/README.md` says how it was trained.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

# Each punctuation mark stands alone and no piece holds more than 12 letters or 3 digits, as the
# embedder's word pieces do at least: so a text rarely has more word pieces than tokens.
PATTERN = r" ?[\p{L}\p{M}]{1,12}| ?\p{N}{1,3}| ?[^\s\p{L}\p{M}\p{N}]|\s{1,16}"
# The most code points that a token can cover, by the pattern.
LONGEST_TOKEN = 16


@cache
def encoding() -> tiktoken.Encoding:
    """Return the shipped encoding; it is read once a process."""
    import tiktoken  # asking a question counts no tokens

    lines = files("index").joinpath("encoding/onrecord.tiktoken").read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    return tiktoken.Encoding("onrecord", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """Return how many tokens the text has."""
    return len(encoding().encode_ordinary(text))


def clip_tokens(text: str, limit: int) -> str:
    """Return what the first `limit` tokens of a text cover, at least one character of it.

    Megabytes without a space take no longer than a sentence. The result may have a token more
    than `limit` where it ends within a word, which alone can be cut differently.
    """
    tokens = encoding().encode_ordinary(text[: limit * LONGEST_TOKEN])
    if len(tokens) <= limit:
        return text[: limit * LONGEST_TOKEN]
    # A code point whose bytes are spread over several tokens may be cut: it is left out.
    kept = encoding().decode_bytes(tokens[:limit]).decode(errors="ignore")
    return kept or text[:1]
