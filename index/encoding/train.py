"""Train `onrecord.tiktoken`: ``python index/encoding/train.py spans.jsonl.gz``.

The input is JSON Lines (gzip) with the text fields `context` and `question`. The result depends
on nothing but the set of texts: they are deduplicated and sorted first.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from index.tokens import PATTERN

SIZE = 16_000
TARGET = Path(__file__).with_name("onrecord.tiktoken")


def texts(source: Path) -> list[str]:
    """Return the distinct contexts and questions of a file, sorted."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return sorted({record[field] for record in records for field in ("context", "question")})


def merges(corpus: list[str]) -> list[tuple[bytes, bytes]]:
    """Return the pairs of tokens that byte-pair encoding joins, most frequent first."""
    tokenizer = Tokenizer(models.BPE())
    pieces = pre_tokenizers.Split(Regex(PATTERN), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pieces, byte_level])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    pairs = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(_bytes(left), _bytes(right)) for left, right in pairs]


def ranks(pairs: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield the tokens in the order of their ranks: all bytes, then what the merges make."""
    yield from (bytes([byte]) for byte in range(256))
    yield from dict.fromkeys(left + right for left, right in pairs)


def _bytes(token: str) -> bytes:
    """Return the bytes that a token stands for in GPT-2's printable alphabet."""
    return bytes(_BYTE_OF[character] for character in token)


def _printable_bytes() -> dict[str, int]:
    """Return GPT-2's alphabet: printable Latin-1 stands for itself, other bytes from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    shifted = {chr(0x100 + number): byte for number, byte in enumerate(others)}
    return {chr(byte): byte for byte in plain} | shifted


_BYTE_OF = _printable_bytes()


def main(source: Path) -> None:
    """Train on a file and write the encoding beside this script."""
    corpus = texts(source)
    lines = [
        b"%s %d\n" % (base64.b64encode(token), rank)
        for rank, token in enumerate(ranks(merges(corpus)))
    ]
    TARGET.write_bytes(b"".join(lines))
    digest = hashlib.sha256("\n".join(corpus).encode()).hexdigest()
    sys.stdout.write(f"{len(lines)} tokens of {len(corpus)} texts, sha256 of texts {digest}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
