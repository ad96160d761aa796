from odoo import api, models
from odoo.tools import SQL, email_normalize

from odoo.addons.orion_base.lib.phone import e164_or_original

from ..import_batch import OrderPartners
from ..lib.fingerprint import address_key
from ..lib.order_data import AddressData

NOWHERE = AddressData()


class OrionOrderImporter(models.AbstractModel):
    """Customers: one per channel and e-mail, with contacts that are told apart by address."""

    _inherit = "orion.order.importer"

    def _find_partners(self, batch, datas, keys=None):
        """Fill `batch.partners`, with one query for those known and two creations at most.

        :param keys: `{external id: key of the customer}` of orders that have one already
        """
        keys = {data.external_id: self._customer_key(data) for data in datas} | (keys or {})
        customers, contacts = self._known_partners(batch, set(keys.values()))
        self._find_places(batch, datas)
        self._create_customers(batch, datas, keys, customers, contacts)
        self._create_contacts(batch, datas, keys, customers, contacts)
        for data in datas:
            key = keys[data.external_id]
            batch.partners[data.external_id] = OrderPartners(
                customer=customers[key],
                invoice=contacts[key, address_key(data.bill_to)],
                delivery=contacts[key, address_key(data.ship_to)],
            )

    # === HOOKS === #

    def _prepare_partner_values(self, batch, data):
        """Values of a new customer."""
        bill_to = data.bill_to if data.bill_to != NOWHERE else data.ship_to
        name = bill_to.company or bill_to.name or data.ship_to.name or data.customer_email
        return {
            **self._address_values(batch, bill_to, data.customer_phone),
            "name": name or self.env._("Customer of order %(number)s", number=data.number),
            "is_company": bool(bill_to.company),
            "company_id": batch.company.id,
            "email": data.customer_email or False,
            "lang": self._active_language(data.language),
            "orion_channel_id": batch.channel.id,
            "orion_customer_key": self._customer_key(data),
            "orion_address_key": self._own_address_key(data),
        }

    # === PRIVATE === #

    def _customer_key(self, data):
        """The e-mail, or the order where there is none."""
        email = email_normalize(data.customer_email or "", strict=False)
        return email or f"order:{data.external_id}"

    def _own_address_key(self, data):
        """Key of the address the customer's own record stands for; a person at a company
        gets a contact of their own."""
        bill_to = data.bill_to
        return False if bill_to.company and bill_to.name else address_key(bill_to)

    def _address_keys(self, data):
        """Keys of the addresses that the marketplace gives, by the order's field for each."""
        addresses = {"orion_delivery_key": data.ship_to, "orion_invoice_key": data.bill_to}
        return {
            name: address_key(address) for name, address in addresses.items() if address != NOWHERE
        }

    def _known_partners(self, batch, keys):
        """Customers by key, and contacts by key and address, customers among them."""
        self.env["res.partner"].flush_model(
            ["orion_channel_id", "orion_customer_key", "orion_address_key", "parent_id"]
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id, parent_id, orion_customer_key, orion_address_key FROM res_partner "
                "WHERE orion_channel_id = %s AND orion_customer_key = ANY(%s) ORDER BY id DESC",
                batch.channel.id,
                list(keys),
            )
        )
        customers = {key: pid for pid, parent_id, key, _address in rows if not parent_id}
        contacts = {(key, address): pid for pid, _parent, key, address in rows if address}
        return customers, contacts

    def _create_customers(self, batch, datas, keys, customers, contacts):
        values = {}
        for data in datas:
            key = keys[data.external_id]
            if key not in customers and key not in values:
                values[key] = self._prepare_partner_values(batch, data)
        for (key, vals), partner in zip(
            values.items(), self.env["res.partner"].create(list(values.values())), strict=True
        ):
            customers[key] = partner.id
            if vals["orion_address_key"]:
                contacts.setdefault((key, vals["orion_address_key"]), partner.id)

    def _create_contacts(self, batch, datas, keys, customers, contacts):
        values = {}
        for data in datas:
            key = keys[data.external_id]
            same = address_key(data.bill_to) == address_key(data.ship_to)
            for address, kind in ((data.bill_to, "invoice"), (data.ship_to, "delivery")):
                found = (key, address_key(address))
                if address == NOWHERE:
                    contacts.setdefault(found, customers[key])
                elif found not in contacts and found not in values:
                    values[found] = {
                        **self._address_values(batch, address, data.customer_phone),
                        "name": address.name or address.company or False,
                        "type": "other" if same else kind,
                        "parent_id": customers[key],
                        "company_id": batch.company.id,
                        "lang": self._active_language(data.language),
                        "orion_channel_id": batch.channel.id,
                        "orion_customer_key": key,
                        "orion_address_key": found[1],
                    }
        created = self.env["res.partner"].create(list(values.values()))
        contacts.update(dict(zip(values, created.ids, strict=True)))

    def _address_values(self, batch, address, phone):
        country = batch.common["countries"].get(address.country_code)
        state = batch.common["states"].get((address.country_code, address.state_code))
        return {
            "street": address.street or False,
            "street2": address.street2 or False,
            "zip": address.zip or False,
            "city": address.city or False,
            "state_id": state,
            "country_id": country,
            "phone": e164_or_original(address.phone, address.country_code)
            or e164_or_original(phone, address.country_code)
            or False,
        }

    def _find_places(self, batch, datas):
        """Countries and states of all addresses, by code."""
        addresses = [address for data in datas for address in (data.bill_to, data.ship_to)]
        codes = {address.country_code for address in addresses} - {""}
        countries = self.env["res.country"].search_fetch([("code", "in", list(codes))], ["code"])
        batch.common["countries"] = {country.code: country.id for country in countries}
        batch.common["states"] = {}
        state_codes = {address.state_code for address in addresses} - {""}
        if state_codes:
            states = self.env["res.country.state"].search_fetch(
                [("code", "in", list(state_codes)), ("country_id", "in", countries.ids)],
                ["code", "country_id"],
            )
            batch.common["states"] = {
                (state.country_id.code, state.code): state.id for state in states
            }

    @api.model
    def _customer_phone(self, data):
        """The customer's number in international form: the first that is one, of what the
        marketplace gave."""
        places = (data.ship_to, data.bill_to)
        country = next((place.country_code for place in places if place.country_code), "")
        numbers = [e164_or_original(data.customer_phone, country)]
        numbers += [e164_or_original(place.phone, place.country_code) for place in places]
        return next(filter(None, numbers), "")

    def _active_language(self, language):
        """Code of an active language for an ISO 639-1 code, or False."""
        if not language:
            return False
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in codes if code.split("_")[0] == language.lower()), False)
