from datetime import datetime, timezone

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..lib.mapper import map_shipment
from .common import LetzshopCase
from .shipments import shipment, unit, variant


@tagged("post_install", "-at_install")
class TestProduct(LetzshopCase):
    def test_numbers_are_checked(self):
        product = self.env["product.template"].create({"name": "Pen"})
        for values in (
            {"letzshop_preorder_days": -1},
            {"letzshop_boost_sort": 10.1},
            {"letzshop_boost_sort": -0.1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                product.write(values)
        product.write({"letzshop_boost_sort": 10.0, "letzshop_preorder_days": 3})
        self.assertEqual(product.letzshop_boost_sort, 10.0)

    def test_id_of_the_variant_is_learned_and_then_matched_first(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        [unit] = self.control.shipment(shipment)["units"]
        product = order.order_line.product_id
        self.assertEqual(product.letzshop_external_id, unit["variant"])
        product.write({"default_code": "renamed", "barcode": False})
        other = self.env["product.product"].create({"name": "Taker", "default_code": unit["sku"]})
        self.assertNotEqual(other, product)
        found = self.env["orion.order.importer"]._match_first(self.channel, self._lines_of(order))
        self.assertEqual(found, {0: product.id})

    def test_what_a_person_has_said_is_not_learned(self):
        [first] = self.add_orders(known=False)
        [unit] = self.control.shipment(first)["units"]
        alias, right = self.env["product.product"].create([{"name": "Alias"}, {"name": "Right"}])
        said = self.env["orion.product.alias"].create(
            {"kind": "sku", "value": unit["sku"], "product_id": alias.id}
        )
        order = self.imported([first])
        self.assertEqual(order.order_line.product_id, alias)
        said.product_id = right
        self.assertFalse(alias.letzshop_external_id)
        lines = self._lines_of(order, sku=unit["sku"])
        [match] = self.env["orion.order.importer"]._match_lines(self.channel, lines)
        self.assertEqual(match.product_id, right.id)

    def test_products_that_are_not_for_sale_are_no_match(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        order.order_line.product_id.sale_ok = False
        found = self.env["orion.order.importer"]._match_first(self.channel, self._lines_of(order))
        self.assertEqual(found, {})

    def test_two_products_with_one_id_are_no_match(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        product = order.order_line.product_id
        self.env["product.product"].create(
            {"name": "Twin", "letzshop_external_id": product.letzshop_external_id}
        )
        found = self.env["orion.order.importer"]._match_first(self.channel, self._lines_of(order))
        self.assertEqual(found, {})

    def test_tax_of_imported_lines(self):
        shipments = self.add_orders(2)
        units = [self.control.shipment(shipment)["units"][0] for shipment in shipments]
        taxes = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 8),
                ("amount_type", "=", "percent"),
                ("company_id", "=", self.env.company.id),
            ]
        )
        if not taxes:
            taxes = self.env["account.tax"].create({"name": "8", "amount": 8.0})
        product = self.env["product.product"].search([("default_code", "=", units[0]["sku"])])
        product.letzshop_tax_rate = "8"
        orders = self.imported(shipments)
        lines = {line.orion_product_sku: line for line in orders.order_line}
        self.assertEqual(lines[units[0]["sku"]].tax_ids.mapped("amount"), [8.0])
        self.assertAlmostEqual(
            sum(orders.mapped("amount_total")), sum(float(unit["price"]) for unit in units), 2
        )

    def _lines_of(self, order, **values):
        line_id = order.order_line.orion_line_external_id
        node = shipment(inventoryUnits=[unit("a", variant=variant(id=line_id, **values))])
        return map_shipment(node, datetime.now(timezone.utc)).lines
