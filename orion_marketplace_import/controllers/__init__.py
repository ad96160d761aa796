from . import orion_feed
from . import orion_import
