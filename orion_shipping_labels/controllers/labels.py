import tempfile
from contextlib import ExitStack

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import request

from odoo.addons.orion_base.rpc import USER

from ..label_pdf import LabelPrint

#: Up to this size a print is kept in memory, beyond it in a file.
_IN_MEMORY = 1024 * 1024
_TYPES = {"pdf": "application/pdf", "zpl": "application/zpl"}


class LabelController(http.Controller):
    """Files of labels: one, or many in one."""

    @http.route("/orion/labels/<int:label_id>", type="http", auth="user", methods=["GET"])
    def label(self, label_id):
        """One label from its kept file."""
        label = self._labels([label_id])
        stream = request.env["ir.binary"]._get_stream_from(label.sudo().attachment_id, "raw")
        return stream.get_response(as_attachment=label.kind == "zpl")

    @http.route("/orion/labels/batch/<int:batch_id>", type="http", auth="user", methods=["GET"])
    def batch(self, batch_id, kind="pdf", labels=""):
        """Labels of a batch in one file, in the order asked for; one in memory at a time."""
        ids = [int(part) for part in labels.split(",") if part.isdigit()]
        found = self._labels(ids).filtered(lambda label: label.kind == kind)
        if kind not in _TYPES or not found:
            raise NotFound
        spool, size = _spooled(found, _write_pdf if kind == "pdf" else _write_zpl)
        return http.Response(
            wrap_file(request.httprequest.environ, spool),
            direct_passthrough=True,
            headers={
                "Content-Type": _TYPES[kind],
                "Content-Length": str(size),
                "Content-Disposition": f'attachment; filename="labels-{batch_id}.{kind}"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _labels(self, ids):
        """Labels that exist and the user may see, with a file.

        :raise NotFound: there is none
        """
        if not request.env.user.has_group(USER):
            raise NotFound
        labels = request.env["orion.shipping.label"].browse(ids).exists()
        labels = labels._filtered_access("read").filtered("attachment_id")
        if not labels:
            raise NotFound
        return labels


def _spooled(labels, write):
    """What `write` makes of labels, to be read from its beginning, and its size. Who reads it
    closes it."""
    with ExitStack() as stack:
        spool = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        write(labels, spool)
        size = spool.tell()
        spool.seek(0)
        stack.pop_all()
    return spool, size


def _write_pdf(labels, stream):
    merged = LabelPrint(stream)
    for label in labels:
        merged.add(label._content())
    merged.finish()


def _write_zpl(labels, stream):
    for label in labels:
        stream.write(label._content().rstrip() + b"\n")
