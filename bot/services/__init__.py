"""The use cases of qarun: the order of steps, in words of the domain and of the ports."""
