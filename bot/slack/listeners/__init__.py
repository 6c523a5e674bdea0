"""What Slack tells the bot. Each listener acknowledges, parses, calls one service, and answers.

Public words leave by the outbox only; what is for one person alone leaves here.
"""
