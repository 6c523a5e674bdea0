"""`/qarun`: one file for each subcommand, registered in `SUBCOMMANDS` of `qarun.py`."""
