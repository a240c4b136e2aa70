"""The documents of a tender as one file: assembled at publication, and again with each amendment."""
