"""What all stages share: settings, files, timing and the tables they write."""
