//! Moves jobs whose process died on their last delivery to the dead letters.
