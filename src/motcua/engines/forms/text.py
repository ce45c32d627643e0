"""Words of a form in both languages, and what is said about an answer. Plain Python: no translation machinery here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A label, hint or message as it stands in the data of a form: Vietnamese, and English beside it."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """The words for ``language`` ("vi", "en", "en-gb"); Vietnamese for everything that is not English."""
        return self.en if language.startswith("en") else self.vi

    def as_data(self) -> dict[str, str]:
        return {"vi": self.vi, "en": self.en}


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """Something wrong with an answer: an English msgid with named params, or words that stand in the form's data.

    Params that are ``Text`` (labels) are put into the reader's language when the message is shown.
    """

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)
    words: Text | None = None

    def text(self, translate: Callable[[str], str] = _same, language: str = "en") -> str:
        """The message for a person; ``translate`` is gettext of ``language``."""
        if self.words is not None:
            return self.words.in_language(language)
        template = translate(self.msgid)
        if not self.params:
            return template
        return template % {
            name: value.in_language(language) if isinstance(value, Text) else value
            for name, value in self.params.items()
        }

    def as_data(self) -> dict[str, Any]:
        """For ``forms`` answers over the API: the code stays the same in every language."""
        data: dict[str, Any] = {"message": self.msgid}
        if self.params:
            data["params"] = {
                name: value.as_data() if isinstance(value, Text) else value for name, value in self.params.items()
            }
        if self.words is not None:
            data["words"] = self.words.as_data()
        return data
