"""Passkeys: a person proves who they are by unlocking a device of theirs (Web Authentication, level 2)."""
