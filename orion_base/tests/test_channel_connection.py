from odoo.exceptions import UserError

from odoo.addons.orion_base.lib import errors

from .channel_common import ENDPOINT, SECRET, ChannelCase


class TestChannelConnection(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.adapter.error = None

    def _test(self, error):
        self.adapter.error = error
        [result] = self.as_manager().test_connection()
        self.assertEqual(set(result), {"success", "message", "response_time_ms"})
        return result

    def test_a_good_key_connects(self):
        result = self._test(None)
        credential = self.channel.credential_ids
        self.assertTrue(result["success"])
        self.assertEqual(self.channel.state, "connected")
        self.assertTrue(credential.is_valid)
        self.assertTrue(credential.last_validated_at)
        connection = self.adapter.connections[-1]
        self.assertEqual(connection.secrets, {"api_key": SECRET})
        self.assertEqual(connection.endpoint, ENDPOINT)
        self.assertNotIn(SECRET, repr(connection))

    def test_each_failure_has_its_sentence(self):
        messages = {
            kind: self._test(kind("raw"))["message"]
            for kind in (
                errors.Unauthorised,
                errors.Forbidden,
                errors.HostUnreachable,
                errors.ServiceUnavailable,
                errors.InvalidAnswer,
            )
        }
        self.assertIn("refused the key", messages[errors.Unauthorised])
        self.assertIn("right to read orders", messages[errors.Forbidden])
        self.assertIn("cannot be reached", messages[errors.HostUnreachable])
        self.assertIn("failing", messages[errors.ServiceUnavailable])
        self.assertIn("not as the marketplace's API", messages[errors.InvalidAnswer])
        self.assertEqual(
            self._test(errors.UnknownOutcome("raw"))["message"], messages[errors.ServiceUnavailable]
        )

    def test_a_refused_key_is_not_valid(self):
        self._test(None)
        result = self._test(errors.Unauthorised("no"))
        self.assertFalse(result["success"])
        self.assertEqual(self.channel.state, "error")
        self.assertFalse(self.channel.credential_ids.is_valid)

    def test_the_channel_says_what_is_wrong(self):
        self._test(errors.Unauthorised("no"))
        self.assertIn("refused the key", self.channel.connection_problem)
        [card] = self.env["orion.dashboard"]._dashboard_data(self.channel).values()
        self.assertIn("refused the key", card["problems"][0]["message"])
        self._test(None)
        self.assertFalse(self.channel.connection_problem)
        self._test(errors.HostUnreachable("no"))
        self.assertIn("cannot be reached", self.channel.connection_problem)
        self.set_key(secret="another-key-0123456789")
        self.assertFalse(self.channel.connection_problem)

    def test_an_unreachable_host_says_nothing_about_the_key(self):
        self._test(None)
        self._test(errors.HostUnreachable("no"))
        self.assertEqual(self.channel.state, "error")
        self.assertTrue(self.channel.credential_ids.is_valid)

    def test_without_key_nothing_is_called(self):
        self.channel.clear_credentials()
        calls = len(self.adapter.connections)
        result = self._test(None)
        self.assertFalse(result["success"])
        self.assertIn("No key is set", result["message"])
        self.assertEqual(len(self.adapter.connections), calls)

    def test_one_result_a_channel_in_order(self):
        other = self._create_channel(name="Second")
        results = self.as_manager(other | self.channel).test_connection()
        self.assertEqual([result["success"] for result in results], [False, True])

    def test_a_good_test_closes_the_circuit(self):
        circuit = self.env["orion.circuit"].create(
            {"channel_id": self.channel.id, "state": "open", "failure_count": 5}
        )
        self._test(None)
        self.assertEqual((circuit.state, circuit.failure_count), ("closed", 0))

    def test_a_key_is_tried_without_saving(self):
        channels = self.env["orion.channel"].with_user(self.manager)
        before = (channels.search_count([]), self.env["orion.credential"].search_count([]))
        result = channels.test_api_key(marketplace="played", api_key="another-key-123456")
        self.assertTrue(result["success"])
        self.assertEqual(self.adapter.connections[-1].secrets, {"api_key": "another-key-123456"})
        self.assertEqual(self.adapter.connections[-1].endpoint, ENDPOINT)
        after = (channels.search_count([]), self.env["orion.credential"].search_count([]))
        self.assertEqual(before, after)
        self.adapter.error = errors.Unauthorised("no")
        result = channels.test_api_key(
            marketplace="played", api_key="another-key-123456", api_endpoint="https://a.example/"
        )
        self.assertFalse(result["success"])
        self.assertIn("a.example refused the key", result["message"])
        self.assertEqual(self.channel.state, "draft")

    def test_trying_a_key_of_an_unknown_marketplace(self):
        channels = self.env["orion.channel"].with_user(self.manager)
        with self.assertRaises(UserError):
            channels.test_api_key(
                marketplace="nowhere", api_key="k", api_endpoint="https://a.example"
            )
        with self.assertRaises(UserError):
            channels.test_api_key(marketplace="played", api_key="k", api_endpoint="nowhere")

    def test_the_button_shows_the_result(self):
        self.adapter.error = errors.Unauthorised("no")
        action = self.as_manager().action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("refused the key", action["params"]["message"])
        self.assertNotIn("sticky", action["params"])
