import base64
import io
import struct
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.image import IMAGE_MAX_RESOLUTION
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.orion_base.lib.errors import OrionError, RetryLater, UnknownOutcome
from odoo.addons.orion_base.lib.safe_url import fetch_url

from ..lib.publishing.pictures import SIGNATURE, address_digest, picture_digest

MOST_ATTEMPTS = 3
#: Addresses fetched between two transactions, at the same time.
AT_ONCE = 8
MAX_BYTES = 10 * 1024 * 1024
SECONDS = 10.0
TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


class OrionProductImage(models.AbstractModel):
    """Fetches the pictures of published rows: each address once, with limits of size, type and
    time. A picture that the store has set is left alone."""

    _name = "orion.product.image"
    _description = "Pictures of Published Products"

    @api.model
    def _has_work(self, channel):
        """Whether a picture of the channel is to be fetched."""
        return bool(self._addresses(channel, limit=1))

    @api.model
    def _addresses(self, channel, limit=AT_ONCE, after=""):
        """Addresses to be fetched, in the order of their digests. An address of which only the
        signature is new has been fetched, unless it failed before.

        :param after: digest of the last one that was tried in this run
        :return: `{address: row ids}`
        """
        self.env["orion.marketplace.product"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT max(s.image_link), array_agg(s.id ORDER BY s.id)
                  FROM orion_marketplace_product s,
                       LATERAL (SELECT md5(regexp_replace(s.image_link, %(signature)s, '', 'gi'))
                                       AS digest) picture
                 WHERE s.channel_id = %(channel)s
                   AND s.product_id IS NOT NULL AND s.published_at IS NOT NULL
                   AND s.image_link LIKE 'http%%' AND picture.digest > %(after)s
                   AND CASE WHEN s.image_status = 'failed'
                            THEN s.image_digest IS DISTINCT FROM md5(s.image_link)
                                 OR s.image_attempts < %(attempts)s
                            ELSE s.image_digest IS DISTINCT FROM picture.digest END
                 GROUP BY picture.digest ORDER BY picture.digest LIMIT %(limit)s
                """,
                signature=SIGNATURE,
                channel=channel.id,
                after=after,
                attempts=MOST_ATTEMPTS,
                limit=limit,
            )
        )
        return dict(found)

    @api.model
    def _digest_of(self, address):
        return picture_digest(address)

    # === FETCHING: no transaction is open === #

    @api.model
    def _fetch_all(self, addresses):
        """`{address: bytes, or an OrionError}`"""
        allowed = self.env["ir.config_parameter"].sudo()
        allow_private = allowed.get_param("orion_base.allow_private_addresses") == "True"
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            answers = [pool.submit(_fetch, address, allow_private) for address in addresses]
        return {address: each.result() for address, each in zip(addresses, answers, strict=True)}

    # === WRITING === #

    @api.model
    def _take(self, addresses, pictures):
        """Set what was fetched.

        :return: `(set or kept, failed)` counts of rows
        """
        staged = self.env["orion.marketplace.product"]
        done = failed = 0
        for address, ids in addresses.items():
            rows = staged.browse(ids).exists().filtered("product_id")
            answer = pictures[address]
            problem = answer if isinstance(answer, OrionError) else self._problem(answer)
            if problem:
                self._note_failure(rows, problem)
                failed += len(rows)
            else:
                self._set(rows, answer)
                done += len(rows)
        return done, failed

    def _problem(self, content):
        """What is wrong with a picture, before it is decoded; None: nothing."""
        if guess_mimetype(content, default="") not in TYPES:
            return self.env._("The address leads to no picture (JPEG, PNG, WebP or GIF).")
        try:
            # tells the size by the picture's head, and refuses one that would fill the memory
            width, height = Image.open(io.BytesIO(content)).size
        except Image.DecompressionBombError:
            width = height = IMAGE_MAX_RESOLUTION
        except (OSError, ValueError, SyntaxError, TypeError, struct.error):
            return self.env._("The picture is damaged. Export it again.")
        if width * height > IMAGE_MAX_RESOLUTION:
            return self.env._(
                "The picture has more than %(limit)s million pixels. Offer a smaller one.",
                limit=round(IMAGE_MAX_RESOLUTION / 1e6),
            )
        return None

    def _note_failure(self, rows, problem):
        """Trouble of the moment is tried again, at most three times; the rest is final."""
        is_passing = isinstance(problem, (RetryLater, UnknownOutcome))
        message = problem.message if isinstance(problem, OrionError) else problem
        for row in rows:
            digest = address_digest(row.image_link)
            attempts = row.image_attempts if row.image_digest == digest else 0
            row.write(
                {
                    "image_digest": digest,
                    "image_status": "failed",
                    "image_attempts": attempts + 1 if is_passing else MOST_ATTEMPTS,
                    "image_error": message,
                }
            )

    def _set(self, rows, content):
        """One picture for all rows that name it; once for the variants of a product."""
        by_template = defaultdict(list)
        for row in rows:
            by_template[row.product_id.product_tmpl_id].append(row)
        for template, same in by_template.items():
            if self._is_shared(template, same):
                self._set_on(template, "image_1920", same, content)
            else:
                for row in same:
                    self._set_on(row.product_id, "image_variant_1920", [row], content)

    def _is_shared(self, template, rows):
        """The picture is the product's: it has no variants, or no other picture yet."""
        variants = template.with_context(active_test=False).product_variant_ids
        own = {row.image_checksum for row in rows} - {False}
        return len(variants) <= 1 or self._checksum(template, "image_1920") in {None, *own}

    def _set_on(self, record, field_name, rows, content):
        current = self._checksum(record, field_name)
        values = {"image_attempts": 0, "image_error": False}
        if current and current not in {row.image_checksum for row in rows}:
            status, checksum = "kept", False
        else:
            try:
                with self.env.cr.savepoint():
                    record[field_name] = base64.b64encode(content)
                    self.env.flush_all()
            except (UserError, ValueError, OSError) as error:
                for row in rows:
                    self._note_failure(row, str(error))
                return
            status, checksum = "done", self._checksum(record, field_name)
        for row in rows:
            row.write(
                {
                    **values,
                    "image_digest": picture_digest(row.image_link),
                    "image_status": status,
                    "image_checksum": checksum,
                }
            )

    def _checksum(self, record, field_name):
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", record._name),
                    ("res_field", "=", field_name),
                    ("res_id", "=", record.id),
                ],
                ["checksum"],
                limit=1,
            )
        )
        return attachment.checksum or None


def _fetch(address, allow_private):
    try:
        return fetch_url(
            address, allow_private=allow_private, max_bytes=MAX_BYTES, timeout=SECONDS
        ).body
    except OrionError as error:
        return error
