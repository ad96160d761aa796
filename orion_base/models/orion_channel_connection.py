import logging
import time
from urllib.parse import urlsplit

from odoo import models

from .. import adapters
from ..engine import circuit
from ..engine.cursors import hold_rows
from ..engine.wake import wake_workers
from ..lib import errors
from ..sentences import say

_logger = logging.getLogger(__name__)


class OrionChannel(models.Model):
    """Testing a channel's connection: what went wrong is a result, never a traceback."""

    _inherit = "orion.channel"

    def _test_connections(self):
        """Call each channel's marketplace, and keep what was learned about channel and key.

        :return: list of `{success, message, response_time_ms}` in order of ids
        """
        results = []
        for channel in self:
            role = adapters.checking_role(channel)
            missing = channel._missing_secrets()
            if role is None and not channel._secret_names():
                results.append(channel._without_connection())
            elif missing:
                results.append(channel._without_key(missing))
            else:
                results.append(channel._test_stored(role))
        return results

    def _test_stored(self, role):
        error, milliseconds = self._run_check(lambda: adapters.open_adapter(self, role))
        self._note_tested(error)
        return self._test_result(error, milliseconds)

    def _test_with(self, plain_secrets):
        """Like `_test_connections` for one channel, stored or new, with these secrets; writes
        nothing."""
        self.ensure_one()
        role = adapters.checking_role(self)
        error, milliseconds = self._run_check(
            lambda: adapters.open_adapter_with(self, role, plain_secrets)
        )
        return self._test_result(error, milliseconds)

    def _run_check(self, open_adapter):
        """(error or None, milliseconds the marketplace took)"""
        started = time.monotonic()
        error = None
        try:
            adapter = open_adapter()
            started = time.monotonic()
            adapter.check()
        except errors.OrionError as caught:
            error = caught
            _logger.info("Connection test of channel %s: %s", self.id, caught.code)
        return error, round((time.monotonic() - started) * 1000)

    # === WHAT FOLLOWS === #

    def _note_tested(self, error):
        """Write what a test has shown, and let the queue go on when it went well."""
        refused = isinstance(error, errors.Unauthorised)
        if error is None or refused:
            names = self._secret_names()
            self.sudo().credential_ids.filtered(lambda c: c.name in names)._mark_tested(not refused)
        if error is None:
            self._resume_calls()
            self._write_connection({"state": "connected", "connection_problem": False})
        elif not isinstance(error, errors.RateLimited):
            self._write_connection(
                {"state": "error", "connection_problem": self._test_message(error)}
            )

    def _credentials_changed(self):
        """Called when secrets of these channels were set."""
        self._resume_calls()
        self.sudo().filtered(lambda channel: channel.state == "error")._write_connection(
            {"state": "draft", "connection_problem": False}
        )

    def _write_connection(self, values):
        # a worker writes of the same calls: the circuit first, then the channel
        hold_rows(self)
        self.sudo().write(values)

    def _resume_calls(self):
        self.env["orion.circuit"].flush_model()
        circuit.reset(self.env.cr, self.ids)
        self.env["orion.circuit"].invalidate_model()
        wake_workers(self.env, at_once=True)

    # === SENTENCES === #

    def _missing_secrets(self):
        self.ensure_one()
        present = self.sudo().credential_ids.filtered("has_secret").mapped("name")
        return [name for name in self._secret_names() if name not in present]

    def _without_key(self, names):
        message = self.env._(
            "No key is set (%(names)s). Set it, then test again.", names=", ".join(names)
        )
        return {"success": False, "message": message, "response_time_ms": 0}

    def _without_connection(self):
        self.sudo().state = "connected"
        return {
            "success": True,
            "message": self.env._("Orders of this channel are made in Odoo: nothing to connect."),
            "response_time_ms": 0,
        }

    def _test_result(self, error, milliseconds=0):
        return {
            "success": error is None,
            "message": self._test_message(error),
            "response_time_ms": milliseconds,
        }

    def _test_message(self, error):
        """One sentence that tells apart what can be wrong, and what to do next."""
        host = urlsplit(self.api_endpoint or "").hostname or "?"
        if error is None:
            return self.env._("Connected: %(host)s accepted the key.", host=host)
        if isinstance(error, errors.KeyMissing):
            return say(self.env, error)
        if isinstance(error, errors.Forbidden):
            return self.env._(
                "%(host)s accepts the key, but it lacks the right to read orders. Ask the "
                "marketplace for a key with that right.",
                host=host,
            )
        if isinstance(error, errors.Unauthorised):
            return self.env._(
                "%(host)s refused the key. Check it in the marketplace's portal and set it again.",
                host=host,
            )
        if isinstance(error, errors.HostUnreachable):
            return self.env._(
                "%(host)s cannot be reached. Check the endpoint and this server's network.",
                host=host,
            )
        if isinstance(error, errors.InvalidAnswer):
            return self.env._(
                "%(host)s answered, but not as the marketplace's API. Check the endpoint.",
                host=host,
            )
        if isinstance(error, (errors.ServiceUnavailable, errors.UnknownOutcome)):
            return self.env._(
                "%(host)s is failing at the moment. Try again later; nothing is lost.", host=host
            )
        return say(self.env, error)
