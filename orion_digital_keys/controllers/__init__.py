from . import orion_key
from . import portal
