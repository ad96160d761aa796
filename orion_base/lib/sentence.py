"""Sentences for people, born where nobody's language is known.

They are English texts, and keep what they were made of, so that Odoo can say them in the
language of who reads them (`odoo.addons.orion_base.sentences`)::

    _lt = Sentences(__name__)
    raise Unauthorised(_lt("%(host)s refused the key.", host=host))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """An English sentence that can be said in other languages.

    :ivar addon: whose translations hold it.
    :ivar template: the text with `%(name)s` where values go.
    """

    addon: str
    template: str
    values: Mapping[str, str | int]

    def __new__(cls, addon: str, template: str, values: Mapping[str, str | int]) -> Sentence:
        """The English text, with what it was made of."""
        sentence = super().__new__(cls, (template % values if values else template).strip())
        sentence.addon = addon
        sentence.template = template
        sentence.values = values
        return sentence

    def fill(self, **values: str | int) -> Sentence:
        """The sentence with values in it, for one that was noted before they were known."""
        return Sentence(self.addon, self.template, values)

    def kept(self) -> dict[str, Any]:
        """JSON-able form for the database."""
        return {"addon": self.addon, "template": self.template, "values": dict(self.values)}


class Sentences:
    """Makes the sentences of one module of an addon; called `_lt`, so that Odoo's export of
    terms finds them.

    :param module_name: `__name__`, as in `odoo.addons.<addon>.lib.<module>`.
    """

    def __init__(self, module_name: str) -> None:
        self._addon = module_name.removeprefix("odoo.addons.").partition(".")[0]

    def __call__(self, template: str, /, **values: str | int) -> Sentence:
        """The sentence with its values."""
        return Sentence(self._addon, template, values)
