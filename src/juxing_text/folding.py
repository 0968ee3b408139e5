"""Folding that keeps length: every character becomes exactly one, so an offset in folded text is the offset in the
original.
"""

import unicodedata

from juxing_text.lexicon import data_table

_BLANKED_CATEGORIES = frozenset({"So", "Sk", "Cf", "Cc", "Co", "Cs", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"})


class _FoldTable(dict[int, str]):
    """A translation table that works out a character the first time it is met; bounded by the number of code
    points.
    """

    def __missing__(self, code_point: int) -> str:
        folded = _fold_character(chr(code_point))
        self[code_point] = folded
        return folded


def _fold_character(character: str) -> str:
    if 0xFF01 <= ord(character) <= 0xFF5E:
        return chr(ord(character) - 0xFEE0).lower()
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(character) in _BLANKED_CATEGORIES:
        return " "
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _build_table() -> _FoldTable:
    folding = data_table("lexicon.toml")["folding"]
    table = _FoldTable()
    for pair in folding["traditional"].split():
        table[ord(pair[0])] = pair[1]
    for target, sources in folding["characters"].items():
        for source in sources:
            table[ord(source)] = target
    return table


_TABLE = _build_table()


def fold(text: str) -> str:
    """Full-width to half-width, capitals to small, any script's digits to ASCII, traditional to simplified for the
    characters that matter, emoji, invisible and private-use characters to a space. `len(fold(text)) == len(text)`
    always.
    """
    return text.translate(_TABLE)
