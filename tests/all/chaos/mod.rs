//! What is killed loses nothing and repeats nothing.

mod kill;
