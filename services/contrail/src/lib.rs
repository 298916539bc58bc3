//! One binary: every service in one process on embedded defaults, and the command line.
//!
//! | module | what is in it |
//! |---|---|
//! | [`cli`] | the commands, one file each |
//! | [`backup`] | what tenants have, in one file, and back |
//! | [`config`] | what every command takes, and what comes from the environment |
//! | [`data_folder`] | the folder of the embedded server, used by one process at a time |
//! | [`documents`] | what the services of documents need besides the bus |
//! | [`embedded`] | the private server, and the services in this process |
//! | [`export`] | questions and programs for models to be tuned on |
//! | [`session`] | a command's way to a server: one elsewhere, a running one, or its own |
//! | [`client`] | files in, questions in, answers out, over the bus |
//! | [`render`] | answers and trails for people |
//! | [`local_model`] | a language model on this machine, as a supervised child |
//! | [`language_models`] | those that read texts for the detector |
//! | [`citations`] | citations and hits of a search for people |
//! | [`folder`] | the files of a folder, and how they change |
//! | [`judgement`] | the detector's judgements for people |
//! | [`profile`] | a table's profile for people |
//! | [`progress`] | bars on a terminal, lines otherwise |
//! | [`output`] | standard output and standard error |
//! | [`settings`] | every setting on one page |
//! | [`shutdown`] | the signals that ask to end |

pub mod backup;
pub mod citations;
pub mod cli;
pub mod client;
pub mod config;
pub mod data_folder;
pub mod documents;
pub mod embedded;
pub mod export;
pub mod folder;
pub mod judgement;
pub mod language_models;
pub mod local_model;
pub mod output;
pub mod profile;
pub mod progress;
pub mod render;
pub mod session;
pub mod settings;
pub mod shutdown;
