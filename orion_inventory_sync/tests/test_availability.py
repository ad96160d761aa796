from odoo.addons.orion_inventory_sync.tests.stock_common import StockCase


class TestAvailability(StockCase):
    def test_on_hand_less_open_demand(self):
        pen = self.new_product("PEN", 10)
        self.assertEqual(self.available(pen), [10])
        move = self.demand(pen, 3)
        self.assertEqual(self.available(pen), [7])
        move._action_assign()
        self.assertEqual(self.available(pen), [7])
        self.demand(pen, 9)
        self.assertEqual(self.available(pen), [-2])
        move._action_cancel()
        self.assertEqual(self.available(pen), [1])

    def test_a_done_delivery_is_subtracted_once(self):
        pen = self.new_product("PEN", 10)
        move = self.demand(pen, 3)
        move._action_assign()
        move.picked = True
        move._action_done()
        self.assertEqual(self.available(pen), [7])

    def test_several_units(self):
        eggs = self.new_product("EGGS", 30)
        self.demand(eggs, 1, unit=self.env.ref("uom.product_uom_dozen"))
        self.assertEqual(self.available(eggs), [18])

    def test_where_no_stock_is_kept(self):
        service = self.env["product.product"].create({"name": "S", "type": "service"})
        loose = self.env["product.product"].create({"name": "L", "is_storable": False})
        self.assertEqual(self.available(service, loose), [None, None])

    def test_scrapped_pieces_do_not_count(self):
        pen = self.new_product("PEN", 10)
        self.env["stock.scrap"].create(
            {"product_id": pen.id, "scrap_qty": 4, "location_id": self.stock.id}
        ).action_validate()
        self.assertEqual(self.available(pen), [6])

    def test_warehouses_and_companies_are_kept_apart(self):
        pen = self.new_product("PEN", 10)
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self.put(pen, 5, second.lot_stock_id)
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.put(pen, 100, elsewhere.lot_stock_id)
        self.assertEqual(self.available(pen), [15])
        self.channel.stock_warehouse_ids = second
        self.assertEqual(self.available(pen), [5])
        self.demand(pen, 2)
        self.assertEqual(self.available(pen), [5])
        self.demand(pen, 2, second.lot_stock_id)
        self.assertEqual(self.available(pen), [3])
        theirs = self.new_channel(company_id=other.id, name="Theirs", responsible_id=False)
        self.assertEqual(self.available(pen, channel=theirs), [100])

    def test_single_shelves(self):
        pen = self.new_product("PEN")
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("A", "B")]
        )
        self.put(pen, 10, shelves[0])
        self.put(pen, 10, shelves[1])
        self.channel.stock_location_ids = shelves[0]
        self.assertEqual(self.available(pen), [10])
        # an unreserved delivery out of the whole stock may take from the shelf
        move = self.demand(pen, 4)
        self.assertEqual(self.available(pen), [6])
        # reserved on the other one it does not
        self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "product_id": pen.id,
                "quantity": 4,
                "location_id": shelves[1].id,
                "location_dest_id": self.customers.id,
            }
        )
        self.assertEqual(self.available(pen), [10])

    def test_a_transfer_takes_what_is_reserved_on_the_shelf(self):
        pen = self.new_product("PEN")
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("A", "B")]
        )
        self.put(pen, 10, shelves[0])
        self.put(pen, 10, shelves[1])
        self.channel.stock_location_ids = shelves[0]
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        move = self.demand(pen, 4)
        move.location_dest_id = second.lot_stock_id
        # it may be taken from the other shelf
        self.assertEqual(self.available(pen), [10])
        line = self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "product_id": pen.id,
                "quantity": 4,
                "location_id": shelves[0].id,
                "location_dest_id": second.lot_stock_id.id,
            }
        )
        self.assertEqual(self.available(pen), [6])
        line.location_id = shelves[1]
        self.assertEqual(self.available(pen), [10])

    def test_pieces_that_marketplaces_sold(self):
        pen = self.new_product("PEN", 10)
        self.assertEqual(self.with_sold({pen: 4}, pen), [6])

    def test_a_sold_kit_takes_its_parts(self):
        kit, part, other = (self.new_product(code, 10) for code in ("KIT", "PART", "OTHER"))
        self.play_kits({kit: {part: 2.0}})
        self.assertEqual(self.with_sold({kit: 3}, part, other, kit), [4, 10, 2])

    def with_sold(self, sold, *products):
        """What is available once marketplaces have sold so many; asked of just what matters."""
        asked = []

        def undecided(_self, _company, product_ids=None):
            asked.append(product_ids)
            return {p.id: float(q) for p, q in sold.items() if p.id in product_ids}

        self.patch(self.env.registry["orion.demand"], "_undecided", undecided)
        found = self.available(*products)
        self.assertTrue(all(ids is not None for ids in asked), "cost follows all open orders")
        return found
