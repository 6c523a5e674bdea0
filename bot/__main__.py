"""`python -m bot` is `qarun`."""

from bot.cli import main

if __name__ == "__main__":
    main()
