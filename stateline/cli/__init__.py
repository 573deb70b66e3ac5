"""The command `stateline`: build, look at, check and share runs."""
