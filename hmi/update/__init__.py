"""A station brought up to date without a net: what comes on a stick is proven, tried, put into use, or taken back."""
