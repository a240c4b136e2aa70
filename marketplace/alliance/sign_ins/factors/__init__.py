"""Second factors: codes of an authenticator app, and recovery codes for when everything else is lost."""
