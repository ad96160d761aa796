"""Places of the customers' countries."""

from __future__ import annotations

from ..records.country import Country
from .place import Place

PLACES = {
    "LU": Place(
        Country("Luxembourg", "LU"),
        (
            ("1111", "Luxembourg"),
            ("2450", "Luxembourg"),
            ("4130", "Esch-sur-Alzette"),
            ("L-9053", "Ettelbruck"),
            ("6130", "Junglinster"),
            ("5610", "Mondorf-les-Bains"),
            ("9990", "Weiswampach"),
            ("3429", "Dudelange"),
        ),
        (
            "Rue de la Gare",
            "Grand-Rue",
            "Op der Haart",
            "Avenue de la Liberté",
            "Boulevard Royal",
            "Rue de l'Église",
            "Am Duerf",
            "Montée de la Pétrusse",
        ),
        (
            "+352 621 ### ###",
            "621######",
            "00352 661 ## ## ##",
            "+352691######",
            "(+352) 26 ## ## - ##",
            "26 ## ## ##",
            "+352-27-##-##-##",
            "352 621 ######",
        ),
    ),
    "FR": Place(
        Country("France", "FR"),
        (("57000", "Metz"), ("54000", "Nancy"), ("75011", "Paris"), ("01000", "Bourg-en-Bresse")),
        ("Rue Serpenoise", "Boulevard Voltaire", "Place Stanislas", "Impasse des Lilas"),
        (
            "06 12 ## ## ##",
            "+33 6 12 ## ## ##",
            "00336 12 ## ## ##",
            "+33 (0)6 12 ## ## ##",
            "03.87.##.##.##",
        ),
    ),
    "BE": Place(
        Country("Belgique", "BE"),
        (("6700", "Arlon"), ("4000", "Liège"), ("1000", "Bruxelles"), ("2000", "Antwerpen")),
        ("Rue du Marché", "Chaussée de Namur", "Meir", "Avenue Louise"),
        ("0470 12 ## ##", "+32 470 12 ## ##", "0032 470 12 ## ##", "063/22.##.##"),
    ),
    "DE": Place(
        Country("Deutschland", "DE"),
        (("54290", "Trier"), ("66111", "Saarbrücken"), ("10115", "Berlin"), ("01067", "Dresden")),
        ("Simeonstraße", "Am Römertor", "Hauptstraße", "Straße des 17. Juni"),
        (
            "0151 23######",
            "+49 151 23######",
            "+49 (0) 651 97####",
            "0651/97####",
            "0049 151 23######",
        ),
    ),
    "CH": Place(
        Country("Schweiz", "CH"),
        (("8001", "Zürich"), ("3011", "Bern"), ("1204", "Genève")),
        ("Bahnhofstrasse", "Kramgasse", "Rue du Rhône"),
        ("+41 79 6## ## ##", "079 6## ## ##", "0041 79 6## ## ##"),
    ),
    "NL": Place(
        Country("Nederland", "NL"),
        (("1012 AB", "Amsterdam"), ("6211 CE", "Maastricht")),
        ("Damrak", "Grote Staat"),
        ("06 12 ### ###", "+31 6 12 ### ###"),
    ),
    "PT": Place(
        Country("Portugal", "PT"),
        (("1100-148", "Lisboa"), ("4000-322", "Porto")),
        ("Rua Augusta", "Rua de Santa Catarina"),
        ("+351 912 ### ###", "912 ### ###"),
    ),
    "IT": Place(
        Country("Italia", "IT"),
        (("00184", "Roma"), ("20121", "Milano")),
        ("Via Cavour", "Corso Buenos Aires"),
        ("+39 347 12# ####", "347 12# ####"),
    ),
    "AT": Place(
        Country("Österreich", "AT"),
        (("1010", "Wien"), ("5020", "Salzburg")),
        ("Kärntner Straße", "Getreidegasse"),
        ("+43 660 12#####", "0660/12#####"),
    ),
}
#: What people write when they do not want to be called.
JUNK_PHONES = ("n/a", "-", "0", "xxx", "+352 621 000 111 / 691 000 222", "call after 6 pm")
