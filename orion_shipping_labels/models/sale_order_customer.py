from markupsafe import Markup

from odoo import models

from ..lib.parcel_number import split_numbers


class SaleOrder(models.Model):
    """What customers see of their parcels."""

    _inherit = "sale.order"

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        """E-mails about a marketplace order, its confirmation among them, lead to the parcel."""
        context = super()._notify_by_email_prepare_rendering_context(message, *args, **kwargs)
        order = self if len(self) == 1 else self.browse()
        page = order._orion_tracking_page() if order.orion_decision else ""
        if page:
            lang = context.get("lang") or order.partner_id.lang
            text = order.with_context(lang=lang).env._("Track your parcel")
            link = Markup('<a href="%s" target="_blank">%s</a>') % (page, text)
            context["subtitles"] = [*(context.get("subtitles") or ()), link]
        return context

    def _orion_parcels(self):
        """`[(number, address or empty)]` of the parcels that have left, else of what the order
        knows; for the portal."""
        self.ensure_one()
        order = self.sudo()
        parcels = []
        for picking in order._orion_tracked_deliveries().filtered(lambda one: one.state == "done"):
            links = dict(picking.carrier_id._orion_tracking_urls(picking.carrier_tracking_ref))
            parcels += [
                (number, links.get(number, ""))
                for number in links or split_numbers(picking.carrier_tracking_ref)
            ]
        if parcels:
            return list(dict.fromkeys(parcels))
        numbers = split_numbers(order.orion_tracking_number or "")
        if len(numbers) > 1:
            links = dict(order.carrier_id._orion_tracking_urls(order.orion_tracking_number))
            return [(number, links.get(number, "")) for number in numbers]
        number = order.orion_tracking_number or order.orion_shipment_number
        page = order._orion_tracking_page()
        return [(number, page)] if number and (page or order.orion_tracking_number) else []
