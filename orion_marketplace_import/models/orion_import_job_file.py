import base64
import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.lib.safe_url import fetch_url

from ..lib.reading import FileProblem, UnreadableFeed

LARGEST_DOWNLOAD = 1024 * 1024 * 1024
#: A cron process is killed after two minutes, by Odoo's default limits.
DOWNLOAD_SECONDS = 75.0
_BLOCK = 1024 * 1024


class OrionImportJob(models.Model):
    """The file of an import: fetched and read without ever being in memory as a whole."""

    _inherit = "orion.import.job"

    def _fetch(self):
        """Fetch the feed: no transaction is open meanwhile."""
        url = self.source_url
        with tempfile.NamedTemporaryFile() as file:
            yield PAUSE
            self._download(url, file)
            file.flush()
            self._keep_file(Path(file.name))
        yield JobStep()

    @api.model
    def _download(
        self, url, target, max_bytes=LARGEST_DOWNLOAD, seconds=DOWNLOAD_SECONDS, cut=False
    ):
        """Write what an address answers into the file `target`.

        :raise UnreadableFeed: it is too large
        :raise OrionError: it cannot be fetched
        """
        allowed = self.env["ir.config_parameter"].sudo()
        allow_private = allowed.get_param("orion_base.allow_private_addresses") == "True"
        try:
            fetch_url(
                url,
                allow_private=allow_private,
                target=target,
                max_bytes=max_bytes,
                timeout=seconds,
                cut=cut,
            )
        except InvalidAnswer as error:
            if error.details.get("cause") != "too large":
                raise
            megabytes = max_bytes // 1024**2
            raise UnreadableFeed(FileProblem.TOO_LARGE, megabytes=megabytes) from None

    def _keep_file(self, path):
        """Put a file into the filestore. Odoo's own way would hold all of it in memory, and a
        second time as base64."""
        attachments = self.env["ir.attachment"].sudo()
        if attachments._storage() != "file":
            self.content = base64.b64encode(path.read_bytes())
            return
        checksum = _checksum(path)
        name = f"{checksum[:2]}/{checksum}"
        target = Path(attachments._full_path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        # in case this transaction is undone
        attachments._mark_for_gc(name)
        with (
            path.open("rb") as source,
            tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as copy,
        ):
            shutil.copyfileobj(source, copy, _BLOCK)
        Path(copy.name).replace(target)
        attachment = attachments.create(
            {
                "name": "content",
                "res_model": self._name,
                "res_field": "content",
                "res_id": self.id,
                "mimetype": "application/octet-stream",
            }
        )
        attachment.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s,"
                " db_datas = NULL WHERE id = %s",
                name,
                checksum,
                path.stat().st_size,
                attachment.id,
            )
        )
        attachment.invalidate_recordset()
        self.invalidate_recordset(["content"])

    def _file_attachment(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "content"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )

    @contextmanager
    def _file(self):
        """Path of the file: that of the filestore, or a copy where attachments are elsewhere."""
        attachment = self._file_attachment()
        if attachment.store_fname:
            yield Path(attachment._full_path(attachment.store_fname))
            return
        with tempfile.NamedTemporaryFile() as copy:
            copy.write(attachment.raw or b"")
            copy.flush()
            yield Path(copy.name)


def _checksum(path):
    digest = hashlib.sha1(usedforsecurity=False)
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
