"""Reads templates from the rooms' folders, as they are shown: the line end that closes a file is no part of it."""

import re

from django.template import Origin
from django.template.loaders import app_directories

WORD = "_word.html"  # parts that are one word of a sentence, chosen by a chain of conditions
LINE_END = re.compile(r"(?<=%\})\n\s*(?=\{%)")


class Loader(app_directories.Loader):
    """A part may stand inside a Chinese sentence, where a line end would show as a blank; a word has none between its tags."""

    def get_contents(self, origin: Origin) -> str:
        text = super().get_contents(origin).removesuffix("\n")
        return LINE_END.sub("", text) if origin.name.endswith(WORD) else text
