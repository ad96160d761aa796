from . import orion_channel
from . import orion_channel_catalogue
from . import orion_channel_regions
from . import orion_import_job
from . import orion_marketplace_product
from . import orion_publisher
from . import orion_publisher_offers
from . import orion_schedule
