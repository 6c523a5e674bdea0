"""The neighbour QA.tech: requests and answers without I/O, and one thin client over httpx."""
