"""The program's trial of itself: by the builder, at the site, and before an update is put into use."""
