from odoo.tests import tagged

from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestLockCompanies(KeysCase):
    def test_locking_watches_the_pool_of_the_keys_own_company(self):
        """The manager works in one company and locks keys of another."""
        other = self.env["res.company"].create({"name": "Second shop"})
        self.manager.company_ids += other
        self.company.partner_id.email = "shop@example.com"
        for company in (self.company, other):
            company._orion_storefront().responsible_id = self.manager
        self.game.orion_low_pool_threshold = 2
        keys = self.env["orion.digital.key"]
        batch = keys._make_batch(self.game, other, "paste")
        result = add_keys(batch, [NewKey("OTHER-0001"), NewKey("OTHER-0002")])
        self.game.with_company(other)._orion_pool_changed()
        low = "orion_digital_keys.mail_activity_type_low_pool"
        of_other = [("orion_company_id", "=", other.id)]
        self.assertFalse(self.game.activity_search([low], additional_domain=of_other))
        context = {"allowed_company_ids": [self.company.id, other.id]}
        found = keys.browse(result.key_ids.values()).with_user(self.manager)
        found[0].with_context(**context)._lock_free("Published")
        self.assertTrue(self.game.activity_search([low], additional_domain=of_other))
