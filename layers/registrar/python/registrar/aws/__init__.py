"""Every call to AWS: items in and out, conditional writes, errors turned into our own.

`tables`, `buckets`, `queues` by service; `wiring` builds each store from settings. Not here: use cases (`steps`).
"""
