"""Files that go with a quote: sealed as they are uploaded, opened with the answers."""
