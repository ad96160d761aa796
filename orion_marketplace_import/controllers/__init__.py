from . import orion_feed
