//! Reminders client.
