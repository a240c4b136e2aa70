"""The recommendation, its approvals, the award and the contracts that follow."""
