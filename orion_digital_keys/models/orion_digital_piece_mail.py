import re

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import format_datetime, is_html_empty

from odoo.addons.orion_base.engine.cursors import hold_free_rows

from .. import link, vault
from ..lib.key_list import mimetype_of

#: The element whose content is replaced; see `data/mail_template.xml`.
_PLACE = re.compile(
    r'(<(?P<tag>\w+)\b[^>]*\bdata-orion-piece="(?P<piece>\d+)"[^>]*>).*?(</(?P=tag)>)', re.DOTALL
)
#: Where the template points instead of a signed address.
_LINK_PLACE = re.compile(r'(?<=")[^"\s]*/orion/keys/link(?=")')


class OrionDigitalPiece(models.Model):
    """A piece's key in the e-mail to its buyer."""

    _inherit = "orion.digital.piece"

    buyer_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose account may show the key, whatever customer the order has later.",
    )
    sent_to = fields.Char(
        readonly=True,
        help="The last address it was sent to; the former ones stand in the order's chatter.",
    )
    mail_problem = fields.Char(
        string="Not Sent Because", readonly=True, help="What the mail server said the last time."
    )
    mail_delay = fields.Char(
        string="E-mail Delayed Because",
        readonly=True,
        help="The mail server could not take the e-mail yet: it is sent again by itself.",
    )

    # === CRON === #

    @api.model
    def _cron_try_again(self):
        super()._cron_try_again()
        self.env["mail.mail"].sudo()._tell_stranded()

    # === PRIVATE === #

    def _give_up(self, state):
        """Nobody has to see to keys that nobody gets."""
        super()._give_up(state)
        for order in self.order_id:
            order._close_key_activity()

    def _shown(self):
        """Those whose key the buyer may see: delivered, and neither refunded nor replaced."""
        return self.filtered(lambda piece: piece.state == "delivered" and piece.key_id)

    def _last_sent_to(self):
        """The address of the e-mail that was made last for any of these pieces, or False."""
        now = fields.Datetime.now()
        return self.sorted(lambda piece: (piece.sent_at or now, piece.id))[-1:].sent_to

    def _needs_a_person(self):
        """Those whose key does not reach its buyer before somebody has done something."""
        return self.filtered(
            lambda piece: (
                piece.state == "held"
                or (piece.state == "claimed" and piece.reason == "no_email")
                or (piece._shown() and piece.mail_problem)
            )
        )

    def _by_product(self):
        """Entries for pages and e-mails, one a product: `product`, `name` (without the shop's own
        number), `instructions` (HTML or False) in the language of the environment, and its
        `pieces`."""
        return [
            {
                "product": product,
                "name": product.with_context(display_default_code=False).display_name,
                "instructions": _filled_html(product.orion_activation_instructions),
                "pieces": pieces.sorted("id"),
            }
            for product, pieces in self.grouped("product_id").items()
        ]

    def _fill_body(self, body):
        """`body` with the keys of these pieces, and no others, where the template left their place.

        Called on what leaves for the mail server; the result must not be stored.
        """
        contents = {str(piece.id): _as_html(piece.key_id) for piece in self._shown()}

        def fill(match):
            content = contents.get(match["piece"])
            return match[0] if content is None else f"{match[1]}{content}{match[4]}"

        address = link.make_address(self.order_id) if len(self.order_id) == 1 else ""
        filled = _LINK_PLACE.sub(str(escape(address)), _PLACE.sub(fill, str(body)))
        return type(body)(filled)

    def _without_place(self, body):
        """Those whose key `body` has no place for: the template was changed."""
        places = {match["piece"] for match in _PLACE.finditer(str(body or ""))}
        return self._shown().filtered(
            lambda piece: piece.key_id.kind != "image" and str(piece.id) not in places
        )

    def _image_attachments(self):
        """(name, bytes, MIME type) of the keys that are pictures."""
        keys = self._shown().key_id.filtered(lambda key: key.kind == "image")
        opened = [(key.filename, vault.open_key(key)) for key in keys]
        return [(name or "key", image, mimetype_of(image)) for name, image in opened]

    def _lock_for_sending(self):
        """Hold what is written once the mail server has the e-mail: that must not fail, or it would
        be sent twice.

        :return: False where somebody else holds some of it, or has just changed it: waiting for
            them may fail, and that would end the whole run of the mail queue
        """
        self.env.flush_all()
        return all(
            hold_free_rows(records) == records
            for records in (self.order_id, self.sale_line_id, self)
        )

    def _note_sent(self):
        """The mail server has taken the e-mail with these keys."""
        first = self.filtered(lambda piece: not piece.sent_at)
        first.write({"sent_at": fields.Datetime.now()})
        self.write({"mail_problem": False, "mail_delay": False})
        for order, pieces in self.grouped("order_id").items():
            order._note_keys_sent(pieces)
            order._orion_note_digital()

    def _note_delayed(self, problem, again_at):
        """The mail server could not be reached, or will take it later."""
        for order, pieces in self.grouped("order_id").items():
            reader = order._orion_for_reader()
            told = reader.env
            pieces.write(
                {
                    "mail_problem": False,
                    "mail_delay": told._(
                        "%(problem)s. Sent again by itself at %(time)s.",
                        problem=(problem or told._("The mail server is away")).rstrip(" ."),
                        time=format_datetime(told, again_at, dt_format="short"),
                    ),
                }
            )

    def _note_not_sent(self, problem, is_unknown=False):
        """The mail server has refused it, or could not be reached for long.

        :param is_unknown: it may have left all the same
        """
        for order, pieces in self.grouped("order_id").items():
            told = order._orion_for_reader().env
            said = problem or told._("The mail server gave no reason.")
            pieces.write({"mail_problem": said, "mail_delay": False})
            values = {"count": len(pieces), "problem": said.rstrip(" .")}
            order._ask_about_keys(
                told._(
                    "The connection broke while the e-mail with %(count)s keys was handed over: "
                    "%(problem)s. It may have left, so it is not sent twice. Ask the customer, or "
                    "“Send Keys Again”: the keys stay the same.",
                    **values,
                )
                if is_unknown
                else told._(
                    "The e-mail with %(count)s keys could not be sent: %(problem)s. Correct the "
                    "cause, then “Send Keys Again”.",
                    **values,
                )
            )

    def _note_seen(self):
        """The buyer has looked at these keys."""
        fresh = self.filtered(lambda piece: not piece.first_seen_at)
        fresh.write({"first_seen_at": fields.Datetime.now()})


def _filled_html(html):
    return False if is_html_empty(html) else html


def _as_html(key):
    """A key as the e-mail shows it; a picture by the name of its attachment."""
    if key.kind == "image":
        return escape(key.filename or "")
    plain = vault.open_key(key)
    if key.kind == "link":
        return Markup('<a href="%s">%s</a>') % (plain, plain)
    return escape(plain)
