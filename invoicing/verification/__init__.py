"""Does everything that is stored about money agree with itself? Looked at each night, and when asked."""
