from datetime import timedelta

from odoo import api, fields, models

#: Days the small graph of a card shows.
GRAPH_DAYS = 14


class OrionDashboard(models.AbstractModel):
    """Data of the dashboard: one card per channel, gathered in a constant number of queries."""

    _name = "orion.dashboard"
    _description = "Marketplace Dashboard"

    @api.model
    def get_dashboard(self):
        """Everything the dashboard shows, for the companies the user has switched on.

        :return: `{channels: [card], can_manage, multi_company, pause_reason, connect_action}`;
            a card is what `_dashboard_data` makes
        :raise AccessError: for who may not read channels
        """
        channels = self.env["orion.channel"].search([("active", "=", True)])
        cards = self._dashboard_data(channels)
        return {
            "channels": [cards[channel.id] for channel in channels],
            "can_manage": self.env.user.has_group("orion_base.group_orion_manager"),
            "multi_company": len(channels.company_id) > 1,
            "pause_reason": channels[:1].pause_reason,
            "connect_action": self._connect_action(),
        }

    @api.model
    def _dashboard_data(self, channels):
        """Cards by channel id. Other addons extend it through `super()`, mostly by adding to
        `figures` (see `_figure`) or by replacing `graph`.

        :return: `{channel id: {id, name, marketplace, company, state, state_label, is_sandbox,
            last_success, next_run, can_import, figures, graph, problems}}`
        """
        operations = self._operation_counts(channels)
        successes = self._last_successes(channels)
        next_runs = self._next_runs(channels)
        graphs = self._graphs(channels)
        problems = self._problems(channels)
        return {
            channel.id: {
                **self._card_head(channel),
                "last_success": fields.Datetime.to_string(successes.get(channel.id)) or False,
                "next_run": fields.Datetime.to_string(next_runs.get(channel.id)) or False,
                "figures": self._operation_figures(channel, operations),
                "graph": graphs[channel.id],
                "problems": problems[channel.id],
            }
            for channel in channels
        }

    # === ONE CARD === #

    @api.model
    def _card_head(self, channel):
        return {
            "id": channel.id,
            "name": channel.name,
            "marketplace": self._selection_label(channel, "marketplace"),
            "company": channel.company_id.name,
            "state": channel.state,
            "state_label": self._selection_label(channel, "state"),
            "is_sandbox": channel.is_sandbox,
            "can_import": channel.state != "draft"
            and hasattr(channel, "import_orders")
            and channel._adapter_class("orders") is not None,
        }

    @api.model
    def _selection_label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    @api.model
    def _figure(self, name, label, value, action, domain=None, tone="secondary"):
        """A number on a card that opens the records behind it.

        :param action: xmlid of a window action; `domain` replaces its own
        :param tone: Bootstrap colour for a value other than zero
        """
        return {
            "name": name,
            "label": label,
            "value": value,
            "action": action,
            "domain": domain or [],
            "tone": tone,
        }

    @api.model
    def _operation_figures(self, channel, counts):
        def figure(name, label, statuses, tone):
            value = sum(counts.get((channel.id, status), 0) for status in statuses)
            domain = [("channel_id", "=", channel.id), ("status", "in", statuses)]
            return self._figure(
                name, label, value, "orion_base.action_orion_operation", domain, tone
            )

        return [
            figure("waiting", self.env._("Waiting"), ["pending", "processing"], "info"),
            figure("failed", self.env._("Failed"), ["failed"], "danger"),
            figure("unknown", self.env._("Unclear"), ["unknown"], "warning"),
        ]

    # === ONE QUERY EACH === #

    @api.model
    def _operation_counts(self, channels):
        groups = self.env["orion.operation"]._read_group(
            [
                ("channel_id", "in", channels.ids),
                ("status", "in", ("pending", "processing", "failed", "unknown")),
            ],
            ["channel_id", "status"],
            ["__count"],
        )
        return {(channel.id, status): count for channel, status, count in groups}

    @api.model
    def _last_successes(self, channels):
        groups = self.env["orion.sync.log"]._read_group(
            [("channel_id", "in", channels.ids), ("status", "=", "success")],
            ["channel_id"],
            ["completed_at:max"],
        )
        return {channel.id: completed_at for channel, completed_at in groups if completed_at}

    @api.model
    def _next_runs(self, channels):
        """When each channel is asked or told next; what only looks after this database is none."""
        groups = self.env["orion.schedule"]._read_group(
            [("channel_id", "in", channels.ids), ("enabled", "=", True)],
            ["channel_id", "job_type"],
            ["next_run_at:min"],
        )
        found = {}
        for channel, job_type, next_run_at in groups:
            if next_run_at and channel._job_direction(job_type) != "internal":
                found[channel.id] = min(next_run_at, found.get(channel.id, next_run_at))
        return found

    @api.model
    def _graphs(self, channels):
        """Records synchronised per day, in the user's time zone."""
        today = fields.Date.context_today(self)
        days = [today - timedelta(days=back) for back in reversed(range(GRAPH_DAYS))]
        groups = self.env["orion.sync.log"]._read_group(
            [
                ("channel_id", "in", channels.ids),
                ("started_at", ">=", fields.Datetime.now() - timedelta(days=GRAPH_DAYS + 1)),
            ],
            ["channel_id", "started_at:day"],
            ["records_succeeded:sum", "records_failed:sum"],
        )
        sums = {
            (channel.id, started_at.date()): (succeeded or 0, failed or 0)
            for channel, started_at, succeeded, failed in groups
        }
        return {
            channel.id: {
                "label": self.env._("Records synchronised per day"),
                "days": [
                    {
                        "date": fields.Date.to_string(day),
                        "good": sums.get((channel.id, day), (0, 0))[0],
                        "bad": sums.get((channel.id, day), (0, 0))[1],
                    }
                    for day in days
                ],
            }
            for channel in channels
        }

    @api.model
    def _problems(self, channels):
        """What hinders each channel, and what to do: lists of `{level, title, message}`."""
        problems = {channel.id: self._missing_keys(channel) for channel in channels}
        circuits = self.env["orion.circuit"].search(
            [("channel_id", "in", channels.ids), ("state", "=", "open")]
        )
        failed = channels.filtered(lambda one: one.state == "error" and one.connection_problem)
        for channel in failed - circuits.channel_id:
            problems[channel.id].append(
                {
                    "level": "danger",
                    "title": self.env._("Not connected"),
                    "message": channel.connection_problem,
                }
            )
        for circuit in circuits:
            problems[circuit.channel_id.id].append(
                {
                    "level": "danger",
                    "title": self.env._("Calls are paused"),
                    "message": circuit._advice(),
                }
            )
        return problems

    @api.model
    def _missing_keys(self, channel):
        stored = channel.sudo().credential_ids.filtered("has_secret").mapped("name")
        if set(channel._secret_names()) <= set(stored):
            return []
        return [
            {
                "level": "warning",
                "title": self.env._("No API key"),
                "message": self.env._(
                    "Nothing is exchanged without it. A Marketplace Manager sets it on the "
                    "channel with “Set key”."
                ),
            }
        ]

    @api.model
    def _connect_action(self):
        """Xmlid of what connects a new channel."""
        for xmlid in ("orion_base.action_orion_connect_wizard", "orion_base.action_orion_channel"):
            if self.env.ref(xmlid, raise_if_not_found=False):
                return xmlid
        return False
