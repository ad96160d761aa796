from .common import OrdersCase, line, order


class TestChannelStatus(OrdersCase):
    def test_orders_and_lines_without_product_are_counted(self):
        self.imported(order("S1"))
        self.imported(order("S2", lines=(line(gtin="96385074", sku="nowhere"),)))
        [status] = self.channel.get_status()
        self.assertEqual(status["orders"]["pending"], 2)
        self.assertEqual(status["orders"]["shipped"], 0)
        self.assertEqual(status["exceptions"]["pending"], 1)

    def test_many_channels_take_the_same_queries(self):
        channels = self.channel
        for number in range(4):
            channels |= self.channel.copy({"name": f"Shop {number}"})
        self.env.flush_all()
        channels._status_counts()  # what Odoo caches for good is asked once
        counts = []
        for some in (channels[:2], channels):
            self.env.invalidate_all()
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some._status_counts()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
