"""A database of an earlier version is upgraded by Odoo itself."""

from __future__ import annotations

import subprocess

from tests.support.stage import Stage
from tools import log_check
from tools.configuration import write_configuration

_BEFORE = """
env["orion.channel"].create({"name": "Old", "marketplace": "letzshop", "active": False})
env.cr.execute('''
    INSERT INTO orion_marketplace_product (channel_id, external_id, title, price, sale_price,
        digests, row_digests, attributes, published_values, published_at, is_product_created,
        item_group_id)
    SELECT id, 'OLD', '{"en_US": "Old"}', 9.9, 8.9, '{"en": "1"}', '{"en": "1"}',
           '{"sale_price_effective_date": "2026-01-01/2026-02-01"}', '{"variant_price": 9.9}',
           now(), TRUE, 'GROUP' FROM orion_channel WHERE name = 'Old';
    UPDATE ir_module_module SET latest_version = '19.0.1.0.0'
     WHERE name = 'orion_marketplace_import'
''')
env.cr.commit()
"""


def test_published_rows_keep_their_group_and_their_sale_is_looked_at(
    stage: Stage, database: str
) -> None:
    stage.shell(database, _BEFORE)
    log = stage.environment.settings.cache / "logs" / f"{database}-upgrade.log"
    configuration = write_configuration(
        stage.environment, stage.postgres, database, {"logfile": str(log)}, f"upgrade-{database}"
    )
    subprocess.run(
        [
            str(stage.environment.settings.python), "-m", "odoo", "-c", str(configuration),
            "--update=orion_marketplace_import", "--stop-after-init", "--no-http",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    rows = stage.databases.query(
        database,
        "SELECT published_group, sale_turns_at IS NOT NULL FROM orion_marketplace_product"
        " WHERE external_id = 'OLD'",
    )
    assert rows == [("GROUP", True)]
    assert log_check.unexpected(log, log_check.allowed_by()) == []
