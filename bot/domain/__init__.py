"""The rules of qarun: pure, synchronous, without a clock, a network, settings or a log."""
