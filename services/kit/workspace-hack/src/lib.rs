//! Unifies the features of dependencies; see its `Cargo.toml`. It has no code.
