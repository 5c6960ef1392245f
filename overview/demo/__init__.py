"""The demo's fictional councils, people, MPs and letters, and the year they have had."""
