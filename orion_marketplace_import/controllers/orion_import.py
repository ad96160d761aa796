from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.orion_base.rpc import USER, check_caller


class OrionImportController(http.Controller):
    """What people download of imports."""

    @http.route(
        "/orion/import/<int:job_id>/rows", type="http", auth="user", methods=["GET"], readonly=True
    )
    def rows(self, job_id, **_unused):
        """The rows of an import that are still to be corrected, as a feed."""
        job = request.env["orion.import.job"].browse(job_id)
        try:
            check_caller(job, USER, "read")
        except (AccessError, MissingError, UserError):
            raise NotFound from None
        name = request.env._("rows to correct %(number)s.csv", number=job.id)
        return request.make_response(
            b"".join(job._iter_row_file()),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
