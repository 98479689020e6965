"""A name or a sentence in both languages, as a row carries it to whoever prints it."""

from dataclasses import dataclass
from typing import Protocol

from .actor import ZH


class Named(Protocol):
    """Any row that knows what it is called in both languages."""

    @property
    def name_zh(self) -> str: ...

    @property
    def name_en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in Chinese and in English."""

    zh: str
    en: str

    @classmethod
    def of(cls, row: Named) -> "Name":
        return cls(row.name_zh, row.name_en)

    @classmethod
    def code(cls, text: str) -> "Name":
        """Of a thing that nobody named: its code in both languages."""
        return cls(text, text)

    def said(self, language: str) -> str:
        return self.zh if language == ZH else self.en
