"""Who can supply, and which quote wins: profiles, quotes, evaluation, awards."""
