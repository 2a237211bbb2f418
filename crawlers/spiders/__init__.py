"""The spiders: thin shells that fetch and hand pages to `crawlers.parsing`."""
