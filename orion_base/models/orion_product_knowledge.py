from odoo import api, models


class OrionProductKnowledge(models.AbstractModel):
    """What addons have learned about products; those that need it do not know who has."""

    _name = "orion.product.knowledge"
    _description = "Learned Product Numbers"

    @api.model
    def _learned(self, channel, gtins, skus):
        """Products that people have said a number stands for.

        :param gtins: canonical
        :return: `{("gtin" or "sku", value): product id}`, of active products for sale only
        """
        return {}
