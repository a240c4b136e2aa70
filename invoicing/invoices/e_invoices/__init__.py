"""E-invoices: what an issued document says, in the terms of EN 16931, for the programs of its reader."""
