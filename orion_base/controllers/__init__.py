from . import orion_health
