"""Small servers that speak a vendor's wire protocol and render through the tiny pipelines, with faults on request."""
