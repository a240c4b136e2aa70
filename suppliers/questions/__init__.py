"""Questions of suppliers about a published tender, and the schools' answers."""
