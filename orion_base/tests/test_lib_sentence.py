import json
import unittest

from odoo.addons.orion_base.lib.errors import Unauthorised
from odoo.addons.orion_base.lib.sentence import Sentences

sentence_of = Sentences("odoo.addons.orion_base.lib.http_answer")


class TestSentence(unittest.TestCase):
    def test_is_an_english_text(self):
        sentence = sentence_of(
            "%(host)s sent %(count)s bytes. %(said)s", host="x.test", count=3, said=""
        )
        self.assertEqual(sentence, "x.test sent 3 bytes.")

    def test_without_values_signs_stay(self):
        self.assertEqual(sentence_of("100 % wrong"), "100 % wrong")

    def test_is_filled_later(self):
        noted = sentence_of("%(host)s is away.")
        self.assertEqual(noted.fill(host="x.test"), "x.test is away.")
        self.assertEqual(noted, "%(host)s is away.")

    def test_error_keeps_what_it_was_made_of(self):
        error = Unauthorised(sentence_of("%(host)s refused the key.", host="x.test"))
        self.assertEqual((error.message, str(error)), ("x.test refused the key.",) * 2)
        self.assertIs(type(error.message), str)
        kept = json.loads(json.dumps(error.sentence))
        self.assertEqual(
            kept,
            {
                "addon": "orion_base",
                "template": "%(host)s refused the key.",
                "values": {"host": "x.test"},
            },
        )

    def test_plain_text_is_kept_as_text_only(self):
        self.assertIsNone(Unauthorised("No.").sentence)
