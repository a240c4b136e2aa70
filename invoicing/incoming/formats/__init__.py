"""The two syntaxes of EN 16931, each by itself or inside a PDF."""
