import hashlib
import hmac

from odoo import SUPERUSER_ID, http
from odoo.http import request


class OrionHealthController(http.Controller):
    """Health for monitoring programs, without a session."""

    @http.route(
        "/orion/health",
        type="http",
        auth="none",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def health(self, company_id=None, **_unused):
        """Metrics and channel states of one company, or of all.

        Answers 200 when healthy, 503 when a threshold is crossed, 401 without the token of
        the settings, 400 and 404 for a company that is no number or unknown.
        """
        env = request.env(user=SUPERUSER_ID)
        if not self._token_matches(env):
            response = self._refuse(
                401, env._("Send the health token of the Marketplaces settings as bearer token.")
            )
            response.headers["WWW-Authenticate"] = 'Bearer realm="Orion health"'
            return response
        if company_id is None:
            companies = env["res.company"].search([])
        elif not company_id.isascii() or not company_id.isdigit() or len(company_id) > 9:
            return self._refuse(400, env._("company_id must be the number of a company."))
        else:
            companies = env["res.company"].browse(int(company_id)).exists()
            if not companies:
                return self._refuse(404, env._("There is no company with this company_id."))
        report = (
            env["orion.health"].with_context(allowed_company_ids=companies.ids)._report(companies)
        )
        return request.make_json_response(
            report,
            headers=[("Cache-Control", "no-store")],
            status=200 if report["status"] == "healthy" else 503,
        )

    def _token_matches(self, env):
        expected = env["ir.config_parameter"].get_param("orion_base.health_token_hash")
        scheme, _space, token = request.httprequest.headers.get("Authorization", "").partition(" ")
        if not expected or scheme.lower() != "bearer" or not token:
            return False
        digest = hashlib.sha256(token.strip().encode()).hexdigest()
        return hmac.compare_digest(digest.encode(), expected.encode())

    def _refuse(self, status, message):
        return request.make_json_response({"error": message}, status=status)
