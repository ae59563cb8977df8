"""Suites of data sets, asked of several systems, to one table that tells them apart."""
