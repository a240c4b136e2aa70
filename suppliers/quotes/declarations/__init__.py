"""What a supplier confirms with each quote: its declarations, and what is particular to the tender."""
