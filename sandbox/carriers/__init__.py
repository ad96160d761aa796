"""A carrier's server of labels."""
