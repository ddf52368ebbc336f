"""Whom this station believes to be a server: certificates, seen and decided on in the window."""
