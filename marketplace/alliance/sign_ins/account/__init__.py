"""What a person changes about how they sign in: their e-mail address and their password."""
