"""Words of which made-up games are named."""

from __future__ import annotations

FIRST = (
    "Iron", "Crystal", "Hollow", "Silent", "Burning", "Frozen", "Golden", "Broken", "Distant",
    "Crimson", "Savage", "Eternal", "Hidden", "Lost", "Neon", "Rusty", "Sunken", "Velvet", "Wild",
    "Winter", "Midnight", "Paper", "Quantum", "Rogue", "Solar", "Tidal", "Umber", "Vivid",
)  # fmt: skip
SECOND = (
    "Harbour", "Citadel", "Frontier", "Garden", "Legion", "Orchard", "Protocol", "Railway",
    "Sanctuary", "Tactics", "Voyage", "Wardens", "Chronicle", "Drift", "Empire", "Farm", "Galaxy",
    "Horizon", "Island", "Journey", "Kingdom", "Labyrinth", "Monastery", "Nomads", "Outpost",
)  # fmt: skip
EDITIONS = ("", "", "", "", " II", " III", " Deluxe Edition", " Gold Edition", " - Season Pass")
DEVELOPERS = (
    "Moselle Interactive", "Blue Otter", "Nordlicht Spiele", "Atelier Pixel", "Cobblestone Games",
    "Second Breakfast", "Tall Pine Studio", "Quiet Room",
)  # fmt: skip
PLATFORMS = ("Steam", "Uplay", "Origin", "GOG", "Xbox Live", "PSN", "Nintendo", "Battle.net")
REGIONS = ("WORLDWIDE", "WORLDWIDE", "WORLDWIDE", "EU", "EMEA", "PL", "ROW", "NA")
LANGUAGES = ("Multilanguage", "en", "de", "fr", "pl")
