"""Every call to AWS, one noun a file: items in and out, conditional writes, errors turned into our own."""
