"""The notices of the Procurement Act about a tender, as OCDS 1.1 releases, and the public feed of them."""
