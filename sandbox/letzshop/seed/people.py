"""Customers, in many scripts."""

from __future__ import annotations

from .person import Person

#: People of the region.
PEOPLE = (
    Person("Anna", "Weber", "anna.weber", "de", "LU"),
    Person("Jean-Claude", "Muller", "jc.muller", "fr", "LU"),
    Person("Marie", "Dupont", "marie.dupont", "fr", "FR"),
    Person("Lukas", "Schneider", "lukas.schneider", "de", "DE"),
    Person("Sophie", "Lambert", "sophie.lambert", "fr", "BE"),
    Person("Emma", "Thill", "emma.thill", "fr", "LU"),
    Person("João", "da Conceição Gonçalves", "joao.goncalves", "fr", "LU"),
    Person("Claire", "O’Brien", "claire.obrien", "en", "LU"),
    Person("Ben", "Hoffmann", "ben.hoffmann", "de", "LU"),
    Person("Nora", "Kieffer", "nora.kieffer", "fr", "LU"),
    Person("Jürgen", "Groß", "juergen.gross", "de", "DE"),
    Person("Zoé", "Lefèbvre-Noël", "zoe.lefebvre", "fr", "FR"),
    Person("Wim", "van den Broeck", "wim.vdb", "en", "BE"),
    Person("Paul", "Reding", "paul.reding", "fr", "LU"),
    Person("Laura", "Ferreira", "laura.ferreira", "fr", "LU"),
    Person("Tom", "Wagner", "tom.wagner", "de", "LU"),
    Person("Isabelle", "Meyer", "isabelle.meyer", "fr", "FR"),
    Person("Marco", "Rossi", "marco.rossi", "en", "IT"),
    Person("Katrin", "Bauer", "katrin.bauer", "de", "DE"),
    Person("Hugo", "Steffen", "hugo.steffen", "fr", "LU"),
    Person("Ana", "Pereira", "ana.pereira", "fr", "PT"),
    Person("Lena", "Klein", "lena.klein", "de", "LU"),
    Person("David", "Smith", "david.smith", "en", "LU"),
    Person("Carla", "Simon", "carla.simon", "fr", "LU"),
    Person("Sven", "de Vries", "sven.devries", "en", "NL"),
    Person("Élodie", "Charpentier", "elodie.charpentier", "fr", "BE"),
    Person("Max", "Huber", "max.huber", "de", "AT"),
    Person("Chiara", "Schmit", "chiara.schmit", "fr", "LU"),
)
#: Luxembourgish on the screen.
LUXEMBOURGISH = Person("Jang", "Linster-Dëschbourg", "jang.linster", "lb", "LU")
#: Lives where francs are paid.
SWISS = Person("Reto", "Zürcher", "reto.zuercher", "de", "CH")
#: Names that try what a program can write down.
SCRIPTS = (
    Person("Ольга", "Иванова", "olga.ivanova", "fr", "LU"),
    Person("Γιώργος", "Παπαδόπουλος", "g.papadopoulos", "en", "LU"),
    Person("محمد", "العلي", "m.alali", "fr", "BE"),
    Person("伟", "王", "wei.wang", "en", "LU"),
    Person("さくら", "田中", "sakura.tanaka", "en", "DE"),
    Person("Łukasz", "Brzęczyszczykiewicz", "l.brz", "en", "LU"),
    Person("Nguyễn", "Thị Ánh Đào", "anhdao.nguyen", "fr", "FR"),
    Person("Zoë 🌸", "Wünsch 🚲", "zoe.wuensch", "de", "LU"),
    Person("שרה", "כהן", "sarah.cohen", "en", "LU"),
    Person("Ñandú", "Íñiguez y Áçé", "nandu", "en", "LU"),
    Person("anne-so", "d'Hœr", "anneso", "fr", "LU"),
    Person("<b>Bobby</b>", "Tables'); --", "bobby.tables", "en", "LU"),
)
#: Longer than any form has room for.
LONG = Person(
    "Maria Magdalena Theresia Josephine Wilhelmine Charlotte Friederike Antoinette",
    "von und zu Hohenfels-Oberwampach-Niederfeulen-Bettendorf genannt Schlink" * 3,
    "maria.magdalena.theresia.josephine.wilhelmine.charlotte.friederike.antoinette",
    "de",
    "LU",
)
#: Buyers for their companies.
COMPANIES = (
    Person("Pierre", "Faber", "achats", "fr", "LU", "Faber & Fils S.à r.l."),
    Person("Heike", "Lorenz", "einkauf", "de", "DE", "Lorenz Büromöbel GmbH & Co. KG"),
    Person("An", "Peeters", "orders", "en", "BE", "Peeters Logistics NV"),
    Person("Luc", "Besch", "compta", "fr", "LU", "Commune de Bous-Waldbredimus"),
    Person("", "", "office", "en", "LU", "Cloud 352 S.A."),
)
