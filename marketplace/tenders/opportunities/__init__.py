"""What anybody may read of a published tender, signed in or not."""
