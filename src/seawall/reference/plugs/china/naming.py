"""English names of streets: pinyin of the proper name, then the kind of division."""

import csv
from functools import cache
from pathlib import Path

KINDS = (("街道", "Subdistrict"), ("民族乡", "Ethnic Township"), ("镇", "Town"), ("乡", "Township"))
PEOPLES = {"土家族": "Tujia", "苗族": "Miao", "仡佬族": "Gelao", "回族": "Hui", "蒙古族": "Mongol"}


@cache
def readings() -> dict[str, list[str]]:
    """Proper names that pinyin by character reads wrongly."""
    with Path(__file__).with_name("readings.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["reading"].split() for row in csv.DictReader(file)}


def street_name(name: str) -> str:
    """磨子土家族乡 -> Mozi Tujia Ethnic Township; 高笋塘街道 -> Gaosuntang Subdistrict."""
    for suffix, kind in KINDS:
        if name.endswith(suffix):
            proper, peoples = _peoples(name.removesuffix(suffix))
            kind = "Ethnic Township" if peoples else kind
            return " ".join(filter(None, [_join(proper), " and ".join(peoples), kind]))
    return _join(name)


def in_town(name: str) -> bool:
    """Subdistricts are built up; towns and townships are country."""
    return name.endswith(KINDS[0][0])


def _peoples(name: str) -> tuple[str, list[str]]:
    found: list[tuple[int, str]] = []
    for people, english in PEOPLES.items():
        at = name.find(people)
        if at > 0:
            found.append((at, english))
            name = name.replace(people, "·" * len(people))
    return name.split("·", maxsplit=1)[0], [english for _, english in sorted(found)]


def _join(name: str) -> str:
    """One word; a syllable that begins with a vowel is set off by an apostrophe, as in Nan'an."""
    from pypinyin import lazy_pinyin  # as in people/names.py

    syllables = readings().get(name) or lazy_pinyin(name, v_to_u=True)
    word = syllables[0] + "".join(f"'{s}" if s[0] in "aeo" else s for s in syllables[1:])
    return word[:1].upper() + word[1:]
