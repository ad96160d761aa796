from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.orion_base.rpc import USER, check_caller

#: Orders that are shipped in one request; the page asks for the next portion by itself.
PORTION = 10


class OrionShippingBatch(models.TransientModel):
    """The packing table: labels, slips and tracking of many orders, each with its result."""

    _name = "orion.shipping.batch"
    _description = "Shipping of Many Orders"
    _transient_max_hours = 24.0

    line_ids = fields.One2many("orion.shipping.batch.line", "batch_id", string="Orders")
    state = fields.Selection(
        [("open", "Open"), ("shipping", "Shipping")], default="open", readonly=True
    )
    tell_marketplace = fields.Boolean(
        string="Tell the Marketplace",
        default=True,
        help="The tracking numbers are told to the marketplaces. Off: noted in Odoo only.",
    )
    validate_delivery = fields.Boolean(
        string="Validate Deliveries",
        default=True,
        help="Odoo's open deliveries are validated with what is reserved in them.",
    )
    reprint = fields.Boolean(
        string="Print Again", help="Also the labels that were printed before, from the kept files."
    )
    progress = fields.Integer(compute="_compute_counts", help="Percent of the rows that are done.")
    waiting_count = fields.Integer(compute="_compute_counts")
    pdf_count = fields.Integer(compute="_compute_counts")
    zpl_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.result", "line_ids.label_id", "line_ids.label_id.state", "reprint")
    def _compute_counts(self):
        for batch in self:
            lines, labels = batch.line_ids, batch.line_ids.label_id
            results = lines.mapped("result")
            batch.waiting_count = len(labels.filtered(lambda label: label.state == "waiting"))
            printable = batch._labels_to_print()
            batch.pdf_count = len(printable.filtered(lambda label: label.kind == "pdf"))
            batch.zpl_count = len(printable.filtered(lambda label: label.kind == "zpl"))
            batch.done_count = results.count("done")
            batch.failed_count = results.count("failed")
            asked = len(lines) - results.count("open")
            batch.progress = 100 * (batch.done_count + batch.failed_count) // asked if asked else 0

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Ship")

    # === CREATING === #

    @api.model
    def _open_for(self, orders, deliveries=None):
        """A batch of these orders in picking order, and the action that shows it.

        Each open delivery is a parcel and has a row; an order without one has a row too.

        :param deliveries: only these, where they are open
        """
        check_caller(orders, USER, "write")
        rows = [
            {"order_id": order.id, "picking_id": delivery.id}
            for order in orders.sorted(lambda order: order._orion_picking_key())
            for delivery in order._orion_parcels_to_ship(deliveries) or [self.env["stock.picking"]]
        ]
        batch = self.create(
            {
                "line_ids": [
                    Command.create({**row, "sequence": index}) for index, row in enumerate(rows)
                ]
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_shipping_labels.action_orion_shipping_batch"
        )
        return {**action, "res_id": batch.id}

    # === ACTIONS === #

    def action_fetch(self):
        """Make and fetch the labels that are missing, in the background."""
        self.ensure_one()
        labels = self.env["orion.shipping.label"]
        self.line_ids.order_id.check_access("write")
        to_ship = self.line_ids.filtered(lambda line: line.result != "done")
        to_ship._carry_chosen()
        lines = to_ship.filtered(lambda line: not line.label_id.purchase_key)
        found = labels._for_orders(lines.order_id)
        for line in lines:
            if line.order_id.id in found:
                line._clear_label_problem()
            else:
                line._note("failed", line.order_id._orion_no_label_reason())
        (self.line_ids.label_id | labels.union(*found.values()))._request_fetch()
        self.line_ids.invalidate_recordset(["label_id"])
        return True

    def action_print_pdf(self):
        """One PDF of the labels that are ready, in picking order."""
        return self._print("pdf")

    def action_print_zpl(self):
        """One file of the ZPL labels that are ready, in picking order."""
        return self._print("zpl")

    def action_print_slips(self):
        """The packing slips, in picking order."""
        self.ensure_one()
        report = self.env.ref("orion_shipping_labels.action_report_packing_slip_rows")
        return report.report_action(self.line_ids.sorted("sequence"))

    def action_ship(self):
        """Set the tracking numbers and ship, portion by portion: the page asks for the next."""
        self.ensure_one()
        asked = self.line_ids.filtered(lambda line: line.result != "done")
        asked.write({"result": "waiting", "message": False})
        self.state = "shipping"
        return True

    def action_continue(self):
        """Ship the next portion."""
        self.ensure_one()
        waiting = self.line_ids.sorted("sequence").filtered(lambda line: line.result == "waiting")
        waiting[:PORTION]._ship()
        if len(waiting) <= PORTION:
            self.state = "open"
        return True

    # === PRIVATE === #

    def _labels_to_print(self):
        labels = self.line_ids.sorted("sequence")._labels()._printable()
        return labels if self.reprint else labels.filtered(lambda label: not label.print_count)

    def _print(self, kind):
        self.ensure_one()
        self.line_ids.order_id.check_access("read")
        labels = self._labels_to_print().filtered(lambda label: label.kind == kind)
        if not labels:
            raise UserError(
                self.env._(
                    "No label is ready to be printed. Get the labels first; those that were "
                    "printed before are printed with “Print Again”."
                )
            )
        for line in self.line_ids.filtered(lambda line: line.label_id not in labels):
            line._note_not_printed(kind)
        labels._note_printed()
        # the page stays open while the browser saves the file, and shows what is printed
        self.line_ids.order_id._orion_tell_screens()
        ids = ",".join(map(str, labels.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/orion/labels/batch/{self.id}?kind={kind}&labels={ids}",
            "target": "self",
        }
