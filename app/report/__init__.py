"""The report of a sequence: one HTML file to read, print and pass on."""
