"""`make bench`: how fast orders come in and operations go out, as ratios of one run."""
