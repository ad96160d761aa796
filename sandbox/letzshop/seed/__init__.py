"""Orders and a catalogue made from a seed."""
