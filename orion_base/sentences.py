"""Saying what `lib` has to say in the language of who reads it."""

from odoo.tools.translate import get_translation

from .lib.sentence import Sentence


def say(env, error):
    """An `OrionError`'s sentence in the language of `env`."""
    return say_kept(env, error.message, error.sentence)


def say_kept(env, message, sentence):
    """A sentence that was kept in the database.

    :param message: its English text
    :param sentence: `lib.sentence.Sentence.kept()`, or nothing for what is plain text
    """
    if not sentence:
        return message
    lang = env.lang or "en_US"
    return get_translation(
        sentence["addon"], lang, sentence["template"], sentence["values"]
    ).strip()


def say_text(env, text):
    """A text in the language of `env`, where it is a `Sentence`; else as it is."""
    return say_kept(env, str(text), text.kept() if isinstance(text, Sentence) else None)


def message_entry(text):
    """The message of an entry of `orion.sync.log.error_details`; `say_entry` says it."""
    kept = {"sentence": text.kept()} if isinstance(text, Sentence) else {}
    return {"message": str(text), **kept}


def say_entry(env, entry):
    """An entry of `orion.sync.log.error_details`, its message said and nothing left to say."""
    if not isinstance(entry, dict) or "sentence" not in entry:
        return entry
    rest = {name: value for name, value in entry.items() if name != "sentence"}
    return {**rest, "message": say_kept(env, entry.get("message"), entry["sentence"])}
