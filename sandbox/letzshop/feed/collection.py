"""The merchant's new collection: what stands in the feeds and in no order yet."""

from __future__ import annotations

from .model import Model

#: In English, French and German, with the colour of the picture.
COLORS = {
    "red": (("Red", "Rouge", "Rot"), (196, 43, 43)),
    "blue": (("Blue", "Bleu", "Blau"), (38, 84, 168)),
    "green": (("Green", "Vert", "Grün"), (52, 130, 76)),
    "black": (("Black", "Noir", "Schwarz"), (40, 40, 44)),
    "sand": (("Sand", "Sable", "Sand"), (205, 183, 144)),
}
_SIZES = ("S", "M", "L", "XL")

COLLECTION = (
    Model(
        "Fashion > Women > Dresses",
        17,
        "79.00",
        "Atelier Minett",
        ("Linen dress Mullerthal", "Robe en lin Mullerthal", "Leinenkleid Mullerthal"),
        (
            "Airy linen from a weaver of the region; washable at 40 °C.",
            "Lin aérien d’un tisserand de la région ; lavable à 40 °C.",
            "Luftiges Leinen aus einer Weberei der Region; bei 40 °C waschbar.",
        ),
        ("blue", "sand", "green"),
        _SIZES,
        material="Linen",
    ),
    Model(
        "Fashion > Men > Shirts",
        17,
        "49.90",
        "Atelier Minett",
        ("Shirt Belval", "Chemise Belval", "Hemd Belval"),
        (
            "Organic cotton, straight cut, buttons of mother-of-pearl.",
            "Coton biologique, coupe droite, boutons de nacre.",
            "Bio-Baumwolle, gerader Schnitt, Perlmuttknöpfe.",
        ),
        ("blue", "black", "sand"),
        _SIZES,
        sale_price="39.90",
        material="Cotton",
    ),
    Model(
        "Fashion > Children > Pullovers",
        3,
        "34.50",
        "Kleng Wollek",
        ("Children’s pullover Cloud", "Pull enfant Nuage", "Kinderpullover Wolke"),
        (
            "Merino wool that does not scratch; cuffs that grow along.",
            "Laine mérinos qui ne gratte pas ; poignets qui grandissent avec l’enfant.",
            "Merinowolle, die nicht kratzt; Bündchen wachsen mit.",
        ),
        ("red", "green"),
        ("92", "104", "116", "128"),
        step="2.00",
        material="Wool",
    ),
    Model(
        "Fashion > Bags",
        17,
        "119.00",
        "Sattler Kayl",
        ("Shoulder bag Alzette", "Sac à bandoulière Alzette", "Schultertasche Alzette"),
        (
            "Vegetable-tanned leather, lined, with a pocket for a 13-inch computer.",
            "Cuir au tannage végétal, doublé, poche pour un ordinateur de 13 pouces.",
            "Pflanzlich gegerbtes Leder, gefüttert, Fach für einen 13-Zoll-Rechner.",
        ),
        ("black", "red"),
        material="Leather",
    ),
    Model(
        "Home & Garden > Kitchen > Knives",
        17,
        "64.00",
        "Messer Vianden",
        ("Chef’s knife", "Couteau de chef", "Kochmesser"),
        (
            "Forged in one piece, handle of walnut.",
            "Forgé d’une pièce, manche en noyer.",
            "Aus einem Stück geschmiedet, Griff aus Nussbaum.",
        ),
        (),
        ("16 cm", "20 cm", "24 cm"),
        step="12.00",
    ),
    Model(
        "Home & Garden > Kitchen > Pots",
        17,
        "149.00",
        "Kächen & Co",
        ("Cast iron pot 4 l", "Cocotte en fonte 4 l", "Gusseisentopf 4 l"),
        (
            "Enamelled inside and out, for all hobs and for the oven.",
            "Émaillée à l’intérieur comme à l’extérieur, tous feux et four.",
            "Innen und außen emailliert, für alle Herde und den Ofen.",
        ),
        ("red", "black"),
        sale_price="129.00",
    ),
    Model(
        "Home & Garden > Textiles",
        17,
        "24.90",
        "Weiwerei Esch",
        ("Bath towel", "Drap de bain", "Badetuch"),
        (
            "500 g/m², dries quickly, 70 × 140 cm.",
            "500 g/m², sèche vite, 70 × 140 cm.",
            "500 g/m², trocknet schnell, 70 × 140 cm.",
        ),
        ("blue", "green", "sand"),
        material="Cotton",
    ),
    Model(
        "Sports > Cycling",
        17,
        "89.00",
        "Vëlo Mersch",
        ("Bicycle helmet", "Casque de vélo", "Fahrradhelm"),
        (
            "With a light at the back that charges by USB.",
            "Avec feu arrière rechargeable par USB.",
            "Mit Rücklicht, das über USB lädt.",
        ),
        ("black", "red", "blue"),
        ("M", "L"),
    ),
    Model(
        "Food > Sweets",
        3,
        "8.50",
        "Schokela Oberweis & Cie",
        ("Chocolate of the Moselle, 200 g", "Chocolat de la Moselle, 200 g",
         "Schokolade von der Mosel, 200 g"),
        (
            "Dark, 72 % cocoa, with roasted hazelnuts.",
            "Noir, 72 % de cacao, aux noisettes torréfiées.",
            "Zartbitter, 72 % Kakao, mit gerösteten Haselnüssen.",
        ),
    ),
    Model(
        "Food > Drinks > Cider",
        17,
        "6.90",
        "Viz Mosterei",
        ("Cider of orchard apples, 0.75 l", "Cidre de vergers, 0,75 l",
         "Apfelwein von Streuobst, 0,75 l"),
        (
            "Dry and unfiltered, of old sorts of apple.",
            "Brut et non filtré, de variétés anciennes.",
            "Trocken und naturtrüb, aus alten Apfelsorten.",
        ),
    ),
    Model(
        "Toys > Wooden Toys",
        17,
        "39.00",
        "Holzwierk",
        ("Tram of Luxembourg, wood", "Tram de Luxembourg en bois", "Luxemburger Tram aus Holz"),
        (
            "Three cars of beech, with magnets; from 3 years.",
            "Trois voitures en hêtre, aimantées ; dès 3 ans.",
            "Drei Wagen aus Buche, mit Magneten; ab 3 Jahren.",
        ),
    ),
    Model(
        "Books > Travel",
        3,
        "19.80",
        "Éditions du Pont",
        ("Weekends in the Éislek", "Week-ends en Éislek", "Wochenenden im Éislek"),
        (
            "Forty walks with maps, inns and bathing places.",
            "Quarante balades avec cartes, auberges et baignades.",
            "Vierzig Wanderungen mit Karten, Gasthäusern und Badestellen.",
        ),
    ),
    Model(
        "Beauty > Soap",
        17,
        "7.20",
        "Seefekummer",
        ("Soap with lavender", "Savon à la lavande", "Lavendelseife"),
        (
            "Cold-stirred, without palm oil, 100 g.",
            "Saponifié à froid, sans huile de palme, 100 g.",
            "Kalt gerührt, ohne Palmöl, 100 g.",
        ),
    ),
)  # fmt: skip
