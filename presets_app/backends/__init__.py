"""Places that render: one folder of one shape for each, over one guarded fetcher. Knows no Django."""
