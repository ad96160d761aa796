from odoo import models

from ..lib.reading import NO_CHANNEL_COLUMNS

LANGUAGES = ("fr", "de", "en")


class OrionChannel(models.Model):
    """Importing the feeds of a channel."""

    _inherit = "orion.channel"

    def _feed_columns(self):
        """`ChannelColumns`: columns that only this marketplace has."""
        self.ensure_one()
        return getattr(self._find_feed_format(), "channel_columns", NO_CHANNEL_COLUMNS)

    def _job_feed_import(self, state, parameters):
        """Run one import; without one, start the channel's own feeds, as a schedule does.

        :param parameters: `{"job_id": id of an orion.import.job}`
        """
        del state  # the import itself knows where it goes on
        jobs = self.env["orion.import.job"]
        job_id = parameters.get("job_id")
        if job_id:
            for job in jobs.browse(job_id).exists():
                yield from job._run_steps()
            return
        for language in LANGUAGES:
            url = self[f"feed_url_{language}"]
            if url:
                values = {"language": language, **jobs._address_values(url)}
                jobs._start(self, values)
