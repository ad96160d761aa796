from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import api

from odoo.addons.orion_base.tests.query_log import logged_queries
from odoo.addons.orion_order_exceptions.models import product_product, product_template
from odoo.addons.orion_orders.tests.common import GTIN_2, line, order

from .common import ExceptionsCase


class TestMatchingAgain(ExceptionsCase):
    def setUp(self):
        super().setUp()
        self.run_precommit()
        self.sale = self.unknown()
        self.exception = self.sale.orion_exception_ids

    def logs(self):
        return self.env["orion.sync.log"].search([("operation_type", "=", "exception_match")])

    def assert_matched(self, product, source="automatic"):
        self.assertEqual(self.exception.status, "pending")
        self.match()
        self.assertRecordValues(
            self.exception,
            [
                {
                    "status": "resolved",
                    "resolved_product_id": product.id,
                    "resolution_source": source,
                }
            ],
        )
        self.assertEqual(self.sale.order_line.product_id, product)
        self.assertIn("are known now", self.sale.message_ids[0].body)

    def test_new_product_in_another_notation(self):
        self.assert_matched(
            self.env["product.product"].create({"name": "New", "barcode": "05901234123457"})
        )
        [log] = self.logs()
        self.assertEqual((log.status, log.direction), ("success", "internal"))
        self.assertEqual(log.counts, {"exceptions_resolved": 1, "orders_released": 1})
        self.assertFalse(self.channel.last_sync_at, "no sync with the marketplace")

    def test_new_template(self):
        template = self.env["product.template"].create({"name": "New", "barcode": GTIN_2})
        self.assert_matched(template.product_variant_id)

    def test_barcode_or_sku_added(self):
        self.answer.barcode = GTIN_2
        self.assert_matched(self.answer)

    def test_sku_added(self):
        self.answer.product_tmpl_id.default_code = "RIDDLE"
        self.assert_matched(self.answer)

    def test_imported_from_a_file(self):
        result = self.env["product.product"].load(["name", "barcode"], [["Loaded", GTIN_2]])
        self.assert_matched(self.env["product.product"].browse(result["ids"]))

    def test_packaging(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.answer.id, "uom_id": dozen.id, "barcode": GTIN_2}
        )
        self.assert_matched(self.answer)
        self.assertEqual(self.sale.order_line.product_uom_id, dozen)

    def test_unarchived_for_sale_or_moved_to_the_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        for values, back in (
            ({"active": False}, {"active": True}),
            ({"sale_ok": False}, {"sale_ok": True}),
            ({"company_id": elsewhere.id}, {"company_id": self.company.id}),
        ):
            with self.subTest(str(values)):
                template = self.env["product.template"].create(
                    {"name": "Hidden", "barcode": GTIN_2, **values}
                )
                self.match()
                template.write(back)
                self.assert_matched(template.with_context(active_test=False).product_variant_id)
                self.exception.action_undo()
                template.unlink()
                self.match()

    def test_what_somebody_has_undone_is_not_matched_again(self):
        self.answer.barcode = GTIN_2
        self.assert_matched(self.answer)
        self.exception.action_undo()
        self.exceptions._cron_match_missed()
        self.match()
        self.assertEqual(self.exception.status, "pending")
        self.answer.barcode = False
        twin = self.env["product.product"].create({"name": "Twin", "barcode": GTIN_2})
        self.assert_matched(twin)

    def test_what_somebody_chooses_after_undoing_is_matched_as_ever(self):
        self.exception.resolve(product_id=self.answer.id)
        self.exception.action_undo()
        self.exception.resolve(product_id=self.answer.id)
        self.assertFalse(self.exception.undone_product_ids)

    def test_each_product_that_somebody_has_undone_stays_undone(self):
        self.answer.barcode = GTIN_2
        self.assert_matched(self.answer)
        self.exception.action_undo()
        self.exception.resolve(product_id=self.pen.id)
        self.exception.action_undo()
        self.assertEqual(self.exception.undone_product_ids, self.answer | self.pen)
        self.exceptions._cron_match_missed()
        self.match()
        self.assertEqual(self.exception.status, "pending")
        self.exception.resolve(product_id=self.pen.id)
        self.assertEqual(self.exception.undone_product_ids, self.answer)

    def test_alias(self):
        self.aliases.create({"kind": "sku", "value": " RIDDLE ", "product_id": self.answer.id})
        self.assert_matched(self.answer, "alias")

    def test_alias_that_contradicts_a_products_gtin_is_taken_away(self):
        alias = self.aliases.create({"value": GTIN_2, "product_id": self.pen.id})
        self.answer.barcode = GTIN_2
        self.match()
        self.assertEqual(self.exception.exception_type, "duplicate_gtin")
        alias.unlink()
        self.assert_matched(self.answer)

    def test_learned_from_another_one(self):
        other = self.unknown(prefix="O").orion_exception_ids
        other._resolve_many({other: self.answer}, remember=("gtin",))
        self.assert_matched(self.answer, "alias")

    def test_what_is_not_sure_stays(self):
        for barcode in (GTIN_2, "05901234123457"):
            self.env["product.product"].create({"name": "Twin", "barcode": barcode})
        self.match()
        self.assertEqual(self.exception.status, "pending")
        self.assertEqual(self.exception.exception_type, "duplicate_gtin")
        self.assertEqual(self.sale.order_line.orion_match_problem, "duplicate_gtin")

    def test_a_twin_that_gives_its_number_away(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        for give_away in (
            lambda twin, packaging: twin.write({"barcode": False}),
            lambda twin, packaging: twin.unlink(),
            lambda twin, packaging: twin.product_tmpl_id.unlink(),
            lambda twin, packaging: packaging.write({"barcode": "P"}),
            lambda twin, packaging: packaging.unlink(),
        ):
            with self.subTest(), self.env.cr.savepoint():
                twin, pack_twin = self.env["product.product"].create(
                    [{"name": "Twin", "barcode": GTIN_2}, {"name": "Pack"}]
                )
                packaging = self.env["product.uom"].create(
                    {"product_id": pack_twin.id, "uom_id": dozen.id, "barcode": "05901234123457"}
                )
                self.match()
                self.assertEqual(self.exception.status, "pending")
                give_away(twin, packaging)
                left = pack_twin if not twin.exists() or not twin.barcode else twin
                self.assert_matched(left)
                self.exception.action_undo()
                (twin.exists() | pack_twin).unlink()
                self.match()

    def test_sku_of_a_product_with_another_gtin(self):
        self.pen.default_code = "RIDDLE"
        self.match()
        self.assertEqual(
            (self.exception.status, self.exception.exception_type), ("pending", "gtin_mismatch")
        )

    def test_ignored_ones_stay(self):
        self.exception.ignore(reason="Never ours")
        self.answer.barcode = GTIN_2
        self.match()
        self.assertEqual(self.exception.status, "ignored")

    def test_other_products_wake_nobody(self):
        self.env["product.product"].create({"name": "Other", "barcode": "96385074"})
        self.run_precommit()
        self.assertFalse(self.logs())

    def test_nothing_happens_in_the_users_transaction(self):
        self.answer.barcode = GTIN_2
        self.run_precommit()
        self.assertEqual(self.exception.status, "pending")
        self.assertEqual(self.logs().parameters, {"gtins": ["05901234123457"], "skus": []})

    def test_missed_ones_are_found_by_the_clock(self):
        self.answer.barcode = GTIN_2
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self.exceptions._cron_match_missed()
        self.assert_matched(self.answer)

    def test_missed_changes_of_a_template_are_found_by_the_clock(self):
        template = self.env["product.template"].create(
            {"name": "Hidden", "barcode": GTIN_2, "sale_ok": False}
        )
        self.match()
        template.sale_ok = True
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self.env.cr.execute(
            "UPDATE product_product SET write_date = '2026-01-01' WHERE product_tmpl_id = %s",
            (template.id,),
        )
        self.env.invalidate_all()
        self.exceptions._cron_match_missed()
        self.assert_matched(template.product_variant_id)


class TestQueries(ExceptionsCase):
    def test_products_without_pending_exceptions(self):
        """All that a shop pays whose products nobody waits for, whoever asks: in the user's
        transaction and just before its commit."""
        self.unknown().orion_exception_ids.ignore(reason="x")
        self.run_precommit()
        for count in (3, 60):
            with self.subTest(count):
                self.queries_of_a_life(2)  # fills the caches
                ours = self.queries_of_a_life(count)
                with self.without_our_overrides():
                    odoos = self.queries_of_a_life(count)
                more = {step: ours[step] - odoos[step] for step in ours}
                self.assertLessEqual(more.pop("unlink"), 3, more)
                self.assertLessEqual(max(more.values()), 1, more)

    def queries_of_a_life(self, count):
        """`{step: queries}` from making products to deleting them, each with its commit."""
        names = [f"{self.env.cr.sql_log_count}-{n}" for n in range(count)]
        steps = {
            "create": lambda products: products.create(
                [{"name": name, "barcode": name} for name in names]
            ),
            "write": lambda products: products.write({"default_code": "SAME"}),
            "template": lambda products: products.product_tmpl_id.write({"sale_ok": True}),
            "unlink": lambda products: products.unlink(),
        }
        products = self.env["product.product"]
        queries = {}
        for step, act in steps.items():
            self.env.flush_all()
            self.env.invalidate_all()
            with logged_queries(self.env) as asked:
                result = act(products)
                self.run_precommit()
            products = products or result
            queries[step] = len(asked)
        return queries

    @contextmanager
    def without_our_overrides(self):
        """Products as they are without this addon."""
        with ExitStack() as stack:
            for model in (product_product.ProductProduct, product_template.ProductTemplate):
                for name in {"create", "write", "unlink"} & vars(model).keys():
                    stack.enter_context(patch.object(model, name, self.passed_on(model, name)))
            yield

    @staticmethod
    def passed_on(model, name):
        def method(records, *arguments):
            return getattr(super(model, records), name)(*arguments)

        return api.model_create_multi(method) if name == "create" else method

    def test_changes_that_identify_nothing(self):
        self.run_precommit()
        with logged_queries(self.env) as queries:
            self.answer.write({"name": "Other name", "list_price": 3.0})
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.assertFalse([query for query in queries if "orion_" in query])

    def resolve_counted(self, count):
        exceptions = self.unknown(count, prefix=f"Q{count}-").orion_exception_ids
        self.env.flush_all()
        self.env.invalidate_all()
        with logged_queries(self.env) as queries:
            exceptions._resolve_many(dict.fromkeys(exceptions, self.answer), remember=("gtin",))
            self.env.flush_all()
        return queries

    def test_resolving(self):
        self.resolve_counted(2)  # fills the caches
        ten, fifty = len(self.resolve_counted(10)), len(self.resolve_counted(50))
        self.assertLessEqual((fifty - ten) / 40, 1, "queries that each further line costs")

    def test_creating(self):
        counts = []
        for count in (10, 50):
            data = [order(f"C{count}-{n}", lines=(line(gtin=GTIN_2),)) for n in range(count)]
            self.env.flush_all()
            with logged_queries(self.env) as queries:
                self.import_page(*data)
            counts.append(len([query for query in queries if "orion_order_exception" in query]))
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_matching(self):
        counts = []
        for count in (2, 10, 50):
            exceptions = self.unknown(count, prefix=f"M{count}-").orion_exception_ids
            self.env.flush_all()
            self.env.invalidate_all()
            exceptions = exceptions.browse(exceptions.ids)
            with logged_queries(self.env) as queries:
                self.assertEqual(len(exceptions._find_matches(self.channel)), count)
            counts.append(len(queries))
        self.assertEqual(counts[1], counts[2])
