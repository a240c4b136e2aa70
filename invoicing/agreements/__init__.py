"""What one school sells to another: by agreement of both heads, with its terms and safeguarding checks."""
