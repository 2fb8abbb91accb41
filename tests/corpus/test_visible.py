"""What markup hides by itself."""

from __future__ import annotations

import pytest

from corpus.loaders.visible import is_hidden


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("svg", {}),
        ("p", {"hidden": ""}),
        ("p", {"hidden": "until-found"}),
        ("dialog", {}),
        ("p", {"class": "note sr-only"}),
        *[
            ("p", {"style": style})
            for style in (
                "display: none",
                "color:red;DISPLAY :NONE;",
                "display:/**/none",
                "display/* a */:none/* b",
                "display:none!important",
                "display: none ! important",
                r"d\69splay:n\6fne",
                r"display:n\00006f ne",
                r"display:\none",
                "visibility:hidden",
                "visibility: collapse",
                "clip:rect(0 0 0 0)",
                "clip-path: inset( 50% )",
                "text-indent:-999px",
                "position:absolute; left: -10000px",
            )
        ],
    ],
)
def test_hidden(tag: str, attributes: dict[str, str]) -> None:
    assert is_hidden(tag, attributes)


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("p", {}),
        ("p", {"aria-hidden": "true"}),
        ("dialog", {"open": ""}),
        ("p", {"class": "unsr-onlyx"}),
        *[
            ("p", {"style": style})
            for style in (
                "display: block",
                "/* display:none */",
                "display:no/**/ne",
                "display:nonesuch",
                "x-display:none",
                "overflow:hidden",
                "clip:rect(1px 0 0 0)",
                "text-indent:-12px",
                "left:-999px",
                "\\",
                "\\110000",
            )
        ],
    ],
)
def test_shown(tag: str, attributes: dict[str, str]) -> None:
    assert not is_hidden(tag, attributes)
