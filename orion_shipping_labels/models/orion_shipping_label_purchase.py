import logging
from dataclasses import dataclass

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.orion_base.engine import apart, under_way
from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.errors import OrionError, Rejected, UnknownOutcome
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_base.rpc import USER, check_caller

from ..label_pdf import UnreadableLabel, count_pages
from .orion_shipping_label_fetch import said_values

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoughtLabel:
    """What a carrier's API sold.

    :param tracking_number: several parcels' with commas
    :param content: the file, or empty
    :param kind: `pdf` or `zpl`
    :param price: in the carrier's currency
    """

    tracking_number: str
    content: bytes = b""
    kind: str = "pdf"
    price: float = 0.0


class DeliveryCarrier(models.Model):
    """The seam for carriers with an API: their `<type>_send_shipping` buys through this."""

    _inherit = "delivery.carrier"

    def _orion_buy_label(self, picking, buy):
        """The label of a delivery, bought once and kept also when the transaction fails.

        Three steps, each committed: that it is being bought, what was bought, its file. Asking
        again for the same delivery (because validating it failed behind the purchase) returns
        what was bought, without buying; where nobody knows whether it was, nothing is bought.

        :param picking: one delivery
        :param buy: function without arguments that calls the carrier and returns a `BoughtLabel`.
            It raises `UserError`, or an `OrionError` other than `UnknownOutcome`, only where
            nothing was bought; after anything else it counts as not known
        :return: a `BoughtLabel`; its content is empty where it was bought before: it is on the
            label then
        :raise UserError: somebody else is buying it, or whether it was bought before is not known
        """
        self.ensure_one()
        key = self._orion_purchase_key(picking)
        with under_way(self.env, key) as is_first:
            if not is_first:
                raise UserError(self._orion_being_bought_sentence(picking.name))
            return self._orion_buy_once(picking, key, buy)

    def _orion_buy_once(self, picking, key, buy):
        facts = {**self._orion_purchase_facts(picking), "purchase_key": key, "state": "buying"}
        known = self._orion_begin_purchase(picking, facts)
        if known is not None:
            return known
        try:
            bought = buy()
        except UnknownOutcome:
            raise
        except (UserError, OrionError):
            with apart(self.env, key) as env:
                env["orion.shipping.label"]._of_purchase(key).unlink()
            raise
        with apart(self.env, key) as env:
            label = env["orion.shipping.label"]._of_purchase(key)
            # what is paid for is kept, whoever has deleted its row
            (label or label.create(facts))._keep_purchase(bought)
        self._orion_keep_bought_file(key, bought)
        return bought

    def _orion_begin_purchase(self, picking, facts):
        """Note that a label is about to be bought.

        :param facts: values of the label
        :return: what was bought before, or None
        :raise UserError: a purchase was begun whose outcome nobody knows
        """
        key = facts["purchase_key"]
        with apart(self.env, key) as env:
            label = env["orion.shipping.label"]._of_purchase(key)
            if not label:
                label.create(facts)
                return None
            if label.state != "buying":
                return BoughtLabel(label.tracking_number, b"", label.kind or "pdf", label.price)
            begun_at = label.create_date
        raise UserError(
            self.env._(
                "Whether a label of %(carrier)s was bought for %(delivery)s at %(time)s is not "
                "known. Look into your account there. If it was, write its tracking number on the "
                "delivery; if not, press “Nothing Was Bought” on the label (Orders → Labels). Then "
                "validate the delivery again.",
                carrier=self.name,
                delivery=picking.name,
                time=format_datetime(self.env, begun_at, dt_format="short"),
            )
        )

    def _orion_being_bought_sentence(self, delivery):
        return self.env._(
            "The label of %(delivery)s is being bought from %(carrier)s at this moment. Wait until "
            "that is over, and look again.",
            delivery=delivery,
            carrier=self.name,
        )

    def _orion_keep_bought_file(self, key, bought):
        """What was paid for is known by now: a file that cannot be kept takes nothing with it."""
        if not bought.content:
            return
        try:
            with apart(self.env, key) as env:
                env["orion.shipping.label"]._of_purchase(key)._keep_bought_file(bought)
        except Exception:
            _logger.exception("The file of bought label %s could not be kept", key)

    def _orion_forget_purchase(self, picking):
        """The label of a delivery was given back to the carrier: the next one is bought anew."""
        self.ensure_one()
        key = self._orion_purchase_key(picking)
        with apart(self.env, key) as env:
            env["orion.shipping.label"]._of_purchase(key).purchase_key = False

    def _orion_purchase_key(self, picking):
        return f"{self.delivery_type}:{self.id}:{picking.id}:{picking.name}"

    def _orion_purchase_facts(self, picking):
        """Values of the label: what the caller has not committed cannot be pointed at."""
        order = picking._orion_marketplace_orders()[:1]
        with apart(self.env, f"facts:{picking.id}") as env:
            committed_picking = env["stock.picking"].browse(picking.id).exists().id
            committed_order = env["sale.order"].browse(order.id).exists().id
        return {
            "company_id": picking.company_id.id,
            "carrier_id": self.id,
            "picking_id": committed_picking,
            "order_id": committed_order,
            "shipment_number": order.orion_shipment_number or picking.name,
        }


class OrionShippingLabel(models.Model):
    _inherit = "orion.shipping.label"

    # === ACTIONS === #

    def action_nothing_bought(self):
        """The carrier has sold nothing: the next time the delivery is validated, it is bought."""
        check_caller(self, USER, "read")
        self._check_none_under_way()
        # what was bought since this was read is told by the database: it is read again
        hold_rows(self)
        wrong = self.filtered(lambda label: label.state != "buying")
        if wrong:
            raise UserError(
                self.env._(
                    "%(label)s is not being bought (any more). Read the list again.",
                    label=wrong[0].display_name,
                )
            )
        self.sudo().unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_shipping_labels.action_orion_shipping_label"
        )
        return {**action, "target": "main"}

    # === BUSINESS === #

    def _check_none_under_way(self):
        """While the row is there nobody begins to buy it, so nothing is under way behind this.

        :raise UserError: one of these is being bought at this moment
        """
        for label in self.sudo().filtered(lambda one: one.state == "buying"):
            with under_way(self.env, label.purchase_key) as is_free:
                if not is_free:
                    name = label.picking_id.name or label.shipment_number
                    raise UserError(label.carrier_id._orion_being_bought_sentence(name))

    def _of_purchase(self, key):
        return self.search([("purchase_key", "=", key)])

    def _keep_purchase(self, bought):
        """Number and price; a file that is not here yet counts as lost until it is kept."""
        self.ensure_one()
        values = {
            "tracking_number": bought.tracking_number,
            "price": bought.price,
            "state": "fetched",
            "fetched_at": fields.Datetime.now(),
        }
        if bought.content:
            lost = _lt(
                "The label was bought, and its file could not be kept. Print it from your account "
                "at the carrier: it is not bought again."
            )
            values |= {"state": "failed", **said_values(Rejected(lost))}
        self.write(values)

    def _keep_bought_file(self, bought):
        self.ensure_one()
        values = {
            "state": "fetched",
            "kind": bought.kind,
            "can_merge": True,
            "error_message": False,
            "error_sentence": False,
        }
        if bought.kind == "pdf":
            try:
                values["page_count"] = count_pages(bought.content)
            except UnreadableLabel as error:
                values |= {"can_merge": False, **said_values(error)}
        values["attachment_id"] = self._keep_file(bought.content, bought.kind).id
        self.write(values)
