"""How every link of the station stands, and which outages there were."""
