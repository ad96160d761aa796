from . import orion_feed_address
from . import orion_feed_wizard
from . import orion_import_wizard
from . import orion_publish_link
