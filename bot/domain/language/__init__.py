"""How a sentence about a run becomes a question: `understanding.understand` is the way in."""
