"""Applications, sites and sippeers (locations), and what a location can do."""
