//! Descriptors through a Unix socket, together with the bytes that belong to them.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// The most descriptors that go with one message: the two pipes, or the inputs of one job.
pub(crate) const MOST: usize = 16;

const SPACE: usize = rustix::cmsg_space!(ScmRights(MOST));

/// Sends all bytes; the descriptors go with the first of them.
pub(crate) fn send(socket: impl AsFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); SPACE];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(Errno::INVAL);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let sent = match sendmsg(&socket, &[IoSlice::new(rest)], &mut control, SendFlags::NOSIGNAL) {
            Ok(sent) => sent,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        };
        control.clear();
        rest = rest.get(sent..).unwrap_or_default();
    }
    Ok(())
}

/// Fills the buffer and takes the descriptors that come with it.
///
/// # Errors
/// `PIPE` when the other side has gone, `MSGSIZE` when descriptors were lost on the way.
pub(crate) fn receive(socket: impl AsFd, buffer: &mut [u8]) -> Result<Vec<OwnedFd>, Errno> {
    let mut space = [MaybeUninit::uninit(); SPACE];
    let mut descriptors = Vec::new();
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = match recvmsg(
            &socket,
            &mut [IoSliceMut::new(rest)],
            &mut control,
            RecvFlags::CMSG_CLOEXEC,
        ) {
            Ok(received) => received,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        };
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(rights) = message {
                descriptors.extend(rights);
            }
        }
        if received.flags.contains(ReturnFlags::CTRUNC) {
            return Err(Errno::MSGSIZE);
        }
        if received.bytes == 0 {
            return Err(Errno::PIPE);
        }
        filled += received.bytes;
    }
    Ok(descriptors)
}
