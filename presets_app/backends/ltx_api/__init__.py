"""Lightricks' LTX API: requests for its video endpoints. There is no client yet."""
