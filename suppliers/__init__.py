"""Who can supply, and which wins: profiles, quotes, evaluation, awards."""
