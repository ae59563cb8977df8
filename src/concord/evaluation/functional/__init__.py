"""Functional tests: small cases written to show one ability or one failing each."""
