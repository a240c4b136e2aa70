"""Savings: what a contract costs against an evidenced baseline, apart by price, volume and avoided rise."""
