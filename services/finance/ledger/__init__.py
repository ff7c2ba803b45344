"""The double-entry ledger 账簿: chart of accounts, vouchers, reversals, trial balance (F7)."""
