"""Service credits: what a supplier owes back when its service falls short, by the rules of a contract.

They are records for the stage that invoices: nothing here writes money into a ledger.
"""
