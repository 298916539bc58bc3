//! System calls as an attacker makes them, past every wrapper.

#![expect(unsafe_code, reason = "attacks make raw system calls")]

use rustix::io::Errno;

/// What an attack comes to: the result of a job, or words.
pub type Outcome = Result<Vec<u8>, String>;

/// Makes a system call.
pub fn call<const N: usize>(number: i64, arguments: [usize; N]) -> Result<usize, Errno> {
    let mut all = [0; 6];
    for (place, argument) in all.iter_mut().zip(arguments) {
        *place = argument;
    }
    let [a, b, c, d, e, f] = all;
    // SAFETY: none in general. Those who call it pass addresses of memory that lives long enough, or ask for what must be
    // refused, in a process that ends right after.
    let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if result == -1 {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO));
    }
    Ok(result.cast_unsigned() as usize)
}

/// What the kernel answered, as a result: the name of the error, or `allowed`.
pub fn answer(result: Result<usize, Errno>) -> Outcome {
    Ok(match result {
        Ok(value) => format!("allowed: {value}"),
        Err(errno) => name(errno),
    }
    .into_bytes())
}

/// As [`answer`], of a call of the standard library.
pub fn io<T>(result: std::io::Result<T>) -> Outcome {
    Ok(match result {
        Ok(_) => "allowed".to_owned(),
        Err(error) => Errno::from_io_error(&error).map_or_else(|| error.to_string(), name),
    }
    .into_bytes())
}

pub fn say(words: impl Into<String>) -> Outcome {
    Ok(words.into().into_bytes())
}

/// The address of a string for the kernel.
pub fn path(path: &std::ffi::CStr) -> usize {
    path.as_ptr() as usize
}

fn name(errno: Errno) -> String {
    match errno {
        Errno::PERM => "EPERM",
        Errno::ACCESS => "EACCES",
        Errno::NOSYS => "ENOSYS",
        Errno::NOENT => "ENOENT",
        Errno::NOMEM => "ENOMEM",
        Errno::AGAIN => "EAGAIN",
        Errno::BADF => "EBADF",
        Errno::MFILE => "EMFILE",
        Errno::PIPE => "EPIPE",
        Errno::INVAL => "EINVAL",
        Errno::ROFS => "EROFS",
        Errno::NOTTY => "ENOTTY",
        other => return format!("{other:?}"),
    }
    .to_owned()
}
