import hashlib

from odoo import api, fields, models

from odoo.addons.orion_base.sentences import say_kept


class OrionShippingLabel(models.Model):
    """The label of a parcel: fetched or bought once, kept on the delivery, printed from there."""

    _name = "orion.shipping.label"
    _description = "Shipping Label"
    _order = "id desc"
    _rec_name = "shipment_number"

    order_id = fields.Many2one("sale.order", ondelete="cascade", index=True, readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    channel_id = fields.Many2one(related="order_id.orion_channel_id")
    carrier_id = fields.Many2one("delivery.carrier", ondelete="set null", readonly=True)
    shipment_number = fields.Char(readonly=True)
    url = fields.Char(string="Address", readonly=True)
    url_digest = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("buying", "Being Bought"),
            ("waiting", "Waiting"),
            ("fetched", "Ready"),
            ("link", "Open as a Page"),
            ("failed", "Failed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    kind = fields.Selection([("pdf", "PDF"), ("zpl", "ZPL")], readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", string="File", ondelete="set null", readonly=True
    )
    page_count = fields.Integer(string="Pages", readonly=True)
    can_merge = fields.Boolean(
        readonly=True, help="Off: the file can be printed alone, not in one PDF with others."
    )
    error_message = fields.Char(readonly=True)
    error_sentence = fields.Json(readonly=True)
    error_text = fields.Char(string="Problem", compute="_compute_error_text")
    attempts = fields.Integer(readonly=True)
    fetched_at = fields.Datetime(readonly=True)
    printed_at = fields.Datetime(string="Last Printed", readonly=True)
    printed_by_id = fields.Many2one("res.users", readonly=True)
    print_count = fields.Integer(string="Printed", readonly=True)
    tracking_number = fields.Char(
        readonly=True, help="The carrier's number of a label that was bought."
    )
    purchase_key = fields.Char(
        readonly=True,
        help="What a label was bought for, or is about to be: it is never bought twice for the "
        "same.",
    )
    price = fields.Float(
        readonly=True, help="What a bought label costs, in its carrier's currency."
    )

    _url_unique = models.UniqueIndex(
        "(order_id, url_digest) WHERE url_digest IS NOT NULL",
        "This order has that label already.",
    )
    _purchase_unique = models.UniqueIndex(
        "(purchase_key) WHERE purchase_key IS NOT NULL", "This label was bought already."
    )

    # === COMPUTE === #

    @api.depends("error_message", "error_sentence")
    @api.depends_context("lang")
    def _compute_error_text(self):
        for label in self:
            label.error_text = say_kept(self.env, label.error_message or "", label.error_sentence)

    # === BUSINESS === #

    @api.model
    def _for_orders(self, orders):
        """The labels of orders that have an address of one, new ones made where they are missing.

        :return: `{order id: label}`; orders without an address are absent
        """
        orders._orion_lock()
        urls = {order.id: order._orion_label_url() for order in orders}
        digests = {order_id: digest_of(url) for order_id, url in urls.items() if url}
        labels = self.sudo()
        known = {
            (label.order_id.id, label.url_digest): label
            for label in labels.search(
                [("order_id", "in", list(digests)), ("url_digest", "!=", False)]
            )
        }
        missing = [
            order
            for order in orders.sudo()
            if order.id in digests and (order.id, digests[order.id]) not in known
        ]
        created = labels.create(
            [self._prepare_label(order, urls[order.id], digests[order.id]) for order in missing]
        )
        known.update({(label.order_id.id, label.url_digest): label for label in created})
        return {
            order_id: known[order_id, digest].sudo(self.env.su)
            for order_id, digest in digests.items()
        }

    def _for_address(self, url):
        """Of these labels those that are valid today: bought ones that were not given back, then
        what was fetched from this address."""
        digest = url and digest_of(url)
        bought = self.filtered("purchase_key")
        return bought | (self - bought).filtered(
            lambda label: digest and label.url_digest == digest
        )

    @api.model
    def _prepare_label(self, order, url, digest):
        delivery = order._orion_label_delivery()
        return {
            "order_id": order.id,
            "picking_id": delivery.id,
            "company_id": order.company_id.id,
            "carrier_id": order.carrier_id.id,
            "shipment_number": order.orion_shipment_number,
            "url": url,
            "url_digest": digest,
        }


def digest_of(url):
    """What the address of a label is compared by."""
    return hashlib.sha256(url.encode()).hexdigest()
