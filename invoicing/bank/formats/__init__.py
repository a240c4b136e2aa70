"""From the bytes of a bank’s file to the lines of a statement, one module for each format."""
