import tempfile
from contextlib import ExitStack

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import request

from odoo.addons.orion_base.rpc import USER

from ..label_pdf import LabelPrint, UnreadableLabel

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
        spool, size, left_out = _spooled(found, _write_pdf if kind == "pdf" else _write_zpl)
        self._note_left_out(batch_id, kind, left_out)
        if len(left_out) == len(found):
            # the page stays as it is, and says why
            spool.close()
            return http.Response(status=204)
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

    def _note_left_out(self, batch_id, kind, left_out):
        """Say in the rows of the batch which labels are not in the print.

        :param left_out: `{label: UnreadableLabel}`
        """
        labels = request.env["orion.shipping.label"].union(*left_out)
        for label, error in left_out.items():
            label._note_left_out(error)
        batch = request.env["orion.shipping.batch"].browse(batch_id).exists()
        for line in batch._filtered_access("write").line_ids:
            if line.label_id in labels:
                line._note_not_printed(kind)
        labels.order_id._orion_tell_screens()

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
    """What `write` makes of labels, to be read from its beginning, its size, and
    `{label: UnreadableLabel}` of those that are not in it. Who reads it closes it."""
    with ExitStack() as stack:
        spool = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        left_out = write(labels, spool)
        size = spool.tell()
        spool.seek(0)
        stack.pop_all()
    return spool, size, left_out


def _write_pdf(labels, stream):
    merged = LabelPrint(stream)
    left_out = _write_each(labels, merged.add)
    merged.finish()
    return left_out


def _write_zpl(labels, stream):
    return _write_each(labels, lambda content: stream.write(content.rstrip() + b"\n"))


def _write_each(labels, write):
    """Hand the file of each label to `write`, one after the other.

    :return: `{label: UnreadableLabel}` of those that cannot be read
    """
    problems = {label: _problem(label, write) for label in labels}
    return {label: problem for label, problem in problems.items() if problem is not None}


def _problem(label, write):
    try:
        write(label._content())
    except UnreadableLabel as error:
        return error
    return None
