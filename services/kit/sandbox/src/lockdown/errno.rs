//! Error numbers by name.

use rustix::io::Errno;

/// The name of those error numbers with which kernels refuse layers; `errno 99` for others.
pub(crate) fn name(errno: Errno) -> String {
    let name = match errno {
        Errno::PERM => "EPERM",
        Errno::ACCESS => "EACCES",
        Errno::NOSYS => "ENOSYS",
        Errno::INVAL => "EINVAL",
        Errno::OPNOTSUPP => "EOPNOTSUPP",
        Errno::NOENT => "ENOENT",
        Errno::NOSPC => "ENOSPC",
        Errno::USERS => "EUSERS",
        Errno::NOMEM => "ENOMEM",
        Errno::BUSY => "EBUSY",
        Errno::ROFS => "EROFS",
        Errno::AGAIN => "EAGAIN",
        _ => return format!("errno {}", errno.raw_os_error()),
    };
    name.to_owned()
}

/// The name of an I/O error's number.
pub(super) fn of(error: &std::io::Error) -> String {
    Errno::from_io_error(error).map_or_else(|| error.kind().to_string(), name)
}
