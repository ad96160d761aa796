from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

from odoo.addons.orion_base.engine.cursors import hold_free_rows

MINUTES_PARAMETER = "orion_digital_keys.waiting_minutes"
DEFAULT_MINUTES = 60
LATE = "orion_digital_keys.mail_activity_type_late_keys"


class OrionDigitalPiece(models.Model):
    """Pieces that wait for too long: one person is asked, once a product, for whatever is wrong
    (no keys, no offer, too dear) is so for all who bought it.

    What lies with the customer is asked on the order when it is held, and money that is missing
    at a supplier on its channel.
    """

    _inherit = "orion.digital.piece"

    # === CRON === #

    @api.model
    def _cron_try_again(self):
        super()._cron_try_again()
        self._tell_late()

    # === BUSINESS === #

    @api.model
    def _late_minutes(self):
        """How long a piece may wait before somebody is told."""
        stored = self.env["ir.config_parameter"].sudo().get_param(MINUTES_PARAMETER)
        return int(stored or DEFAULT_MINUTES)

    @api.model
    def _late_domain(self):
        since = fields.Datetime.now() - timedelta(minutes=self._late_minutes())
        return Domain(
            [
                ("state", "=", "waiting"),
                ("waiting_since", "<=", since),
                ("reason", "!=", "balance_too_low"),
            ]
        )

    @api.model
    def _tell_late(self):
        """Ask for what is late, once; say how much it is by now; and be silent where nothing is
        late any more. A number of queries that does not grow with pieces or products."""
        pieces = self.sudo()
        late = pieces._late_groups(self._late_domain())
        # what somebody works on at this moment is told the next time, if it is still late
        untold = hold_free_rows(pieces.search(self._late_domain() & Domain("is_told", "=", False)))
        known = {
            (activity.orion_company_id, activity.res_id): activity
            for activity in self._late_activities()
        }
        fresh = {(piece.company_id, piece.product_id.id) for piece in untold} - known.keys()
        asked = self._ask_for_late([late[key] for key in late if key in fresh])
        for key, activity in known.items():
            if key in late:
                pieces._update_late(activity, late[key])
        told = known.keys() | {(one.orion_company_id, one.res_id) for one in asked}
        untold.filtered(lambda one: (one.company_id, one.product_id.id) in told).is_told = True
        self._silence([activity.id for key, activity in known.items() if key not in late])

    @api.model
    def _close_late(self, products):
        """Keys were given: nobody is asked any more for products of which nothing is late."""
        known = self._late_activities(products)
        if known:
            of_products = Domain("product_id", "in", products.ids)
            late = self.sudo()._late_groups(self._late_domain() & of_products)
            done = known.filtered(lambda one: (one.orion_company_id, one.res_id) not in late)
            self._silence(done.ids)

    # === PRIVATE === #

    @api.model
    def _late_groups(self, domain):
        """`{(company, product id): values}`; what a person is told of each product."""
        groups = self._read_group(
            domain,
            ["company_id", "product_id"],
            [
                "__count",
                "order_id:count_distinct",
                "waiting_since:min",
                "reason:array_agg_distinct",
            ],
        )
        return {
            (company, product.id): {
                "company": company,
                "product": product,
                "pieces": pieces,
                "orders": orders,
                "since": since,
                "reasons": sorted(reason or "" for reason in reasons),
            }
            for company, product, pieces, orders, since, reasons in groups
        }

    @api.model
    def _late_activities(self, products=None):
        domain = Domain("activity_type_id", "=", self.env.ref(LATE).id) & Domain(
            "res_model", "=", "product.product"
        )
        if products is not None:
            domain &= Domain("res_id", "in", products.ids)
        return self.env["mail.activity"].sudo().search(domain)

    @api.model
    def _ask_for_late(self, groups):
        """The activities; none in companies where nobody can be told."""
        kind = self.env.ref(LATE)
        model = self.env["ir.model"]._get("product.product")
        alerts = self.env["orion.alert"].sudo()
        users = {
            company: alerts._responsible(company) for company in {g["company"] for g in groups}
        }
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        # each activity asks for the name of its own product
        products = activities.env["product.product"].browse([g["product"].id for g in groups])
        products.mapped("display_name")
        return activities.create(
            [
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "res_model_id": model.id,
                    "res_id": group["product"].id,
                    "orion_company_id": group["company"].id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.today(),
                    "summary": self.with_context(lang=user.lang).env._("Customers wait for keys"),
                    "note": self._late_note(group, user),
                }
                for group in groups
                if (user := users[group["company"]])
            ]
        )

    @api.model
    def _update_late(self, activity, group):
        note = self._late_note(group, activity.user_id)
        if html2plaintext(activity.note or "") != html2plaintext(note):
            activity.note = note

    @api.model
    def _late_note(self, group, user):
        """What the responsible is told, in the own language and time."""
        told = self.with_context(lang=user.lang)
        said = dict(told._fields["reason"]._description_selection(told.env))
        reasons = [said.get(one) or told.env._("nobody has looked yet") for one in group["reasons"]]
        return escape(
            told.env._(
                "%(company)s: pieces of %(product)s that wait for a key: %(pieces)s, orders: "
                "%(orders)s, the first since %(since)s (%(reasons)s). Import keys, or correct what "
                "keeps them from being bought: the customers get them by themselves then.",
                company=group["company"].name,
                product=group["product"].with_env(told.env).display_name,
                pieces=group["pieces"],
                orders=group["orders"],
                since=format_datetime(told.env, group["since"], tz=user.tz),
                reasons=", ".join(reasons),
            )
        )

    @api.model
    def _silence(self, activity_ids):
        self.env["mail.activity"].sudo().browse(activity_ids).unlink()
