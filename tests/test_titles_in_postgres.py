"""Titles picked by PostgreSQL's trigrams are those that the library picks without them.

The private PostgreSQL has no pg_trgm, so this runs on the machine's own where there is one.
"""

from __future__ import annotations

import importlib.util
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg2
import pytest

from tools import settings
from tools.postgres import Cluster
from tools.settings import REPOSITORY

COMPANY = 1
PRODUCTS = 10_000
TITLES = 300
WORDS = ("scarf", "lamp", "kettle", "bucket", "riddle", "pencil", "candle", "blanket", "teapot")


def _load(path: str) -> ModuleType:
    """A module of an addon, without Odoo's own way to load it."""
    file = REPOSITORY / "orion_order_exceptions" / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


title_query, titles = _load("title_query.py"), _load("lib/titles.py")


def _binaries() -> Path | None:
    """The newest PostgreSQL of the machine that has trigrams, as Debian lays it out."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        shared = Path("/usr/share/postgresql") / folder.parent.name / "extension"
        if (shared / "pg_trgm.control").exists() and (folder / "initdb").exists():
            return folder
    return None


@pytest.fixture(scope="module")
def cursor() -> Iterator[Any]:
    """A catalogue in a database with trigrams, indexed as Odoo does it."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("No PostgreSQL with pg_trgm in /usr/lib/postgresql: install postgresql.")
    with tempfile.TemporaryDirectory(prefix="orion-trgm-") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(replace(settings.from_environment(), cache=Path(folder)), binaries)
        server = cluster.start()
        connection = psycopg2.connect(host=server.host, user=server.user, dbname="postgres")
        try:
            with connection.cursor() as cursor:
                _fill(cursor)
                yield cursor
        finally:
            connection.close()
            cluster.stop()


def _fill(cursor: Any) -> None:
    draw = random.Random("titles")
    cursor.execute(
        "CREATE EXTENSION pg_trgm; CREATE TABLE product_template"
        " (id serial, name jsonb, active bool, sale_ok bool, company_id int)"
    )
    names = [
        {"en_US": f"Article {draw.choice(WORDS)} {draw.getrandbits(64):016x} {number // 10:05d}"}
        for number in range(PRODUCTS)
    ]
    names += [{"en_US": "Zinc bucket, blue", "fr_FR": "Seau en zinc bleu"}]
    cursor.execute(
        "INSERT INTO product_template (name, active, sale_ok)"
        " SELECT jsonb_array_elements(%s), TRUE, TRUE",
        [json.dumps(names)],
    )
    cursor.execute(
        "INSERT INTO product_template (name, active, sale_ok, company_id) VALUES"
        """ ('{"en_US": "Zinc anchor"}', TRUE, TRUE, 2),"""
        """ ('{"en_US": "Zinc wire"}', FALSE, TRUE, 1),"""
        """ ('{"en_US": "Zinc nail"}', TRUE, FALSE, 1),"""
        """ ('{"en_US": "Zinc sheet"}', TRUE, TRUE, 1);"""
        " CREATE INDEX ON product_template USING gin"
        " ((jsonb_path_query_array(name, '$.*')::text) gin_trgm_ops); ANALYZE product_template"
    )


def _picked(cursor: Any, wanted: list[str]) -> list[int]:
    plain = [titles.plain_title(title) for title in wanted]
    words = {word for title in plain for word in title.split()}
    query = title_query.words_query(words, [COMPANY], unaccent=False)
    cursor.execute(title_query.PREPARE)
    cursor.execute(query.code, query.params)
    found = dict(cursor.fetchall())
    cursor.execute(title_query.RESET)
    return list(title_query.promising(plain, found))


def _names(cursor: Any, ids: list[int] | None) -> list[tuple[int, str]]:
    cursor.execute(
        "SELECT id, value FROM product_template, jsonb_each_text(name)"
        " WHERE active AND sale_ok AND COALESCE(company_id, %s) = %s AND (%s OR id = ANY(%s))",
        [COMPANY, COMPANY, ids is None, ids or []],
    )
    return list(cursor.fetchall())


def test_misspelt_and_translated_words_are_found(cursor: Any) -> None:
    for title in ("Zinkk buckett", "Seaux", "Blue bucket made of zinc"):
        found = dict(_names(cursor, _picked(cursor, [title])))
        assert "Zinc bucket, blue" in found.values() or "Seau en zinc bleu" in found.values()


def test_the_index_is_used_although_it_was_not_vacuumed(cursor: Any) -> None:
    query = title_query.words_query(["bucket"], [COMPANY], unaccent=False)
    cursor.execute(title_query.PREPARE)
    cursor.execute(f"EXPLAIN {query.code}", query.params)
    plan = "\n".join(line for (line,) in cursor.fetchall())
    cursor.execute(title_query.RESET)
    assert "Bitmap Index Scan" in plan
    cursor.execute("SHOW enable_seqscan")
    assert cursor.fetchone() == ("on",)


def test_what_the_company_cannot_sell_is_not_picked(cursor: Any) -> None:
    cursor.execute("SELECT id, name->>'en_US' FROM product_template WHERE name->>'en_US' ~ '^Zinc'")
    names = dict(cursor.fetchall())
    picked = {names.get(product) for product in _picked(cursor, ["zinc"])} - {None}
    assert picked == {"Zinc bucket, blue", "Zinc sheet"}


def test_the_same_products_are_similar_as_without_trigrams(cursor: Any) -> None:
    """Also where all names share a word, which decides nothing and must cost nothing."""
    draw = random.Random("wanted")
    everything = _names(cursor, None)
    chosen = draw.sample(everything, TITLES)
    # the marketplace's title: a letter wrong, a word more
    wanted = [f"{name[:-1]}x, new" for _id, name in chosen]
    picked = _picked(cursor, wanted)
    assert len(picked) < PRODUCTS / 2
    with_trigrams = titles.TitleIndex(_names(cursor, picked))
    without = titles.TitleIndex(everything)
    for (product, _name), title in list(zip(chosen, wanted, strict=True))[:50]:
        best = with_trigrams.similar(title, limit=1)
        assert best == without.similar(title, limit=1)
        assert best[0][0] == product
