"""The sandbox in the browser: the page, and what the page is shown."""
