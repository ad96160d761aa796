from . import test_staged_candidates
