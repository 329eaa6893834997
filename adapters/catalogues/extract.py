"""From the code to the translators: collects the sentences of `bot/` and keeps the catalogues in step.

    python -m adapters.catalogues extract    writes the template and updates every translation
    python -m adapters.catalogues check      lists everything that is missing or does not fit; exit 1

Files carry no dates and no line numbers, so that two people who work at the same time do not collide in them.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from adapters.catalogues import DOMAIN, LOCALE, catalogue_file
from bot.model.course import Language

BOT = LOCALE.parents[1]
KEYWORDS = {"t": None, "line": None, "N_": None, "Slip": None, "NotAllowed": None, "tn": (1, 2), "line_n": (1, 2)}
TRANSLATED = tuple(language for language in Language if language is not Language.EN)

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_VOLATILE = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version|Report-Msgid-Bugs-To'
    r'|Last-Translator|Language-Team): .*\\n"\n',
    re.MULTILINE,
)


def template_file(locale: Path = LOCALE) -> Path:
    return locale / f"{DOMAIN}.pot"


def extracted(bot: Path = BOT) -> Catalog:
    """Every sentence in the code, with the files that say it."""
    template = Catalog(charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        bot,
        method_map=[("**.py", "python")],
        options_map={"**.py": {"encoding": "utf-8"}},
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for file, _line, message, comments, _context in sorted(found, key=lambda row: (row[0], row[1])):
        template.add(message, locations=[(f"bot/{Path(file).as_posix()}", 0)], auto_comments=comments)
    return template


def extract(bot: Path = BOT, locale: Path = LOCALE, *, drop_obsolete: bool = False) -> list[Path]:
    """Write the template and update the translations; returns the files that changed.

    A sentence that changed loses its translation; the old one stays at the end of the file, marked `#~`, until
    `drop_obsolete` removes it.
    """
    template = extracted(bot)
    changed = _write(template_file(locale), template)
    for language in TRANSLATED:
        file = catalogue_file(language, locale)
        catalogue = _read(file, language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        if drop_obsolete:
            catalogue.obsolete.clear()
        changed += _write(file, catalogue)
    return changed


def check(bot: Path = BOT, locale: Path = LOCALE) -> list[str]:
    """Everything that keeps a language from being complete and right, one sentence each."""
    template = extracted(bot)
    problems = [*hidden_sentences(bot), *_template_problems(template, template_file(locale))]
    for language in TRANSLATED:
        file = catalogue_file(language, locale)
        if not file.exists():
            problems.append(f"{_short(file)}: is missing; run: python -m adapters.catalogues extract")
            continue
        problems += [f"{_short(file)}: {problem}" for problem in _translation_problems(template, _read(file, language))]
    return problems


def hidden_sentences(bot: Path = BOT) -> Iterator[str]:
    """Sentences put together in the code, which no translator would ever see."""
    for file in sorted(bot.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in KEYWORDS and node.args:
                count = 2 if KEYWORDS[_name(node.func)] else 1
                for argument in node.args[:count]:
                    if isinstance(argument, ast.JoinedStr | ast.BinOp):
                        yield (
                            f"bot/{file.relative_to(bot).as_posix()}:{node.lineno}: a sentence is put together here;"
                            " write one whole sentence with {placeholders}"
                        )


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _template_problems(template: Catalog, file: Path) -> list[str]:
    advice = "run: python -m adapters.catalogues extract"
    if not file.exists():
        return [f"{_short(file)}: is missing; {advice}"]
    if file.read_text(encoding="utf-8") != _as_text(template):
        return [f"{_short(file)}: is out of date; {advice}"]
    return []


def _translation_problems(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    for wanted in template:
        if not wanted.id:
            continue
        message = catalogue.get(_key(wanted))
        shown = _shown(wanted)
        if message is None:
            yield f"{shown} is missing; run: python -m adapters.catalogues extract"
        elif message.id != wanted.id:
            yield f"{shown} has other plural forms in the code; run: python -m adapters.catalogues extract"
        elif not all(_strings(message)):
            yield f"{shown} is not translated"
        elif message.fuzzy:
            yield f"{shown} is marked fuzzy; read it again and remove the mark"
        else:
            yield from (f"{shown}: {problem}" for problem in _differences(wanted, message))
    known = {_key(wanted) for wanted in template}
    for message in catalogue:
        if message.id and _key(message) not in known:
            yield f"{_shown(message)} is no longer said; run: python -m adapters.catalogues extract"
    for message in catalogue.obsolete.values():
        yield (
            f"{_shown(message)} is obsolete (#~); when it is of no use any more, "
            "run: python -m adapters.catalogues extract --drop-obsolete"
        )


def _differences(wanted: Message, message: Message) -> Iterator[str]:
    """What a translation must share with its sentence: placeholders, emphasis, outer spaces, line breaks."""
    originals = list(wanted.id) if isinstance(wanted.id, tuple | list) else [wanted.id]
    for place, text in enumerate(_strings(message)):
        # The singular may name the number or spell it out, so it may be like either form.
        models = originals if place == 0 else originals[-1:]
        if all(_placeholders(text) != _placeholders(model) for model in models):
            names = ", ".join(f"{{{name}}}" for name in sorted(_placeholders(models[-1]))) or "none"
            yield f"the placeholders must be {names}"
        for sign, word in (("*", "asterisks"), ("`", "backquotes")):
            if all(text.count(sign) != model.count(sign) for model in models):
                yield f"it needs {models[-1].count(sign)} {word}, and has {text.count(sign)}"
        if all(text.count("\n") != model.count("\n") for model in models):
            yield "it has other line breaks"
        if all((text != text.strip()) != (model != model.strip()) for model in models):
            yield "spaces at the beginning or end differ"


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _strings(message: Message) -> Sequence[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _shown(message: Message) -> str:
    text = _key(message)
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”"


def _short(file: Path) -> str:
    root = LOCALE.parents[2]
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()


def _read(file: Path, language: Language) -> Catalog:
    if not file.exists():
        return Catalog(locale=str(language), charset="utf-8", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=str(language))


def _write(file: Path, catalogue: Catalog) -> list[Path]:
    text = _as_text(catalogue)
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return []
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    return [file]


def _as_text(catalogue: Catalog) -> str:
    catalogue.header_comment = f"# Sentences of Chatcourse{_language(catalogue)}."
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False, sort_by_file=False)
    return _VOLATILE.sub("", buffer.getvalue().decode("utf-8"))


def _language(catalogue: Catalog) -> str:
    return f" in {catalogue.locale.english_name}" if catalogue.locale else ""
