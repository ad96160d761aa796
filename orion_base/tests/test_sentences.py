from odoo.tests import TransactionCase

from odoo.addons.orion_base.lib.errors import RateLimited, Unauthorised
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_base.sentences import say, say_entry, say_kept

sentence_of = Sentences("odoo.addons.orion_base.lib.http_answer")


class TestSentences(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.refused = Unauthorised(sentence_of("%(host)s refused the key.", host="x.test"))

    def in_lang(self, lang):
        return self.env(context={**self.env.context, "lang": lang})

    def test_said_in_the_readers_language(self):
        self.assertEqual(say(self.in_lang("fr_FR"), self.refused), "x.test a refusé la clé.")
        self.assertEqual(
            say(self.in_lang("de_DE"), self.refused), "x.test hat den Schlüssel abgelehnt."
        )
        for lang in ("en_US", None):
            self.assertEqual(say(self.in_lang(lang), self.refused), "x.test refused the key.")

    def test_plain_text_is_said_as_it_is(self):
        self.assertEqual(say(self.in_lang("fr_FR"), RateLimited("Slow down.")), "Slow down.")
        self.assertFalse(say_kept(self.env, False, False))

    def test_a_template_that_nobody_translates(self):
        lost = Unauthorised(sentence_of("Said by %(host)s of old.", host="x.test"))
        self.assertEqual(say(self.in_lang("fr_FR"), lost), "Said by x.test of old.")

    def test_entry_of_a_log(self):
        entry = {"code": "unauthorised", "message": "Old", "sentence": self.refused.sentence}
        self.assertEqual(
            say_entry(self.in_lang("fr_FR"), entry),
            {"code": "unauthorised", "message": "x.test a refusé la clé."},
        )
        self.assertEqual(say_entry(self.env, {"message": "Old"}), {"message": "Old"})
        self.assertEqual(say_entry(self.env, "Old"), "Old")
