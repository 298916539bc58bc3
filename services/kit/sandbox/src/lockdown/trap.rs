//! What happens at a system call that no filter lets through: the worker reports its number and ends.
//!
//! One call is answered instead: glibc asks for the status of a descriptor by `newfstatat` with an empty path. To let the
//! call through would let every path be looked up, which no layer but the mount namespace forbids; so the handler makes
//! the `fstat` of it that is meant.

#![expect(unsafe_code, reason = "a signal handler looks into the interrupted registers")]

use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use rustix::io::Errno;

use crate::frame::{HEADER, Nonce, Tag, header};

/// The exit code of a worker that has reported a violation: 128 and the number of the signal, as shells have it.
pub(crate) const VIOLATION: i32 = 128 + libc::SIGSYS;

/// Where the report goes: the descriptor, or -1 while another frame is being written.
static REPORT_TO: AtomicI32 = AtomicI32::new(-1);
static REPORTED: AtomicBool = AtomicBool::new(false);

const REPORT: usize = HEADER + 8;
static mut FRAME: [u8; REPORT] = [0; REPORT];

/// Installs the handler. Before the filters, which protect it from then on.
pub(crate) fn handle_violations() -> Result<(), Errno> {
    // SAFETY: an all-zero sigaction is a valid one.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = on_violation as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
    // SAFETY: the action is valid, and the handler makes async-signal-safe calls only.
    let done = unsafe { libc::sigaction(libc::SIGSYS, &raw const action, ptr::null_mut()) };
    if done == 0 {
        Ok(())
    } else {
        Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }
}

/// From here on, violations are reported as frames with this nonce on that descriptor. For the worker's one thread,
/// before it has others.
pub(crate) fn report_violations(nonce: Nonce, descriptor: i32) {
    REPORT_TO.store(-1, Ordering::SeqCst);
    let mut frame = [0; REPORT];
    let (head, _) = frame.split_at_mut(HEADER);
    head.copy_from_slice(&header(nonce, Tag::Violation, 8));
    // SAFETY: the worker has one thread when this is called, and the handler doesn't touch the frame while the
    // descriptor is -1.
    unsafe { FRAME = frame };
    REPORT_TO.store(descriptor, Ordering::SeqCst);
}

/// From here on, violations are not reported, as another frame is on its way: the exit code alone tells.
pub(crate) fn report_no_more() {
    REPORT_TO.store(-1, Ordering::SeqCst);
}

extern "C" fn on_violation(_signal: i32, _info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel hands a valid ucontext_t to a handler with SA_SIGINFO, which no one else has a reference to.
    let mut registers = unsafe { Registers::of(context) };
    let number = registers.number();
    if number == libc::SYS_newfstatat {
        registers.answer(status_of_descriptor(&registers));
        return;
    }
    report(number);
    // SAFETY: ends the process at once; nothing of it is needed any more.
    unsafe { libc::_exit(VIOLATION) };
}

/// `newfstatat(descriptor, "", buffer, AT_EMPTY_PATH)`, and nothing else.
fn status_of_descriptor(registers: &Registers<'_>) -> i64 {
    let [descriptor, path, buffer, flags] = registers.arguments();
    let refused = -i64::from(libc::EPERM);
    if flags & libc::AT_EMPTY_PATH as u64 == 0 || path == 0 {
        return refused;
    }
    // SAFETY: the caller has passed this address as a path; where it is none, it crashes, as it would by reading it.
    let first = unsafe { ptr::read_volatile(path as *const u8) };
    if first != 0 {
        return refused;
    }
    // SAFETY: the kernel checks the descriptor and the address of the buffer, and refuses what it can't write to.
    let done = unsafe { libc::syscall(libc::SYS_fstat, descriptor, buffer) };
    if done == 0 {
        0
    } else {
        // SAFETY: errno is a thread's own.
        -i64::from(unsafe { *libc::__errno_location() })
    }
}

/// Writes the frame, once and in one piece.
fn report(number: i64) {
    let descriptor = REPORT_TO.load(Ordering::SeqCst);
    if descriptor < 0 || REPORTED.swap(true, Ordering::SeqCst) {
        return;
    }
    // SAFETY: nobody writes to the frame while the descriptor is set.
    let mut frame = unsafe { FRAME };
    for (byte, value) in frame.iter_mut().skip(HEADER).zip(number.to_le_bytes()) {
        *byte = value;
    }
    // SAFETY: the frame lives on this stack, and is as long as is said.
    unsafe { libc::write(descriptor, frame.as_ptr().cast(), REPORT) };
}

/// The registers of the interrupted thread.
struct Registers<'a>(&'a mut libc::mcontext_t);

#[cfg(target_arch = "x86_64")]
#[expect(
    clippy::indexing_slicing,
    reason = "the indices are the platform's own constants"
)]
impl Registers<'_> {
    /// The number of the call; the kernel has put it back into the register of the result.
    fn number(&self) -> i64 {
        self.0.gregs[libc::REG_RAX as usize]
    }

    fn arguments(&self) -> [u64; 4] {
        [libc::REG_RDI, libc::REG_RSI, libc::REG_RDX, libc::REG_R10]
            .map(|register| self.0.gregs[register as usize].cast_unsigned())
    }

    fn answer(&mut self, result: i64) {
        self.0.gregs[libc::REG_RAX as usize] = result;
    }
}

#[cfg(target_arch = "aarch64")]
#[expect(clippy::indexing_slicing, reason = "the numbers of registers are fixed")]
impl Registers<'_> {
    fn number(&self) -> i64 {
        self.0.regs[8].cast_signed()
    }

    fn arguments(&self) -> [u64; 4] {
        [0, 1, 2, 3].map(|register| self.0.regs[register])
    }

    fn answer(&mut self, result: i64) {
        self.0.regs[0] = result.cast_unsigned();
    }
}

impl Registers<'_> {
    /// # Safety
    /// The context is the one that a handler was given, and the handler has not returned.
    unsafe fn of<'a>(context: *mut libc::c_void) -> Registers<'a> {
        // SAFETY: as this function demands.
        Registers(unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext })
    }
}
