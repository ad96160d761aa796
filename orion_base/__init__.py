from . import controllers

# before what imports `adapters`: that counts calls in the engine, which calls through it
from . import engine
from . import log_redaction
from . import models
from . import wizards
