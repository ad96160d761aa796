from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller

from .. import link

TEMPLATE = "orion_digital_keys.mail_template_digital_keys"
ACTIVITY = "orion_digital_keys.mail_activity_type_keys"


class SaleOrder(models.Model):
    """The e-mail with the keys of an order."""

    _inherit = "sale.order"

    orion_key_link_seed = fields.Char(
        copy=False,
        readonly=True,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="Addresses made with another one lead nowhere.",
    )

    # === PUBLIC === #

    def orion_resend_keys(self, email=False):
        """Send the keys of these orders once more: the same keys.

        :param str email: to another address than the last time, which only a Manager may;
            the addresses sent before lead nowhere then, and the keys belong to this one
        :return: `{success, message}`
        :raise UserError: when an order has no delivered key, or its customer no address
        """
        check_caller(self, USER, "write")
        for order in self:
            pieces = order.sudo().orion_piece_ids._shown()
            if not pieces:
                raise UserError(
                    self.env._("No key of %(order)s is delivered yet.", order=order.name)
                )
            order._resend(pieces, email and order._checked_address(email))
        return {"success": True, "message": self.env._("The keys are on their way.")}

    # === ACTIONS === #

    def action_orion_open_resend(self):
        """Ask where to send the keys again."""
        self.ensure_one()
        check_caller(self, USER, "write")
        title = self.env._("Send Keys Again")
        return self.env["orion.key.resend"]._open_dialog(title, order_id=self.id)

    # === FULFILMENT === #

    def _orion_send_claimed(self):
        result = super()._orion_send_claimed()
        sent, problems = result
        for order_id, error in problems:
            self.browse(order_id)._ask_about_unsent(error)
        products = self.browse(sent).sudo().orion_piece_ids.product_id
        products._orion_watch_pools()
        self.env["orion.digital.piece"]._close_late(products)
        return result

    def _orion_deliver_claimed(self, pieces):
        # who may edit customers must not choose where another key of a piece is sent
        own = self._orion_key_address() or ""
        for address, found in pieces.grouped(lambda piece: piece.sent_to or own).items():
            if address:
                self._orion_deliver_to(address, found)
            else:
                self._ask_for_address(found)
                self._orion_send_later()

    def _orion_deliver_to(self, address, pieces):
        super()._orion_deliver_claimed(pieces)
        pieces.write(
            {
                # delivered is what waits in the mail queue and stands in the portal; it was sent
                # once the mail server has taken it
                "sent_at": False,
                "sent_to": address,
                "buyer_id": self.partner_id.commercial_partner_id.id,
            }
        )
        self._orion_mail_keys(pieces, address)

    def _orion_key_address(self):
        """Where keys are sent: what the marketplace told of the buyer, else the customer's."""
        self.ensure_one()
        return (
            email_normalize(self.orion_customer_email, strict=False)
            or email_normalize(self.partner_id.email, strict=False)
            or False
        )

    def _orion_buyer_language(self):
        """The customer's language where it is active, else that of the environment."""
        self.ensure_one()
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        return self.partner_id.lang if self.partner_id.lang in active else self.env.lang

    def _orion_mail_keys(self, pieces, address):
        """Put an e-mail with places for these keys in the queue, and wake the queue."""
        self.ensure_one()
        self.env["mail.mail"].sudo()._take_out(pieces)
        link.prepare(self)
        template = self._orion_key_template().with_context(orion_piece_ids=pieces.ids)
        mail_id = template.send_mail(
            self.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={"email_to": address, "email_cc": False, "recipient_ids": []},
        )
        mail = self.env["mail.mail"].sudo().browse(mail_id)
        mail.write({"orion_piece_ids": [(6, 0, pieces.ids)], "orion_key_recipient": address})
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _orion_key_template(self):
        """The template, in sudo.

        :raise UserError: when somebody has deleted it
        """
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            raise UserError(
                self._orion_for_reader().env._(
                    "The e-mail template “Digital Keys: Delivery” was deleted, so no key can be "
                    "sent. Upgrade the app Orion: Digital Keys, which brings it back."
                )
            )
        return template.sudo()

    def _orion_mail_parts(self):
        """For the template: one entry a product, with the pieces of the e-mail.

        :return: list of dicts `product`, `name`, `instructions`, `pieces`
        """
        self.ensure_one()
        wanted = set(self.env.context.get("orion_piece_ids") or [])
        pieces = self.sudo().orion_piece_ids.filtered(lambda piece: piece.id in wanted)
        return pieces._by_product()

    def _orion_key_link_days(self):
        """For the template: how long the address in it works."""
        return link.open_days(self.env)

    # === PRIVATE === #

    def _resend(self, pieces, email):
        own = self._orion_key_address()
        address = email or pieces._last_sent_to() or own
        if not address:
            raise UserError(
                self.env._("The customer has no e-mail address. Enter one, and send again.")
            )
        former = dict.fromkeys(piece.sent_to or own for piece in pieces)
        is_elsewhere = set(former) != {address}
        if is_elsewhere and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "The keys were sent to another address. Only a Marketplace Manager may send "
                    "them elsewhere: ask one."
                )
            )
        if is_elsewhere:
            link.withdraw(self)
            pieces.sudo().write({"sent_to": address})
            self.env["mail.mail"].sudo()._cancel_elsewhere(pieces, address)
        pieces.sudo().write({"mail_delay": False})
        self.sudo()._orion_mail_keys(pieces, address)
        self._say_resent(address, former if is_elsewhere else ())

    def _checked_address(self, email):
        address = email_normalize(email)
        if not address:
            raise UserError(
                self.env._("“%(email)s” is not one e-mail address. Correct it.", email=email)
            )
        return address

    def _say_resent(self, address, former):
        told = self._orion_for_reader()
        body = told.env._("The keys are sent again, to %(address)s.", address=address)
        if any(former):
            addresses = ", ".join(filter(None, former))
            body += " " + told.env._("Before they went to %(addresses)s.", addresses=addresses)
        self.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _note_keys_sent(self, pieces):
        """Proof of delivery, for people: what was sent where."""
        self.ensure_one()
        told = self._orion_for_reader()
        names = [
            f"{len(of_product)} × {product.display_name}"
            for product, of_product in pieces.with_context(lang=told.env.lang)
            .grouped("product_id")
            .items()
        ]
        self.with_context(mail_post_autofollow=False).message_post(
            body=Markup("%s<br/>%s")
            % (told.env._("Keys have left by e-mail:"), Markup("<br/>").join(names)),
            subtype_xmlid="mail.mt_note",
        )
        self._close_key_activity()

    def _close_key_activity(self):
        """Nobody is asked any more where every key goes its way."""
        self.ensure_one()
        if not self.sudo().orion_piece_ids._needs_a_person():
            self.activity_unlink([ACTIVITY])

    def _ask_about_unsent(self, error):
        """Keys were given and could not be sent; it is tried again by itself."""
        told = self._orion_for_reader().env
        self._ask_about_keys(
            told._("The keys could not be sent, and are tried again: %(problem)s", problem=error)
        )

    def _ask_for_address(self, pieces):
        pieces.write({"reason": "no_email"})
        self._ask_about_keys(
            self._orion_for_reader().env._(
                "The customer has no e-mail address to send the keys to. Enter one, then “Give "
                "Keys Now”."
            )
        )

    def _ask_about_keys(self, note):
        """One activity for who looks after the order, however often something fails."""
        self.ensure_one()
        open_one = self.activity_search([ACTIVITY])
        if open_one:
            open_one[0].note = note
            return
        user = self.user_id or self.orion_channel_id.responsible_id
        user = user or self.env["orion.alert"].sudo()._responsible(self.company_id)
        if not user:
            return
        told = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        told.activity_schedule(
            ACTIVITY, summary=told.env._("Keys not delivered"), note=note, user_id=user.id
        )
