"""The server's filter pattern: what its language allows, checked before AWS is asked."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 1024
REGEXES: Final = 2

HINT: Final = (
    'words: all of them · ?a ?b: any · -a: not · "a phrase" · %regex% · '
    '{ $.level = "error" && $.ms > 100 } · [ip, user, status = 5*]'
)
"""The language in one line."""

_REGEX_CHARACTERS: Final = re.compile(r"[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|\\*+.\s]*")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_SELECTOR: Final = re.compile(r"\$(?:\.[\w-]+|\.?\[(?:\d+|\*|['\"][^'\"]+['\"])\]|\.\*)+")


def complaint(pattern: str) -> str:
    """Why AWS would refuse a filter pattern; empty when it would not, as far as its language tells."""
    wanted = pattern.strip()
    if len(wanted) > LONGEST:
        return f"{len(wanted):,} characters; a pattern has at most {LONGEST:,}"
    outside, quoted = _parts(wanted)
    if outside is None:
        return f"{quoted} is not closed"
    bare = re.sub(r"%[^%]*%", "x", outside)
    return _regexes(outside) or _balance(bare) or _kind(bare)


def _regexes(outside: str) -> str:
    regexes = re.findall(r"%([^%]*)%", outside)
    if outside.count("%") % 2:
        return "a % begins a regex and another must end it"
    if len(regexes) > REGEXES:
        return f"{len(regexes)} regexes; a pattern has at most {REGEXES}"
    return next(filter(None, map(_regex, regexes)), "")


def _kind(bare: str) -> str:
    if bare.startswith("{"):
        return _selection(bare)
    if bare.startswith("["):
        return "" if bare.endswith("]") else "[ begins a list of fields, and ] must be its end"
    return _terms(bare)


def _parts(pattern: str) -> tuple[str | None, str]:
    """The pattern with its quoted phrases made ``""``; or None and the quote that is not closed."""
    out, place, regex = [], 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "%":
            regex = not regex
        if sign == '"' and not regex:
            end = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL).match(pattern, place + 1)
            if end is None:
                return None, f"the phrase {pattern[place : place + 20]}"
            out.append('""')
            place = end.end()
            continue
        out.append(sign)
        place += 1
    return "".join(out), ""


def _regex(regex: str) -> str:
    if not regex:
        return "a regex between two % must not be empty"
    if "(" in regex or ")" in regex:
        return "a regex of AWS knows no ( ): write the alternatives with | and without groups"
    if not regex.isascii():
        return "a regex of AWS takes ASCII only"
    if not _REGEX_CHARACTERS.fullmatch(regex):
        wrong = next(sign for sign in regex if not _REGEX_CHARACTERS.fullmatch(sign))
        return f"{wrong} may not stand in a regex of AWS: only : _ # = @ / ; , - and ^ $ ? [ ] {{ }} | \\ * + ."
    try:
        re.compile(regex)
    except re.error as error:
        return f"not a regex: {error.msg}"
    return ""


def _balance(bare: str) -> str:
    held: list[str] = []
    for sign in bare:
        if sign in "([{":
            held.append(sign)
        elif sign in _PAIRS and (not held or held.pop() != _PAIRS[sign]):
            return f"{sign} closes nothing"
    return f"{held[-1]} is not closed" if held else ""


def _selection(bare: str) -> str:
    if not bare.endswith("}"):
        return "{ begins a condition on JSON, and } must be its end"
    inside = bare[1:-1].strip()
    if not inside:
        return 'a condition is needed, such as { $.level = "error" }'
    if not _SELECTOR.search(inside):
        return 'a field is named from $, such as { $.level = "error" }'
    if re.search(r"(?<![&])&(?!&)|(?<!\|)\|(?!\|)", inside):
        return "conditions are joined by && and ||"
    for term in re.split(r"&&|\|\|", inside.replace("(", " ").replace(")", " ")):
        if not re.search(r"=|<|>|\b(?:IS|NOT|EXISTS)\b", term):
            return (
                f"{term.strip() or 'nothing'} compares nothing: use = != < > <= >= IS, NOT EXISTS"
            )
    return ""


def _terms(bare: str) -> str:
    for term in bare.split():
        word = term.lstrip("?-")
        if not word:
            return f"{term} needs a word behind it"
        # Words with other signs have to be quoted: AWS refuses them as they stand.
        if re.search(r"[^\w\"%.:/@#=;,*$\-\[\]{}()]", word):
            return f'{word} has to be quoted: "{word}"'
    return ""
