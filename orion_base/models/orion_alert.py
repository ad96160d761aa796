import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class OrionAlert(models.Model):
    """A health metric of a company that crossed its threshold.

    One record per company and metric, opened and closed by `_cron_check`. While it is open
    nothing is told twice, even when the manager has ticked the activity off.
    """

    _name = "orion.alert"
    _description = "Marketplace Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_open desc, opened_at desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    metric = fields.Char(required=True, readonly=True, help="Name of the health metric.")
    name = fields.Char(compute="_compute_texts")
    advice = fields.Text(compute="_compute_texts", string="What to Do")
    is_open = fields.Boolean(string="Open", readonly=True, default=True)
    value = fields.Float(readonly=True, digits=(16, 2), help="Value when last checked.")
    threshold = fields.Float(readonly=True, digits=(16, 2))
    opened_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)

    _company_metric_unique = models.Constraint(
        "UNIQUE (company_id, metric)", "There is an alert for this metric and company already."
    )

    # === COMPUTE === #

    @api.depends("metric")
    @api.depends_context("lang")
    def _compute_texts(self):
        texts = self.env["orion.health"]._metric_texts()
        for alert in self:
            alert.name, alert.advice = texts.get(alert.metric, (alert.metric, False))

    # === BUSINESS === #

    @api.model
    def _check_company_metrics(self, company):
        """Open what has crossed its threshold, close what is well again.

        :return: the alerts of `company` that are open now
        """
        metrics = self.env["orion.health"]._metrics(company)
        alerts = {alert.metric: alert for alert in self.search([("company_id", "=", company.id)])}
        crossed = {name: metric for name, metric in metrics.items() if not metric["ok"]}
        fresh = self.create(
            [
                {"company_id": company.id, "metric": name, "is_open": False}
                for name in crossed
                if name not in alerts
            ]
        )
        alerts.update({alert.metric: alert for alert in fresh})
        for name, metric in crossed.items():
            alerts[name]._note_crossed(metric)
        for name, alert in alerts.items():
            if name not in crossed and alert.is_open:
                alert._note_healthy(metrics.get(name))
        return self.browse([alerts[name].id for name in crossed])

    def _note_crossed(self, metric):
        self.ensure_one()
        values = {"value": metric["value"], "threshold": metric["threshold"]}
        if self.is_open:
            self.write(values)
            return
        self.write(
            {**values, "is_open": True, "opened_at": fields.Datetime.now(), "closed_at": False}
        )
        user = self._responsible(self.company_id)
        if not user:
            _logger.warning(
                "Health metric %s of company %s crossed its threshold and no Marketplace "
                "Manager can be told: add one to the company.",
                self.metric,
                self.company_id.id,
            )
            return
        alert = self.with_context(lang=user.lang)
        alert.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=alert.name,
            note=alert.advice,
            user_id=user.id,
        )

    def _note_healthy(self, metric):
        self.ensure_one()
        now = fields.Datetime.now()
        self.write(
            {"is_open": False, "closed_at": now, "value": (metric or {}).get("value") or 0.0}
        )
        self.activity_feedback(
            ["mail.mail_activity_data_warning"], feedback=self.env._("Healthy again.")
        )

    @api.model
    def _responsible(self, company):
        """The manager to tell: responsible for a channel of `company`, else any other one."""
        group = self.env.ref("orion_base.group_orion_manager")
        managers = self.env["res.users"].search(
            [("all_group_ids", "in", group.ids), ("company_ids", "in", company.ids)], order="id"
        )
        channels = self.env["orion.channel"].search([("company_id", "=", company.id)])
        return (channels.responsible_id & managers)[:1] or managers[:1]

    # === CRON === #

    @api.model
    def _cron_check(self):
        """Compare every company that has channels with its thresholds."""
        groups = self.env["orion.channel"]._read_group([], ["company_id"])
        known = self.search([("is_open", "=", True)]).company_id
        companies = known.union(*(company for [company] in groups))
        for company in companies:
            self.with_company(company)._check_company_metrics(company)
