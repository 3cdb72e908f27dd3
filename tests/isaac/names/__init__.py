"""Holding the plugin's Isaac side against Isaac Lab's own source, without running either."""
