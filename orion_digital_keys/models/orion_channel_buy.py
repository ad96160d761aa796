from odoo import fields, models

from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.asking import ask_quotes, ask_scores
from ..lib.purchasing import Buy, Wait, decide, is_money_short

#: Pieces that are looked at in one step.
BUY_CHUNK = 100


class OrionChannel(models.Model):
    """Deciding what is bought at a supplier."""

    _inherit = "orion.channel"

    def _buy_steps(self, adapter):
        """Ask for today's prices of what waits, and write down what is bought at them.

        Nothing is called while rows are locked: prices, buyers and the balance are asked for first.
        """
        while True:
            pieces = self._pieces_to_buy()
            if not pieces:
                return
            offers = self._offers_of(pieces)
            buyers = self._buyers_of(pieces)
            wanted = pieces._wanted_of(offers)
            spendable = self._spendable()
            piece_ids = pieces.ids
            yield PAUSE
            quotes = ask_quotes(
                adapter, sorted({offer["external_id"] for offer in offers.values()})
            )
            scores = ask_scores(adapter, buyers)
            if is_money_short(quotes.values, wanted, spendable):
                self._note_balance(adapter.balance())
                # pieces are locked first thing in a transaction
                yield PAUSE
            made, put_off = self._buy(piece_ids, offers, quotes, scores)
            errors = [*quotes.errors.values(), *scores.errors.values()]
            yield JobStep(
                processed=len(piece_ids),
                succeeded=len(piece_ids) - put_off,
                failed=put_off,
                counts={"purchases_made": len(made)},
                errors=tuple({"message": error.message} for error in errors),
            )
            if quotes.stopped or scores.stopped:
                raise quotes.stopped or scores.stopped

    def _pieces_to_buy(self):
        return self.env["orion.digital.piece"].search(
            [
                ("supplier_id", "=", self.id),
                ("state", "=", "waiting"),
                ("buy_at", "<=", fields.Datetime.now()),
                # else the pool is looked at first
                ("try_at", "=", False),
            ],
            limit=BUY_CHUNK,
        )

    def _offers_of(self, pieces):
        """`{product id: {id, external_id}}` of this supplier's offers, as plain values."""
        offers = self.env["orion.key.offer"].search(
            [("channel_id", "=", self.id), ("product_id", "in", pieces.product_id.ids)]
        )
        result = {}
        for offer in offers:
            result.setdefault(
                offer.product_id.id, {"id": offer.id, "external_id": offer.external_id}
            )
        return result

    def _buy(self, piece_ids, offers, quotes, scores):
        """Write the intents, and what waits instead; one purchase a sold line.

        Pieces that another worker, or a person, has taken meanwhile are left out.

        :param quotes: `lib.asking.Answers` by the supplier's id
        :param scores: the same by id of order
        :return: purchases, and the number of pieces about which nothing could be asked
        """
        pieces = self.env["orion.digital.piece"]._lock_to_buy(piece_ids)
        self._note_quotes(offers, quotes.values)
        answered = pieces._answered(self, offers, quotes, scores)
        held = self._hold_risky(answered, scores.values)
        held |= self._hold_regional(answered - held, offers, quotes.values)
        purchases = self.env["orion.key.purchase"]
        money = self._spendable()
        for line, sold in (answered - held).grouped("sale_line_id").items():
            known = offers.get(line.product_id.id)
            offer = self.env["orion.key.offer"].browse(known["id"] if known else ())
            made = self._buy_for_line(offer, quotes.values.get(offer.external_id), sold, money)
            if money:
                money = money.less(made._expected_cost())
            purchases |= made
        self._note_unchecked(purchases, scores.values)
        return purchases, len(pieces - answered)

    def _buy_for_line(self, offer, quote, sold, money):
        """The purchase for the pieces of one sold line, empty where they wait instead.

        :param money: `lib.purchasing.Money` that is left, or None where that is not known
        """
        purchases = self.env["orion.key.purchase"]
        if not offer:
            sold._wait_to_buy("no_offer")
            return purchases
        decision = decide(quote, len(sold), offer._maximum_decimal(), offer.allow_preorder)
        if isinstance(decision, Buy) and (
            sold._was_refused_for_money() or (money and not money.pays(decision, quote.currency))
        ):
            decision = Wait("balance_too_low")
        if isinstance(decision, Wait):
            sold._wait_to_buy(decision.reason)
            sold._try_elsewhere(offer)
            return purchases
        bought, rest = sold[: decision.quantity], sold[decision.quantity :]
        purchases = purchases._intend(offer, bought, decision)
        rest._wait_to_buy("out_of_stock")
        rest._try_elsewhere(offer)
        return purchases

    def _note_quotes(self, offers, quotes):
        """What the supplier says now is what our offers say from now on."""
        now = fields.Datetime.now()
        currencies = self._currencies_of({quote.currency for quote in quotes.values() if quote})
        told = {}
        for values in offers.values():
            if values["external_id"] not in quotes:
                continue
            offer = self.env["orion.key.offer"].browse(values["id"])
            quote = quotes[values["external_id"]]
            price = quote.unit_price(1) if quote else None
            news = {
                "available": quote.available if quote else 0,
                "is_preorder": bool(quote and quote.is_preorder),
                "is_gone": quote is None,
                "updated_at": now,
            }
            if price is not None:
                news["unit_price"] = float(price)
            currency = currencies.get(quote.currency if quote else None)
            if currency:
                news["currency_id"] = currency
            told[offer] = news
        self.env["orion.key.offer"]._note_all(told)

    def _currencies_of(self, names):
        """`{ISO 4217: res.currency}` of prices: a supplier's are in its own, whatever the
        company's is."""
        found = self.env["res.currency"].with_context(active_test=False)
        currencies = found.search([("name", "in", sorted(filter(None, names)))])
        currencies.filtered(lambda currency: not currency.active).sudo().active = True
        return {currency.name: currency for currency in currencies}
