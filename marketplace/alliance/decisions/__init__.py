"""What the Strategic Board decides by recorded vote, and what schools' governing bodies confirm."""
