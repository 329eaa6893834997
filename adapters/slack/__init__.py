"""Slack as a chat platform, on slack_bolt and slack_sdk."""
