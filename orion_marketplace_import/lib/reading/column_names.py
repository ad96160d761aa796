"""The names that columns go by in feeds: Google's and the usual ones, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

#: A field of a product, and behind the colon the names of its column, the best first, in the
#: form of `columns.plain_name`.
_TABLE = """
external_id: id external_id product_id item_id offer_id marketplace_product_id sku identifiant
  id_produit reference_produit code_article reference ref artikelnummer artikel_nr artikelnr
  produktnummer produkt_id bestellnummer article_number item_number
title: title product_title product_name name titre nom_du_produit nom_produit nom designation
  libelle titel produktname produkttitel artikelbezeichnung produktbezeichnung bezeichnung
  artikelname
description: description product_description long_description body description_du_produit
  description_produit description_longue beschreibung produktbeschreibung artikelbeschreibung
link: link url product_url product_link lien lien_produit produktlink
image_link: image_link image image_url main_image picture image_1 lien_image lien_de_l_image
  url_image image_principale photo bild bildlink bild_link bild_url hauptbild
additional_image_links: additional_image_link additional_image_links additional_images images
  lien_image_supplementaire images_supplementaires zusatzlicher_bildlink weitere_bilder
  zusatzbilder
price: price regular_price list_price prix prix_ttc prix_de_vente preis verkaufspreis
  bruttopreis
sale_price: sale_price special_price prix_solde prix_promo prix_promotionnel prix_reduit
  sonderangebotspreis sonderpreis angebotspreis aktionspreis
currency: currency currency_code devise monnaie wahrung waehrung
availability: availability stock_status disponibilite verfugbarkeit verfuegbarkeit
condition: condition item_condition etat zustand
brand: brand manufacturer marque fabricant marke hersteller
gtin: gtin gtin13 gtin_13 gtin14 gtin_14 ean ean13 ean_13 ean_code code_ean upc isbn isbn13
  isbn_13 barcode code_barres code_barre strichcode
mpn: mpn manufacturer_part_number reference_fabricant herstellernummer hersteller_artikelnummer
identifier_exists: identifier_exists
product_type: product_type category categories categorie type_de_produit produkttyp kategorie
  produktkategorie warengruppe
google_product_category: google_product_category google_category categorie_google
  categorie_de_produits_google google_produktkategorie
item_group_id: item_group_id group_id parent_id parent_sku id_groupe identifiant_du_groupe
  artikelgruppe artikelgruppen_id
color: color colour couleur coloris farbe
size: size taille pointure grosse groesse
gender: gender sexe genre geschlecht
age_group: age_group tranche_d_age groupe_d_age altersgruppe
material: material matiere materiau werkstoff
pattern: pattern motif muster
adult: adult adults_only
tax_rate: tax_rate vat_rate vat taux_tva taux_de_tva tva mwst mwst_satz mehrwertsteuer
  steuersatz
quantity: quantity qty stock stock_quantity inventory quantite quantite_en_stock menge bestand
  lagerbestand
preorder_days: preorder_days
weight: weight shipping_weight product_weight poids gewicht
is_digital: is_digital digital numerique
platform: platform plateforme plattform
regions: regions region
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    field = ""
    for line in table.strip().splitlines():
        head, colon, names = line.partition(": ")
        field = head if colon else field
        found[field] = (*found.get(field, ()), *(names if colon else line).split())
    return found


#: Fields that columns can be mapped to, each with the names it is known by, the best first.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = _read(_TABLE)
