from . import orion_feed_address
from . import orion_feed_wizard
