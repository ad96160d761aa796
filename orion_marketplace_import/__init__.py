from . import feed_log
from . import controllers
from . import models
from . import wizards
