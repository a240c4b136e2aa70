"""Which schools could buy together, and when: worked out from needs and registered contracts. Advice only."""
