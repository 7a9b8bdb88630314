"""The numbers that can be had and the numbers that the account has."""
