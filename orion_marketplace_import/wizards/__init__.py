from . import orion_feed_address
from . import orion_feed_wizard
from . import orion_import_wizard
from . import orion_import_wizard_preview
from . import orion_import_wizard_column
from . import orion_import_correction
from . import orion_publish_link
