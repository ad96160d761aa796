"""One account of a marketplace, one channel: two would import every order twice."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.orion_base import secrets

from .channel_common import ENDPOINT, KEY_A, KEY_B, SECRET, ChannelCase, use_keys


class TestChannelAccount(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.other = self._create_channel(name="Second shop")

    def fingerprints(self, channels=None):
        channels = self.channel | self.other if channels is None else channels
        channels.flush_recordset()
        channels.invalidate_recordset()
        return channels.sudo().mapped("account_fingerprint")

    def forget(self, *channels):
        """As in a database of before accounts were noted."""
        for channel in channels:
            channel.sudo().account_fingerprint = False

    # === SETTING A KEY === #

    def test_a_second_channel_with_the_key_is_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "“Played shop” .*this key already") as caught:
            self.set_key(self.other)
        self.assertNotIn(SECRET, str(caught.exception))
        self.set_key(self.other, secret="another-key-0123456789")

    def test_a_copy_needs_a_key_of_its_own(self):
        copy = self.as_manager().copy()
        self.assertFalse(self.fingerprints(copy)[0])
        with self.assertRaisesRegex(ValidationError, "this key already"):
            self.set_key(copy)

    def test_several_channels_at_once(self):
        third = self._create_channel(name="Third shop")
        with self.assertRaisesRegex(ValidationError, "“Second shop”"):
            self.set_key(self.other | third, secret="one-key-for-both-0123")

    def test_the_same_key_again_is_no_second_account(self):
        self.set_key()
        self.assertTrue(self.fingerprints(self.channel)[0])

    def test_neither_path_nor_sandbox_make_it_another_account(self):
        self.other.write({"api_endpoint": f"{ENDPOINT}/v2?x=1", "is_sandbox": True})
        with self.assertRaises(ValidationError):
            self.set_key(self.other)
        self.other.api_endpoint = "https://other.example/graphql"
        self.set_key(self.other)

    def test_an_archived_channel_holds_no_account(self):
        self.channel.active = False
        self.set_key(self.other)
        self.assertEqual(len(set(self.fingerprints())), 1)

    def test_an_archived_channel_holds_none_for_who_sees_archived_ones_either(self):
        self.channel.active = False
        self.set_key(self.other.with_context(active_test=False))
        self.assertTrue(self.fingerprints(self.other)[0])

    def test_a_cleared_or_deleted_key_is_free_again(self):
        self.as_manager().clear_credentials()
        self.set_key(self.other)
        self.as_manager(self.other.credential_ids).unlink()
        self.set_key()

    def test_a_channel_that_moves_away_frees_its_account(self):
        self.as_manager().api_endpoint = "https://other.example/graphql"
        self.set_key(self.other)

    # === COMING BACK === #

    def test_an_archived_channel_cannot_come_back_beside_it(self):
        self.channel.active = False
        self.set_key(self.other)
        with self.assertRaisesRegex(ValidationError, "“Second shop”"):
            self.as_manager().active = True
        self.other.active = False
        with self.assertRaisesRegex(ValidationError, "this key already"):
            self.as_manager(self.channel | self.other).action_unarchive()
        self.as_manager().action_unarchive()

    def test_the_database_refuses_who_came_at_the_same_time(self):
        [fingerprint] = self.fingerprints(self.channel)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.cr.execute(
                "UPDATE orion_channel SET account_fingerprint = %s WHERE id = %s",
                (fingerprint, self.other.id),
            )

    # === WHO MAY KNOW === #

    def test_other_companies_stay_unnamed(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="orion_base.group_orion_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        theirs = self._create_channel(name="Theirs", company_id=company.id, responsible_id=False)
        with self.assertRaisesRegex(ValidationError, "Another company") as caught:
            theirs.with_user(stranger).set_credentials(api_key=SECRET)
        self.assertNotIn("Played shop", str(caught.exception))
        stranger.company_ids |= self.channel.company_id
        with self.assertRaisesRegex(ValidationError, "“Played shop”"):
            theirs.with_user(stranger).with_context(
                allowed_company_ids=company.ids
            ).set_credentials(api_key=SECRET)

    def test_nobody_reads_the_fingerprint(self):
        channel = self.as_manager()
        [fingerprint] = self.fingerprints(self.channel)
        self.assertNotIn("account_fingerprint", channel.fields_get())
        self.assertNotIn(fingerprint, str(channel.read()))
        for call in (
            lambda: channel.read(["account_fingerprint"]),
            lambda: channel.search([("account_fingerprint", "=", fingerprint)]),
            lambda: channel.export_data(["account_fingerprint"]),
            lambda: channel.write({"account_fingerprint": fingerprint}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertNotIn(SECRET, fingerprint)

    def test_without_the_encryption_key_it_cannot_be_guessed(self):
        name = self.channel._account_name({"api_key": SECRET})
        [fingerprint] = self.fingerprints(self.channel)
        self.assertTrue(fingerprint.endswith(secrets.keyed_hash(self.env, name)))
        with use_keys(KEY_B, KEY_A):
            self.assertFalse(fingerprint.endswith(secrets.keyed_hash(self.env, name)))

    # === KEYS OF THE SUITE, AND DATABASES OF BEFORE === #

    def test_a_new_encryption_key_before_and_after_rotation(self):
        with use_keys(KEY_B, KEY_A):
            with self.assertRaises(ValidationError):
                self.set_key(self.other)
            self.env["orion.credential"]._rotate_all()
        with use_keys(KEY_B), self.assertRaises(ValidationError):
            self.set_key(self.other)

    def test_starting_anew_forgets_it(self):
        with use_keys(KEY_B), mute_logger(secrets.__name__):
            self.env["orion.credential"]._start_anew()
            self.assertFalse(self.fingerprints(self.channel)[0])
            self.set_key(self.other)

    def test_a_channel_of_before_is_noted_when_it_matters(self):
        self.forget(self.channel)
        with self.assertRaises(ValidationError):
            self.set_key(self.other)

    def test_channels_that_share_one_already_are_told_once(self):
        self.other.responsible_id = self.manager
        self.channel.active = False
        self.set_key(self.other)
        self.forget(self.channel, self.other)
        self.env.flush_all()
        self.cr.execute("UPDATE orion_channel SET active = TRUE WHERE id = %s", self.channel.ids)
        self.env.invalidate_all()
        for _day in range(2):
            self.env["orion.channel"]._cron_note_accounts()
        first, second = self.fingerprints()
        self.assertTrue(first)
        self.assertFalse(second)
        self.assertFalse(self.channel.activity_ids)
        [activity] = self.other.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("“Played shop”", activity.note)
        self.set_key(self.other, secret="another-key-0123456789")
        self.assertFalse(self.other.activity_ids)

    def test_queries_do_not_grow(self):
        def count(number):
            channels = self.env["orion.channel"].create(
                [{"name": f"Many {number} {n}", "marketplace": "played"} for n in range(number)]
            )
            for channel in channels:
                self.set_key(channel, secret=f"key-of-channel-{channel.id}")
            self.forget(*channels)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["orion.channel"]._cron_note_accounts()
            self.env.flush_all()
            self.assertTrue(all(self.fingerprints(channels)))
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(20), count(5) + 2)
