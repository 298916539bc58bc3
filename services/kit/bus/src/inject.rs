//! Makes the next handles, publishes or acks fail, for tests.
