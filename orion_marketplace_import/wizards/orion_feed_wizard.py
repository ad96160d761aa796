import base64
import csv
import io

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.feed_check import LEFT_OUT, FeedProblem

PREVIEW_ROWS = 10


class OrionFeedWizard(models.TransientModel):
    """Checks a channel's products, shows what the marketplace will read, and offers the file."""

    _name = "orion.feed.wizard"
    _description = "Export a Product Feed"

    channel_id = fields.Many2one(
        "orion.channel", required=True, default=lambda self: self._default_channel()
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    language = fields.Selection(
        [("fr", "French"), ("de", "German"), ("en", "English")], required=True, default="fr"
    )
    include_inactive = fields.Boolean(
        string="Archived Products Too", help="They are written as out of stock."
    )
    is_written = fields.Boolean(readonly=True)
    row_count = fields.Integer(string="Products in the File", readonly=True)
    left_out_count = fields.Integer(string="Left Out", readonly=True)
    problem_ids = fields.One2many("orion.feed.wizard.problem", "wizard_id", readonly=True)
    preview = fields.Html(readonly=True, sanitize_attributes=False)
    content = fields.Binary(string="File", readonly=True)
    filename = fields.Char(readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Product Feed")

    @api.model
    def _default_channel(self):
        return self.env["orion.channel"].search([]).filtered("has_feed")[:1]

    @api.onchange("channel_id", "language", "include_inactive")
    def _onchange_what(self):
        self.is_written = False

    def action_write(self):
        """Write the file, and show what is missing."""
        self.ensure_one()
        check_caller(self.channel_id, USER, "read")
        channel = self.channel_id.sudo()
        language = channel._feed_language(self.language)
        content, rows, left_out, problems = self.env["orion.feed.file"]._build(
            channel, language, self.include_inactive
        )
        self.problem_ids.unlink()
        self.write(
            {
                "is_written": True,
                "row_count": rows,
                "left_out_count": left_out,
                "content": base64.b64encode(content),
                "filename": channel._feed_filename(),
                "preview": self._preview(content, channel._feed_format().delimiter),
            }
        )
        self.env["orion.feed.wizard.problem"].create(
            [
                {"wizard_id": self.id, "product_id": product_id, "problem": problem.value}
                for product_id, problem in problems
            ]
        )
        return True

    @api.model
    def _preview(self, content, delimiter):
        """The first rows as a table; columns without a value are left away."""
        text = content[:400_000].decode("utf-8", errors="replace")
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))[: PREVIEW_ROWS + 1]
        header, *body = rows
        body = [row for row in body if len(row) == len(header)]
        used = [index for index in range(len(header)) if any(row[index] for row in body)]
        if not body:
            return False
        head = Markup("").join(Markup("<th>%s</th>") % header[index] for index in used)
        lines = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % _short(row[index]) for index in used)
            for row in body
        )
        return Markup(
            '<div class="table-responsive"><table class="table table-sm text-nowrap">'
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (head, lines)


class OrionFeedWizardProblem(models.TransientModel):
    """What is missing in one product."""

    _name = "orion.feed.wizard.problem"
    _description = "Problem in a Product Feed"
    _order = "is_left_out desc, problem, id"

    wizard_id = fields.Many2one("orion.feed.wizard", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    problem = fields.Selection(
        [
            (FeedProblem.MISSING_ID.value, "No reference (SKU)"),
            (FeedProblem.DUPLICATE_ID.value, "Another product has this reference"),
            (FeedProblem.MISSING_TITLE.value, "No title"),
            (FeedProblem.MISSING_PRICE.value, "No price"),
            (FeedProblem.MISSING_GTIN.value, "No valid GTIN as barcode"),
            (FeedProblem.MISSING_IMAGE.value, "No image"),
            (FeedProblem.MISSING_TAX_RATE.value, "No tax rate the marketplace knows"),
            (FeedProblem.SALE_PRICE_TOO_HIGH.value, "Sale price not below the price"),
        ],
        required=True,
    )
    is_left_out = fields.Boolean(
        string="Left Out",
        compute="_compute_is_left_out",
        store=True,
        help="The product is not in the file because of this.",
    )

    @api.depends("problem")
    def _compute_is_left_out(self):
        for line in self:
            line.is_left_out = FeedProblem(line.problem) in LEFT_OUT

    def action_open_product(self):
        """The product, to mend it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
        }


def _short(text):
    return text if len(text) <= 60 else f"{text[:59]}…"
