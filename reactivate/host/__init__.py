"""The plug-in host: descriptors, hooks, discovery by entry point, one diagnostic for a broken plug-in."""
