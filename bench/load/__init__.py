"""Load on the local cloud: the main way by several clients, storms of logins, the memory of warm functions."""
