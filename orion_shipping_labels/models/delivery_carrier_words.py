from odoo import api, models, tools

from ..lib.parcel_number import NumberRule, detect_carrier, parse_patterns, split_numbers


class DeliveryCarrier(models.Model):
    """Recognising carriers by what marketplaces and people call them, and by their numbers."""

    _inherit = "delivery.carrier"

    @api.model
    def _orion_recognise(self, marketplace, company, text="", number=""):
        """The carrier that a text means, else the one that a number belongs to.

        :param marketplace: value of `orion.channel.marketplace` whose names count, or empty
        :param text: code or name; where it is given and nobody is known by it, the number is
            not asked: a text that is known to nobody yet is not guessed
        :param number: tracking number, or several of one carrier
        :return: the carrier, or none
        """
        words, rules = self._orion_carrier_table(company.id)
        text = str(text or "").strip().lower()
        if text:
            found = words.get((marketplace or "", text)) or words.get(("", text))
        else:
            carriers = {detect_carrier(one, rules) for one in split_numbers(number or "")}
            found = carriers.pop() if len(carriers) == 1 else None
        return self.browse(found or [])

    @api.model
    @tools.ormcache("company_id")
    def _orion_carrier_table(self, company_id):
        """What carriers of a company are known by: words by marketplace, and number rules.

        Plain values, because they are kept between transactions.
        """
        carriers = self.sudo().search(
            [("company_id", "in", (False, company_id)), ("orion_code", "!=", False)]
        )
        # the last one wins: the company's own, then the first of the list
        carriers = carriers[::-1].sorted(lambda carrier: bool(carrier.company_id))
        words = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for carrier in carriers.with_context(lang=lang):
                words["", carrier.name.strip().lower()] = carrier.id
        for carrier in carriers:
            words["", carrier.orion_code] = carrier.id
            for code in carrier.orion_code_ids:
                words[code.marketplace, code.code.strip().lower()] = carrier.id
        rules = tuple(
            NumberRule(carrier.id, parse_patterns(carrier.orion_number_patterns))
            for carrier in carriers
            if carrier.orion_number_patterns
        )
        return words, rules

    def _orion_name_on(self, marketplace):
        """What a marketplace calls this carrier; empty where that is not known."""
        self.ensure_one()
        codes = self.sudo().orion_code_ids.filtered(lambda code: code.marketplace == marketplace)
        return codes[:1].code or ""
