//! The integration tests are in `all/`; this library is empty.
