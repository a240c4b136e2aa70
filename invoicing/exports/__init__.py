"""What a school takes to its finance package: lists, layouts, the documents of a month, VAT to claim."""
