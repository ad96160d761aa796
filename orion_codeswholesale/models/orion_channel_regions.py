from odoo import models

from ..lib.regions import read_regions
from .orion_channel import CODE


class OrionChannel(models.Model):
    """Where the supplier's words for regions are in Odoo."""

    _inherit = "orion.channel"

    def _countries_of(self, regions):
        """Countries and groups of countries that are meant.

        :param regions: `lib.regions.Regions`
        :return: `(res.country, res.country.group)`
        """
        countries = self.env["res.country"].search([("code", "in", regions.countries)])
        union = self.env.ref("base.europe") if regions.union else self.env["res.country.group"]
        return countries, union

    def _key_countries(self, regions):
        """What the supplier says of a key today. Words that nobody knows are a person's matter,
        who was asked when the product was made."""
        if self.marketplace != CODE:
            return super()._key_countries(regions)
        read = read_regions(regions)
        if read.everywhere or read.unknown:
            return self.env["res.country"]
        countries, union = self._countries_of(read)
        return countries | union.country_ids
