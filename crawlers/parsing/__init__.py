"""From a page's bytes to posts: pure functions that know nothing of Scrapy, the network or the database."""
