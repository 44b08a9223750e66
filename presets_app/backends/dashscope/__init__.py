"""Alibaba Model Studio (DashScope): requests for its Wan models. There is no client yet."""
