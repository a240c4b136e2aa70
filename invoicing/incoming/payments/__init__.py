"""What schools paid suppliers, and what suppliers paid back."""
