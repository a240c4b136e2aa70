"""Sign-ins: who is signed in where, until when, and how often a password was missed."""
