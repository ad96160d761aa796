from . import orion_credential
from . import orion_feed_builder
from . import orion_feed_prices
from . import orion_feed_texts
from . import orion_feed_file
from . import orion_channel
from . import product_category
from . import product_template
