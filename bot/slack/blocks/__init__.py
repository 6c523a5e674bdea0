"""The look of what the bot says: pure, domain in, `Message(text, blocks)` out."""
