"""What the tests of health, dashboard and screens share: rows of queue, logs and schedules."""

import itertools
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user
from odoo.tests.common import ChromeBrowser

from odoo.addons.orion_base.lib.outbox import Repeat, Verb

VERBS = {
    "test_confirm": Verb("test_confirm", "orders", Repeat.RECONCILABLE),
    "test_stock": Verb("test_stock", "stock", Repeat.REPEATABLE),
}
LABELS = {"test_confirm": "Confirm", "test_stock": "Push stock"}


#: Debian's package of Odoo leaves this file of `mail` out; its absence is said in the console.
MISSING_LIBRARY = "selfie_segmentation.js"


def ignore_missing_library():
    """Patcher for browser tests: a library that Odoo's package lacks is no failure."""
    handle_console = ChromeBrowser._handle_console

    def handle(browser, type, args=None, **keywords):
        if args and MISSING_LIBRARY in str(args[0].get("value", "")):
            return
        handle_console(browser, type, args=args, **keywords)

    return patch.object(ChromeBrowser, "_handle_console", handle)


class WatchMixin:
    """For test cases with a database; call `_set_up_watch` in `setUpClass`."""

    @classmethod
    def _set_up_watch(cls):
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create({"name": "Watched"})
        cls.manager = cls._new_user("watch_manager", "orion_base.group_orion_manager")
        cls.user = cls._new_user("watch_user", "orion_base.group_orion_user")
        cls.numbers = itertools.count(1)
        operations = cls.env.registry["orion.operation"]
        field = operations._fields["operation"]
        cls.startClassPatcher(patch.object(operations, "_get_verbs", lambda records: VERBS))
        cls.startClassPatcher(patch.dict(field._selection, LABELS))
        cls.startClassPatcher(patch.object(field, "selection", list(field._selection.items())))
        cls._label_verbs()

    @classmethod
    def _label_verbs(cls):
        """Give the verbs of the test a label, as an addon's `selection_add` does."""
        field = cls.env["ir.model.fields"]._get("orion.operation", "operation")
        for value, label in LABELS.items():
            cls.env.cr.execute(
                "INSERT INTO ir_model_fields_selection (field_id, value, name, sequence)"
                " VALUES (%s, %s, jsonb_build_object('en_US', %s::text), 1)",
                (field.id, value, label),
            )
        cls.env.registry.clear_cache("stable")
        cls.addClassCleanup(cls.env.registry.clear_cache, "stable")

    @classmethod
    def _new_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _channel(cls, name="Watched channel", company=None, **values):
        return cls.env["orion.channel"].create(
            {
                "name": name,
                "marketplace": "storefront",
                "company_id": (company or cls.company).id,
                "responsible_id": False,
                "state": "connected",
                **values,
            }
        )

    @classmethod
    def _schedule(cls, channel, job_type="order_import", **values):
        schedule = channel.schedule_ids.filtered(lambda found: found.job_type == job_type)
        values = {"enabled": True, "next_run_at": cls._ago(minutes=-5), **values}
        if schedule:
            schedule.write(values)
            return schedule
        return schedule.create({"channel_id": channel.id, "job_type": job_type, **values})

    @classmethod
    def _log(cls, channel, status="success", age_minutes=1, count=1, **values):
        time = cls._ago(minutes=age_minutes)
        logs = cls.env["orion.sync.log"].create(
            [
                {
                    "channel_id": channel.id,
                    "operation_type": "order_import",
                    "direction": "inbound",
                    "status": status,
                    "started_at": time,
                    "completed_at": time,
                    **values,
                }
                for _number in range(count)
            ]
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE orion_sync_log SET create_date = %s WHERE id = ANY(%s)", (time, logs.ids)
        )
        logs.invalidate_recordset()
        return logs

    @classmethod
    def _operations(cls, channel, count, status="pending", operation="test_confirm", **values):
        return cls.env["orion.operation"].create(
            [
                {
                    "channel_id": channel.id,
                    "operation": operation,
                    "status": status,
                    "idempotency_key": f"watch-{next(cls.numbers)}",
                    "payload": {"unit": "a"},
                    **values,
                }
                for _number in range(count)
            ]
        )

    @staticmethod
    def _ago(**duration):
        return fields.Datetime.now() - timedelta(**duration)
