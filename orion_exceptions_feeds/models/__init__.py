from . import orion_product_candidates
