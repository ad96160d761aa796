"""What public methods share: checks of the caller, and values that every protocol can carry."""

from datetime import timezone

from odoo.exceptions import AccessError, UserError

USER = "orion_base.group_orion_user"
MANAGER = "orion_base.group_orion_manager"


def check_caller(records, group, operation):
    """Group, existence, then access rights and company of all records.

    :param group: `USER` or `MANAGER`
    :param operation: `read`, `write`, `create` or `unlink`
    :raise AccessError: when the caller lacks the group, the right or the company
    :raise UserError: when a record does not exist
    """
    env = records.env
    if not env.su and not env.user.has_group(group):
        name = env.ref(group).sudo().full_name
        raise AccessError(
            env._("This needs the right “%(group)s”. Ask an administrator for it.", group=name)
        )
    missing = records - records.exists()
    if missing:
        raise UserError(
            env._(
                "%(model)s %(ids)s does not exist (any more). Read the list again and retry.",
                model=env["ir.model"]._get(records._name).name,
                ids=", ".join(map(str, missing.ids)),
            )
        )
    records.check_access(operation)


def plain(value):
    """JSON data with False wherever nothing stands: XML-RPC carries no None."""
    if value is None:
        return False
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    return value


def iso(value):
    """A stored (naive UTC) time as ISO 8601 with `Z`, or False."""
    if not value:
        return False
    return value.replace(tzinfo=timezone.utc, microsecond=0).isoformat().replace("+00:00", "Z")
