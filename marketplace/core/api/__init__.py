"""What the program interface of all stages shares: operations, schemas, problems, repeats, the document.

A stage's `api.py` says what can be asked of it. Everything here holds for each of those operations alike.
"""
